//go:build live

package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/schema"
)

// A report is what the panels of one program show.
type report struct {
	shown   int // panels that show something
	due     int // panels that wait for no event
	waiting int // panels that wait for an event
	logs    int // panels of another data source
	queries int
	lines   []string // the panels that show nothing, with the reason
}

func (r *report) counts() string {
	return fmt.Sprintf("%d of %d panels show something, %d wait for an event, %d ask Loki; %d queries", r.shown, r.due, r.waiting, r.logs, r.queries)
}

// ask runs every query of a program's boards, for everything that can be chosen.
func (s *server) ask(t *testing.T, p *program) *report {
	t.Helper()
	if s.now.IsZero() {
		s.now = time.Now()
	}
	r := &report{}
	for _, b := range p.boards {
		s.checkVariables(t, b)
		for _, panel := range b.flat() {
			if panel.Repeat != "" {
				t.Errorf("%s: panel %q is repeated, which is not tried", b.Title, panel.Title)
			}
			seen := map[string]bool{}
			for _, c := range b.choices() {
				if says := c.says(panel); !seen[says] {
					seen[says] = true
					s.askPanel(t, p, b, panel, c, r)
				}
			}
		}
	}
	return r
}

// checkVariables finds a value for each variable that asks Prometheus.
func (s *server) checkVariables(t *testing.T, b *board) {
	t.Helper()
	first := b.choices()[0]
	for _, v := range b.Templating.List {
		if v.Type != "query" {
			continue
		}
		series, label, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(v.Query, "label_values("), ")"), ", ")
		if !ok {
			t.Errorf("%s: variable %s asks for %s, which is not tried", b.Title, v.Name, v.Query)
			continue
		}
		values, _, _, err := s.LabelValues(t.Context(), label, []string{first.fill(series)}, s.now.Add(-wait), s.now)
		if err != nil || len(values) == 0 {
			t.Errorf("%s: variable %s has no value: %v", b.Title, v.Name, err)
		}
	}
}

func (s *server) askPanel(t *testing.T, p *program, b *board, panel panel, c choice, r *report) {
	t.Helper()
	shows, logs := false, false
	var reasons []string
	due := false
	for _, target := range panel.Targets {
		if target.Datasource.Type != "prometheus" {
			logs = true
			continue
		}
		expr := c.fill(target.Expr)
		r.queries++
		got, err := s.query(t.Context(), expr, target.Instant)
		switch {
		case err != nil:
			t.Errorf("%s: %s: %s: %v", b.Title, c.fill(panel.Title), expr, err)
		case got.numbers > 0:
			shows = true
		default:
			reason, waits := s.why(t, p, expr, target.Instant)
			due = due || !waits
			if !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
	}
	switch {
	case shows:
		r.shown++
		r.due++
		return
	case logs && len(reasons) == 0:
		r.logs++
		return
	case due:
		r.due++
		reasons = append([]string{"EMPTY"}, reasons...)
	default:
		r.waiting++
	}
	r.lines = append(r.lines, fmt.Sprintf("%s: %s: %s", b.Title, c.fill(panel.Title), strings.Join(reasons, "; ")))
}

// why says why an expression returns no number, and whether that is because it waits for an
// event: series that there are only after it, a condition that holds only then, a quotient
// of what has not happened.
func (s *server) why(t *testing.T, p *program, expr string, instant bool) (reason string, waits bool) {
	t.Helper()
	e, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return err.Error(), false
	}
	for _, sel := range selectors(e) {
		if back := sel.OriginalOffset; back >= wait {
			return fmt.Sprintf("it looks %s back, to before the program ran", model.Duration(back)), true
		}
		if !s.exist(t, sel.String()) {
			return s.missing(t, p, sel)
		}
	}
	if bare, changed := unconditional(e); changed {
		if got, err := s.query(t.Context(), bare, instant); err == nil && got.numbers > 0 {
			return "its condition holds at no time", true
		}
	}
	counted := false
	for _, call := range calls(e) {
		got, err := s.query(t.Context(), "sum("+call+") > 0", instant)
		counted = counted || err != nil || got.numbers > 0
	}
	if len(calls(e)) > 0 && !counted {
		return "nothing was counted in this time", true
	}
	return "its selectors find series, and it returns none: " + expr, false
}

// exist reports whether a selector without offset finds series in the two minutes.
func (s *server) exist(t *testing.T, selector string) bool {
	t.Helper()
	got, err := s.query(t.Context(), "count(last_over_time("+selector+"["+wait.String()+"]))", true)
	if err != nil {
		t.Errorf("%s: %v", selector, err)
	}
	return got.numbers > 0
}

// checkFinds asks each program for what cannot be there, so that finding nothing wrong means
// something.
func (s *server) checkFinds(t *testing.T, all []*program) {
	t.Helper()
	for _, p := range all {
		m := p.schema.Metrics[slices.IndexFunc(p.schema.Metrics, func(m *schema.Metric) bool {
			return m.Type == schema.Gauge && s.exist(t, m.Name)
		})]
		for _, wrong := range []string{
			m.Name + "_of_nobody", m.Name + `{job="nobody"}`, m.Name + " * on (job) group_left () " + m.Name + `{job="nobody"}`,
			"label_replace(" + m.Name + `, "job", "nobody", "", "") and ` + m.Name,
		} {
			r := &report{}
			s.askPanel(t, p, p.boards[0], panel{Title: wrong, Targets: []target{{Expr: wrong, Datasource: struct{ Type string }{"prometheus"}}}}, choice{}, r)
			if r.shown != 0 || r.due != 1 {
				t.Errorf("%s is not found to be empty by mistake: %+v", wrong, r)
			}
		}
	}
}

// missing says why a selector finds no series.
func (s *server) missing(t *testing.T, p *program, sel *parser.VectorSelector) (reason string, waits bool) {
	t.Helper()
	name := sel.Name
	if name == "ALERTS" || name == "ALERTS_FOR_STATE" {
		return "no alert is pending", true
	}
	m, _ := p.schema.Series(name)
	switch {
	case m == nil:
		return "no series of " + name + ", which is none of the program's metrics", false
	case s.exist(t, name):
		return selected(m, sel)
	case len(m.Labels) > 0 && !m.Initialised:
		return "no series of " + name + " yet", true
	case m.Conditional:
		return name + " is registered behind a condition", true
	}
	return "no series of " + name + ", which is there from the start", false
}

// selected says why a selector finds none of a metric's series: none has the labels yet, or
// none ever will.
func selected(m *schema.Metric, sel *parser.VectorSelector) (reason string, waits bool) {
	var own []string
	for _, matcher := range sel.LabelMatchers {
		l := m.Label(matcher.Name)
		if l == nil {
			continue
		}
		own = append(own, matcher.String())
		if l.Values != nil && !slices.ContainsFunc(l.Values, matcher.Matches) {
			return fmt.Sprintf("%s never has %s", sel.Name, matcher), false
		}
	}
	if len(own) == 0 {
		return "no target has series that " + sel.String() + " selects", false
	}
	return "no series of " + sel.Name + "{" + strings.Join(own, ",") + "} yet", true
}

// selectors returns the selectors of an expression.
func selectors(e parser.Expr) []*parser.VectorSelector {
	var all []*parser.VectorSelector
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if sel, ok := n.(*parser.VectorSelector); ok {
			copied := *sel
			copied.LabelMatchers = slices.DeleteFunc(slices.Clone(sel.LabelMatchers), func(m *labels.Matcher) bool { return m.Name == labels.MetricName })
			all = append(all, &copied)
		}
		return nil
	})
	return all
}

// calls returns the expressions of what is counted: rates and increases.
func calls(e parser.Expr) []string {
	var all []string
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if call, ok := n.(*parser.Call); ok && (call.Func.Name == "rate" || call.Func.Name == "increase" || call.Func.Name == "irate") {
			all = append(all, call.String())
		}
		return nil
	})
	return all
}

// unconditional returns an expression without the comparisons that hold series back.
func unconditional(e parser.Expr) (expr string, changed bool) {
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if b, ok := n.(*parser.BinaryExpr); ok && b.Op.IsComparisonOperator() && !b.ReturnBool {
			b.ReturnBool, changed = true, true
		}
		return nil
	})
	return e.String(), changed
}
