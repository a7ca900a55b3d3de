package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "unknown-variable",
		Doc: `A query refers to a variable that there is not.

Grafana sends the text as it stands, so that {job="$jbo"} asks for a job of that very name:
the panel stays empty and nothing says so. A dashboard has the variables of its
templating.list; one that dashgen.yaml declares has $datasource and, as far as scraping adds
such labels, $job and $instance. Both have Grafana's own, such as $__rate_interval. A rule has
none, because Prometheus knows of none.

Write the name that the hint offers, or define the variable. In a rule, write the value.`,
		Query: unknownVariable,
	})
}

// A variableSet says what variables a query may refer to.
type variableSet struct {
	of    string // dashboard or rule; empty: nobody wrote the query, and it is not looked at
	names []string
	own   bool // Grafana's own, too
}

func unknownVariable(p *Pass, q *Query) {
	switch {
	case q.vars.of == "":
		return
	case q.Datasource == "prometheus" && q.Tree == nil:
		return // which check promql has reported
	case q.Datasource == "loki" && strings.Contains(q.Expr, "{{"):
		return // templates of LogQL have variables of their own
	case q.Datasource != "prometheus" && q.Datasource != "loki":
		return
	case !q.vars.own && q.Own && !plainPromQL(q.Expr):
		return // rules has reported that Prometheus refuses it
	}
	var seen []string
	for _, v := range mentions(q) {
		if slices.Contains(seen, v.Name) || q.vars.has(v.Name) {
			continue
		}
		seen = append(seen, v.Name)
		known := slices.Clone(q.vars.names)
		if q.vars.own {
			known = append(known, grafanasOwn...)
		}
		f := schema.Finding{Pos: q.At(v.Offset), Message: fmt.Sprintf("%s refers to the variable $%s, which its %s does not define", q.Owner, v.Name, q.vars.of)}
		near := source.Nearest(v.Name, known)
		grafanas := strings.HasPrefix(v.Name, "__")
		switch {
		case near != "" && (!grafanas || source.Distance(v.Name, near, 1) == 1):
			f.Hint = fmt.Sprintf("did you mean %q?", "$"+near)
		case !q.vars.own:
			f.Message, f.Hint = fmt.Sprintf("%s refers to the variable $%s, and a rule has none", q.Owner, v.Name), "write the value"
		case grafanas:
			continue // one that a newer Grafana, or a plugin, may have
		case len(q.vars.names) == 0 || len(q.vars.names) > 8:
			f.Hint = "define it under templating.list"
		default:
			f.Hint = "there are $" + strings.Join(q.vars.names, ", $")
		}
		p.Report(f)
	}
}

func plainPromQL(expr string) bool {
	_, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	return err == nil
}

// has reports whether there is a variable of that name.
func (s *variableSet) has(name string) bool {
	return slices.Contains(s.names, name) || s.own && (slices.Contains(grafanasOwn, name) || strings.HasPrefix(name, "__auto_interval_"))
}

// grafanasOwn are the variables that every dashboard has.
// Source: https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables;
// $__auto is Loki's.
var grafanasOwn = []string{
	"__all_variables", "__auto", "__dashboard", "__from", "__interval", "__interval_ms", "__name", "__org", "__range", "__range_ms", "__range_s",
	"__rate_interval", "__rate_interval_ms", "__timeFilter", "__timezone", "__to", "__url_time_range", "__user", "timeFilter",
}

var onlyDigits = regexp.MustCompile(`^\d+$`)

// mentions returns what an expression refers to, without what means something else to
// PromQL: $1 and $name in the replacement of label_replace, and comments.
func mentions(q *Query) []input.Reference {
	replacements := replacements(q.Tree)
	return slices.DeleteFunc(input.References(q.Expr), func(ref input.Reference) bool {
		inside := slices.ContainsFunc(replacements, func(r [2]int) bool { return r[0] <= ref.Offset && ref.Offset < r[1] })
		return inside || onlyDigits.MatchString(ref.Name) || query.Zones(q.Expr)[ref.Offset] == query.Comment
	})
}

// replacements returns where the third arguments of label_replace stand.
func replacements(e parser.Expr) [][2]int {
	var spans [][2]int
	if e == nil {
		return nil
	}
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if c, ok := n.(*parser.Call); ok && c.Func.Name == "label_replace" && len(c.Args) > 2 {
			at := c.Args[2].PositionRange()
			spans = append(spans, [2]int{int(at.Start), int(at.End)})
		}
		return nil
	})
	return spans
}

// boardVariables are those that a declared dashboard may have.
func boardVariables(targetLabels []string) []string {
	names := []string{"datasource", "prometheus_datasource", "loki_datasource"}
	for _, label := range []string{"job", "instance"} {
		if targetLabels == nil || slices.Contains(targetLabels, label) {
			names = append(names, label)
		}
	}
	return names
}
