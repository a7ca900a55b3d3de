// Package input reads what people wrote by hand and what holds queries: Grafana
// dashboards ([ParseDashboard]) and Prometheus rule files ([ParseRules]).
//
// It owns the plain types that lint looks at, Dashboard, Panel, Rules and Query,
// each with the position where it was written; At leads from a byte of an
// expression to its place in the file, through JSON's escapes and YAML's folded
// lines. What is damaged, too large or of a format that is not read is a finding,
// and the rest is read all the same.
//
// It imports schema (for Pos and Finding), internal/config (the shape of rule
// groups, the same as in dashgen.yaml), internal/input/source (trees with
// positions) and rulefmt, which judges rule files as Prometheus itself would. What
// an expression means is internal/query's to say.
package input

import (
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// maxSize is the greatest size of a file that is read, in bytes.
const maxSize = 50 << 20

// A Dashboard is a Grafana dashboard in classic JSON.
type Dashboard struct {
	File    string
	UID     string
	Title   string
	Pos     schema.Pos // of the dashboard
	UIDPos  schema.Pos // of UID; of the dashboard where it has none
	Panels  []Panel    // in the file's order, those inside rows behind their row
	Queries []Query    // of panels, variables and annotations, in the file's order

	// Variables are the names that a query may refer to, in the file's order: of
	// variables, of the inputs that an export asks for, and of those that Grafana
	// bound when it repeated a panel.
	Variables []string

	doc *source.Document
}

// At returns where byte offset of the string stands that begins at pos, for
// instance of a Query's Expr at its Pos.
func (d *Dashboard) At(pos schema.Pos, offset int) schema.Pos { return d.doc.At(pos, offset) }

// A Panel is one panel of a dashboard; a row is one, too.
type Panel struct {
	ID      int // 0: none is written
	Type    string
	Title   string
	GridPos *GridPos // nil: none is written
	Row     int      // index of the row panel that holds it in Dashboard.Panels; -1: none
	Flow    bool     // laid out by the spans of Grafana 4, which have no GridPos
	Library bool     // stands in Grafana's library; this is only its name
	Pos     schema.Pos
	TypePos schema.Pos // of Type; of the panel where it has none
	Units   []Unit     // of its values, then of single fields
}

// A Unit is a unit id as a panel says it.
type Unit struct {
	ID  string
	Pos schema.Pos
}

// A GridPos is a panel's rectangle in cells; a dashboard is 24 wide.
type GridPos struct {
	X, Y, W, H int
	Pos        schema.Pos
}

// Rules is a Prometheus rule file.
type Rules struct {
	File    string
	Groups  []config.Group
	Queries []Query // of the rules, in the file's order

	doc *source.Document
}

// At returns where byte offset of the string stands that begins at pos, for
// instance of a Query's Expr at its Pos.
func (r *Rules) At(pos schema.Pos, offset int) schema.Pos { return r.doc.At(pos, offset) }

// A Query is one expression.
type Query struct {
	Expr       string
	Pos        schema.Pos // of Expr's first character
	Owner      string     // what it belongs to, for messages: panel "X", alert "Y"
	Datasource string     // plugin id of what answers it; "prometheus" where the file does not say
	Ignores    []config.Ignore
}
