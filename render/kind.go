package render

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/dashgen/dashgen/internal/plan"
)

// A PanelKind is one way to draw a panel. Each registers itself in panel_NAME.go.
type PanelKind struct {
	Name   string // as dashgen.yaml spells it; unique
	Doc    string // what it is for, in one sentence
	Plugin string // Grafana's plugin id
	Width  int    // grid cells it takes where nobody says; 24: it stands alone on its line
	Height int    // grid cells where nobody says

	Instant    bool   // it shows the latest value, so its queries ask for nothing else
	Table      bool   // its queries ask for a table
	Buckets    bool   // its series are a histogram's buckets
	Thresholds bool   // it shows a panel's Steps
	Colors     bool   // it tells series apart by colour
	Bare       bool   // it needs no query
	Source     string // the data source of a query that names none; empty: prometheus

	// Fit returns the height that a panel's content needs. nil: Height.
	Fit func(p *plan.Panel) int
	// Build sets what is the plugin's own in a Grafana panel that has everything
	// else already: Options, and Color and Custom of the field defaults.
	Build func(p *plan.Panel, out *dashboard.Panel)
}

var kinds []PanelKind

// register adds a panel kind. A name that is taken is a mistake in the program.
func register(k PanelKind) {
	if _, dup := kindOf(k.Name); dup {
		panic(fmt.Sprintf("render: two panel kinds are called %q", k.Name))
	}
	kinds = append(kinds, k)
}

// PanelKinds returns every panel kind, sorted by name.
func PanelKinds() []PanelKind {
	return slices.SortedFunc(slices.Values(kinds), func(a, b PanelKind) int { return cmp.Compare(a.Name, b.Name) })
}

// kindOf returns the panel kind of that name.
func kindOf(name string) (PanelKind, bool) {
	i := slices.IndexFunc(kinds, func(k PanelKind) bool { return k.Name == name })
	if i < 0 {
		return PanelKind{}, false
	}
	return kinds[i], true
}
