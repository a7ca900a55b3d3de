// Package input reads what people wrote by hand and what holds queries: Grafana
// dashboards (classic and v2), Prometheus rule files, Kubernetes manifests that carry
// either ([Parse]), and what monitoring mixins evaluate to ([ParseMixin]).
//
// It owns the plain types that lint looks at, Dashboard, Panel, Rules and Query,
// each with the position where it was written; At leads from a byte of an
// expression to its place in the file, through JSON's escapes, YAML's folded
// lines, JSON inside YAML, and Jsonnet's formatted strings. What is damaged, too
// large or of a format that is not read is a finding, and the rest is read all the
// same.
//
// It imports schema (for Pos and Finding), internal/config (the shape of rule
// groups, the same as in dashgen.yaml), internal/input/source (trees with
// positions) and rulefmt, which judges rule files as Prometheus itself would. What
// an expression means is internal/query's to say.
package input

import (
	"bytes"
	"path"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// Limits on what is read. What people write is far below them.
const (
	maxSize    = 16 << 20 // of a file, in bytes
	maxPanels  = 5_000    // of a dashboard
	maxQueries = 20_000   // of a dashboard, or of the rules of a file
)

// A Set is what was read of files. The zero value is empty.
type Set struct {
	Dashboards []*Dashboard
	Rules      []*Rules
}

// Add adds what another set holds.
func (s *Set) Add(other Set) {
	s.Dashboards = append(s.Dashboards, other.Dashboards...)
	s.Rules = append(s.Rules, other.Rules...)
}

// Empty reports whether nothing was read that holds queries.
func (s *Set) Empty() bool { return len(s.Dashboards)+len(s.Rules) == 0 }

// Parse reads a file that holds dashboards or rules: as such, as YAML of several
// documents, or as Kubernetes resources (PrometheusRule, ConfigMap, GrafanaDashboard,
// Dashboard, List). Resources of other kinds are left alone, and so are templates of
// Helm, which are no YAML yet.
func Parse(file string, data []byte) (Set, []schema.Finding) {
	r := &setReader{file: file, data: data}
	first := bytes.TrimLeft(data, "\ufeff \t\r\n")
	if path.Ext(file) == ".json" || len(first) > 0 && (first[0] == '{' && path.Ext(file) == "" || first[0] == '[') {
		doc, findings := source.JSON(file, data, maxSize)
		r.findings = findings
		if doc.Root != nil {
			r.document(doc, doc.Root)
			if r.set.Empty() && len(r.findings) == 0 && !isResource(doc.Root) {
				r.findings = append(r.findings, noDashboard(doc.Root))
			}
		}
		return r.set, schema.SortFindings(r.findings)
	}
	doc, roots, findings := source.YAMLStream(file, data, maxSize)
	r.findings, r.plain = findings, len(roots) == 1
	if len(roots) == 0 && len(findings) > 0 && isTemplate(data) {
		r.findings = []schema.Finding{{
			Pos: findings[0].Pos, Check: "yaml", Severity: schema.Note,
			Message: "file is a template of Helm, which is not read", Hint: "check what helm template prints",
		}}
	}
	for _, n := range roots {
		r.document(doc, n)
	}
	return r.set, schema.SortFindings(r.findings)
}

// isTemplate reports whether a file that does not parse has actions of Go's templates.
func isTemplate(data []byte) bool {
	for _, action := range []string{"{{-", "-}}", "{{ .Values", "{{ .Release", "{{ include", "{{ template", "{{ if", "{{.Values"} {
		if bytes.Contains(data, []byte(action)) {
			return true
		}
	}
	return false
}

// A setReader reads the documents of one file.
type setReader struct {
	file     string
	data     []byte
	plain    bool // the file is one document of YAML
	unpacked int  // bytes that were packed in it
	set      Set
	findings []schema.Finding
}

// document reads a document, or a part of one, by what it is.
func (r *setReader) document(doc *source.Document, n *source.Node) {
	switch read := resource(n.String("kind")); {
	case isResource(n) && read != nil:
		read(r, doc, n)
	case isResource(n): // somebody else's
	case n.Kind == source.List:
		for _, item := range n.Items {
			r.document(doc, item)
		}
	case n.Get("groups") != nil:
		r.rules(doc, n)
	case isDashboard(n):
		r.dashboard(doc, n)
	}
}

// isResource reports whether a document is a Kubernetes resource.
func isResource(n *source.Node) bool { return n.Get("apiVersion") != nil && n.String("kind") != "" }

func (r *setReader) dashboard(doc *source.Document, n *source.Node) {
	d, findings := dashboardOf(doc, n)
	r.findings = append(r.findings, findings...)
	if d != nil {
		r.set.Dashboards = append(r.set.Dashboards, d)
	}
}

// A Dashboard is a Grafana dashboard.
type Dashboard struct {
	File   string
	UID    string
	Title  string
	Pos    schema.Pos // of the dashboard
	UIDPos schema.Pos // of UID; of the dashboard where it has none

	Resource bool // UID is the name of a Kubernetes resource
	Size     int  // bytes of its file; 0: it is one of several there

	Panels  []Panel // in the file's order, those inside rows behind their row
	Queries []Query // of panels, variables and annotations, in the file's order

	// Variables are the names that a query may refer to, in the file's order: of
	// variables, of the inputs that an export asks for, and of those that Grafana
	// bound when it repeated a panel.
	Variables []string

	Templating []Variable // that the file itself defines, in its order
	Sources    []Text     // how it names data sources, wherever it does
	Tags       []Text
	Refresh    Text   // how often it reloads; empty: it does not, or Grafana decides
	Editable   bool   // in Grafana
	Field      string // where it stands in what a mixin evaluates to; empty: in none
	Missing    []Text // of v2: elements that the layout names and that there are not
	Unplaced   []Text // of v2: elements that the layout does not name

	Ignores []config.Ignore // of its description; they speak of all its panels

	at places
}

// At returns where byte offset of the string stands that begins at pos, for
// instance of a Query's Expr at its Pos.
func (d *Dashboard) At(pos schema.Pos, offset int) schema.Pos { return d.at.find(pos, offset) }

// A Text is a string with its place.
type Text struct {
	Text string
	Pos  schema.Pos // zero: none is written
}

// A Variable is a variable of a dashboard.
type Variable struct {
	Name    string
	Type    string // query, custom, datasource, interval, adhoc, …
	Several bool   // more than one value can be chosen, or all at once
	Used    bool   // something refers to it, or it works by being there
	Reloads bool   // when the time range changes
	Query   Text   // of type query
	Source  string // plugin id of what answers Query; empty: not known
	Pos     schema.Pos
}

// places are the files that the text of a dashboard or of rules stands in.
type places []*source.Document

func (p places) find(pos schema.Pos, offset int) schema.Pos {
	for _, doc := range p {
		if doc.File == pos.File && pos.Col > 0 {
			return doc.At(pos, offset)
		}
	}
	return pos
}

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
	Field   string     // as Dashboard's
	Units   []Unit     // of its values, then of single fields

	Described  bool   // it has a description
	Repeats    []Text // names of the variables by whose values it, or its row, is repeated
	Targets    []Target
	Thresholds []float64 // from which on other colours hold; nil: of percents, or none

	Ignores []config.Ignore // of its description, and of the dashboard's
}

// A Target is what a panel asks for.
type Target struct {
	RefID string // empty: Grafana gives it one
	Same  string // equal for targets of a panel that ask for the same in the same way; empty: not known
	Panel int    // id of the panel whose data it shows again; 0: it asks itself
	Pos   schema.Pos
}

// Places returns the places of what a panel says of itself, its queries left out.
func (p *Panel) Places() []schema.Pos {
	all := []schema.Pos{p.Pos}
	if p.TypePos != p.Pos {
		all = append(all, p.TypePos)
	}
	if p.GridPos != nil {
		all = append(all, p.GridPos.Pos)
	}
	for _, u := range p.Units {
		all = append(all, u.Pos)
	}
	for _, r := range p.Repeats {
		all = append(all, r.Pos)
	}
	for _, t := range p.Targets {
		all = append(all, t.Pos)
	}
	return all
}

// A Unit is a unit id as a panel says it.
type Unit struct {
	ID    string
	Pos   schema.Pos
	Field bool // of single fields only
}

// A GridPos is a panel's rectangle in cells; a dashboard is 24 wide.
type GridPos struct {
	X, Y, W, H int
	Pos        schema.Pos
}

// Rules is a Prometheus rule file, or what a manifest or a mixin has in its place.
type Rules struct {
	File    string
	Groups  []config.Group
	Queries []Query // of the rules, in the file's order

	at places
}

// At returns where byte offset of the string stands that begins at pos, for
// instance of a Query's Expr at its Pos.
func (r *Rules) At(pos schema.Pos, offset int) schema.Pos { return r.at.find(pos, offset) }

// A Query is one expression.
type Query struct {
	Expr       string
	Pos        schema.Pos // of Expr's first character
	Owner      string     // what it belongs to, for messages: panel "X", alert "Y"
	Datasource string     // plugin id of what answers it; "prometheus" where the file does not say
	Ignores    []config.Ignore
	Panel      int        // in a dashboard, index in Panels; -1: of a variable or an annotation
	Legend     string     // as Grafana writes it, {{label}}; empty: its own choice
	LegendPos  schema.Pos // of Legend; zero where none is written
	Field      string     // where Expr, or the rule that has it, stands in what a mixin evaluates to, as Jsonnet selects it: grafanaDashboards["a.json"].panels[3].targets[0].expr; empty: in no mixin
}
