// Package lint looks at everything that dashgen knows of and says what is wrong with
// it: metrics, changes between schemas, queries (generated, declared and
// hand-written), panels, dashboards, rules, and the output folder. It also writes
// findings, its own and other phases', in the formats of [Formats].
//
// A check is a value, in the manner of go/analysis: a name, a doc comment for people
// (printed by "dashgen explain NAME"), a severity, and a function for each kind of
// thing that it looks at. Adding one is adding a file check_NAME.go, whose init
// registers it, and its corpus file testdata/lint/NAME.txtar.
//
// Data flows
//
//	Input (what there is) -> Run: every check over everything, in one walk
//	-> without what an ignore with a reason accepts, with the severities of
//	   dashgen.yaml -> []schema.Finding -> Write
//
// It imports schema, internal/plan, internal/input, internal/query (which owns the
// PromQL parser) and internal/config; never scanner, render or rules.
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// A Check looks for one kind of fault. It sets the functions for what it looks at;
// each is called once for every such thing.
type Check struct {
	Name     string          // as in ignores and in checks: of dashgen.yaml
	Doc      string          // first sentence: a summary; then what, why, and how to mend
	Severity schema.Severity // of its findings; zero: Error
	Optional bool            // it runs only where checks: of dashgen.yaml names it
	Phase    string          // the phase that reports it, where that is not lint: it sets no function

	Metric func(*Pass, *schema.Metric)                 // that code defines and does not deprecate
	Change func(*Pass, schema.Change)                  // between metrics.json as it was and as it is
	Query  func(*Pass, *Query)                         // of panels, variables, annotations and rules
	Panel  func(*Pass, *input.Dashboard, *input.Panel) // rows among them
	Board  func(*Pass, *input.Dashboard)               //
	Rule   func(*Pass, *plan.Rule)                     // generated: declared or derived
	Tree   func(*Pass)                                 // once, over Pass.Input as a whole
}

// Summary returns the first sentence of Doc.
func (c *Check) Summary() string {
	first, _, _ := strings.Cut(c.Doc, ". ")
	first, _, _ = strings.Cut(first, ".\n")
	return strings.TrimSuffix(strings.ReplaceAll(first, "\n", " "), ".")
}

var checks []*Check

// register adds a check. It is called by the init functions of check_*.go.
func register(c *Check) { checks = append(checks, c) }

// Checks returns every check, those of other phases among them, sorted by name.
func Checks() []*Check {
	return slices.SortedFunc(slices.Values(slices.Concat(checks, phases)), func(a, b *Check) int { return cmp.Compare(a.Name, b.Name) })
}

// An Input is everything that is looked at. The zero value is an empty project.
type Input struct {
	Schema     *schema.Schema
	Changes    []schema.Change
	Groups     []plan.Group       // generated rules
	Boards     []plan.Board       // generated dashboards
	Sizes      map[string]int     // bytes of the files of Boards, by uid
	Dashboards []*input.Dashboard // hand-written ones
	Rules      []*input.Rules     // hand-written rule files
	Stale      []Stale            // what is not as dashgen would write it
	Others     []*schema.Schema   // of other programs: queries on their metrics are checked, too
	Ports      []Port             // what only code for other platforms defines
	Unnamed    []schema.Pos       // code that defines metrics whose names cannot be told

	Today string // the day, as 2027-01-31, that ignores expire by; empty: they do not

	// Judged says that all but the hand-written files is checked elsewhere, and only
	// there for them to be checked against.
	Judged bool

	// Findings are those of other phases. Run returns them with its own, after
	// the severities of dashgen.yaml and ignores at their very place.
	Findings []schema.Finding
}

// A Port is what code for a platform defines that is not among those of the configuration.
type Port struct {
	Platform string // GOOS/GOARCH
	Schema   *schema.Schema
}

// Stale is a file of the output folder that is not as dashgen would write it.
type Stale struct {
	File string // relative to the working directory
	Is   string // "missing", "different" or "left over"
}

// A Pass is one call of a check.
type Pass struct {
	Check  *Check
	Schema *schema.Schema // never nil
	Config *config.Config
	Input  *Input

	run   *run
	query *Query          // of a call of Check.Query
	field string          // of what a mixin evaluates to that a call is about; empty: none
	scope []config.Ignore // what accepts findings of this call; nil: what speaks of their places
}

// Report reports a finding. Check, and Severity where it is zero, are filled in.
func (p *Pass) Report(f schema.Finding) {
	f.Check = p.Check.Name
	f.Severity = cmp.Or(f.Severity, p.Check.Severity, schema.Error)
	if p.query != nil {
		f.Expr, f.Owner = p.query.Expr, p.query.Owner
	}
	f.Field = p.field
	scope := p.scope
	if scope == nil {
		scope = p.run.speaking(f.Pos)
	}
	p.run.report(f, scope)
}

// Reportf reports a finding with a hint, which may be empty.
func (p *Pass) Reportf(pos schema.Pos, hint, format string, args ...any) {
	p.Report(schema.Finding{Pos: pos, Hint: hint, Message: fmt.Sprintf(format, args...)})
}
