package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// This file lays out the catalogue: a board on which any metric can be chosen and looked
// at, and which lists them all.

// A way to look at metrics of one type. In expressions $metric, $m and $by stand for the
// metric that is chosen, for the matchers and for the label to group by.
type look struct {
	variable string // that lists the metrics
	label    string // of the variable
	title    string // of its row
	fits     func(*schema.Metric) bool
	panels   []lookPanel
}

type lookPanel struct {
	kind, title, what string
	exprs             []string
	legends           []string // nil: Grafana's own
}

// Each metric is listed once, by the first look that fits: a rate of what is no counter, or
// the buckets of what has none, would be drawn wrongly or not at all.
var looks = []look{
	{"counter", "Counter", "Counters", func(m *schema.Metric) bool { return m.Type == schema.Counter }, []lookPanel{
		{"timeseries", "$metric a second", "How fast the counter grows, by the label that is chosen.", []string{"sum by ($by) (rate($metric{$m}[$__rate_interval]))"}, nil},
		{"timeseries", "$metric, largest series", "The series that grow fastest.", []string{"topk(10, rate($metric{$m}[$__rate_interval]))"}, nil},
	}},
	{"native", "Native histogram", "Native histograms", nativeOnly, []lookPanel{
		{"timeseries", "$metric, quantiles", "The median, the 95th and the 99th percentile.", []string{
			"histogram_quantile(0.5, sum(rate($metric{$m}[$__rate_interval])))", "histogram_quantile(0.95, sum(rate($metric{$m}[$__rate_interval])))", "histogram_quantile(0.99, sum(rate($metric{$m}[$__rate_interval])))",
		}, []string{"p50", "p95", "p99"}},
		{"heatmap", "$metric, heatmap", "How many observations fall into each bucket.", []string{"sum(rate($metric{$m}[$__rate_interval]))"}, nil},
	}},
	{"histogram", "Histogram", "Histograms", func(m *schema.Metric) bool { return m.Type == schema.Histogram }, []lookPanel{
		{"timeseries", "$metric, quantiles", "The median, the 95th and the 99th percentile.", []string{
			"histogram_quantile(0.5, sum by (le) (rate($metric_bucket{$m}[$__rate_interval])))", "histogram_quantile(0.95, sum by (le) (rate($metric_bucket{$m}[$__rate_interval])))", "histogram_quantile(0.99, sum by (le) (rate($metric_bucket{$m}[$__rate_interval])))",
		}, []string{"p50", "p95", "p99"}},
		{"heatmap", "$metric, heatmap", "How many observations fall into each bucket.", []string{"sum by (le) (rate($metric_bucket{$m}[$__rate_interval]))"}, []string{"{{le}}"}},
	}},
	{"quantiles", "Summary with quantiles", "Summaries with quantiles", func(m *schema.Metric) bool { return m.Type == schema.Summary && len(m.Objectives) > 0 }, []lookPanel{
		{"timeseries", "$metric, quantiles", "The summary's own quantiles: of several instances the largest.", []string{"max by (quantile) ($metric{$m})"}, []string{"{{quantile}}"}},
		{"timeseries", "$metric, by label", "The largest of the quantiles, by the label that is chosen.", []string{"max by ($by) ($metric{$m})"}, nil},
	}},
	{"summary", "Summary", "Summaries", func(m *schema.Metric) bool { return m.Type == schema.Summary }, []lookPanel{
		{"timeseries", "$metric, mean", "The mean of what was observed, by the label that is chosen.", []string{"sum by ($by) (rate($metric_sum{$m}[$__rate_interval])) / (sum by ($by) (rate($metric_count{$m}[$__rate_interval])) > 0)"}, nil},
		{"timeseries", "$metric, observations a second", "How often something was observed, by the label that is chosen.", []string{"sum by ($by) (rate($metric_count{$m}[$__rate_interval]))"}, nil},
	}},
	{"gauge", "Gauge", "Gauges", func(*schema.Metric) bool { return true }, []lookPanel{
		{"timeseries", "$metric, mean", "The mean of the gauge's series, by the label that is chosen.", []string{"avg by ($by) ($metric{$m})"}, nil},
		{"timeseries", "$metric, largest series", "The series with the largest values.", []string{"topk(10, $metric{$m})"}, nil},
	}},
}

// plainName is a name that can stand before the braces of a selector.
var plainName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)

// catalogues returns the catalogue; several, by the first letter of the names, where there
// are more metrics than one holds. on says which board shows a metric.
func (l *layout) catalogues(on map[string]*plan.Board) []plan.Board {
	var items []item
	for _, m := range l.schema.Metrics {
		if m.Live() {
			items = append(items, item{path: []string{m.Name}, metrics: []string{m.Name}})
		}
	}
	var boards []plan.Board
	for _, g := range halve(group{items: items}, aCatalogue) {
		boards = append(boards, l.catalogue(g, on))
	}
	return boards
}

// catalogue returns the catalogue of a group of metrics.
func (l *layout) catalogue(g group, on map[string]*plan.Board) plan.Board {
	words := append([]string{"Catalogue"}, g.words(nil)...)
	b := plan.Board{
		UID:         config.UID(l.name(), l.name()+" "+strings.Join(words, " ")),
		Title:       l.name() + " / " + strings.Join(words, " / "),
		Description: "Every metric of " + l.name() + ": choose one, or look it up.",
	}
	var metrics []*schema.Metric
	listed, patterns := map[string][]string{}, map[string][]string{}
	for _, it := range g.items {
		m := l.schema.Lookup(it.metrics[0])
		metrics = append(metrics, m)
		i := slices.IndexFunc(looks, func(k look) bool { return k.fits(m) })
		switch variable := looks[i].variable; {
		case m.Certainty == schema.Pattern:
			patterns[variable] = append(patterns[variable], m.Name)
		case plainName.MatchString(m.Name):
			listed[variable] = append(listed[variable], m.Name)
		}
	}
	labels := l.groupings(metrics)
	for i := range looks {
		k := &looks[i]
		if names := listed[k.variable]; names != nil {
			b.Variables = append(b.Variables, choose(k.variable, k.label, names))
			b.Rows = append(b.Rows, k.row(l.matchers, len(labels) > 0))
		}
		if names := patterns[k.variable]; names != nil && k.variable != "native" {
			named := k.named()
			b.Variables = append(b.Variables, k.find(named.variable, names, l.matchers))
			row := named.row(l.matchers, len(labels) > 0)
			for i := range row.Panels {
				row.Panels[i].Metrics = names
			}
			b.Rows = append(b.Rows, row)
		}
	}
	if len(labels) > 0 {
		b.Variables = append(b.Variables, choose("by", "By label", labels))
	}
	b.Rows = append(b.Rows, plan.Row{Title: "All metrics", Panels: []plan.Panel{{
		Key: "metrics", Kind: "text", Title: "Metrics of " + l.name(), Content: listOf(metrics, on), H: 20,
		Description: "Every metric that the source defines. Those with a * in their names are completed at run time.",
	}}})
	openRows(b.Rows)
	return b
}

// choose returns a variable with which one of some values is chosen.
func choose(name, label string, values []string) plan.Variable {
	return plan.Variable{Name: name, Label: label, Type: "custom", Query: strings.Join(values, ","), Current: values[0]}
}

// asName matches a chosen metric in front of its matchers. Where there may be none to choose, it
// has to be among them: without a name they would select every series.
var asName = regexp.MustCompile(`\$metric(\w*)\{\$m\}`)

// named returns the look for metrics whose names are completed at run time.
func (k *look) named() *look {
	one := *k
	one.variable, one.label, one.title = k.variable+"_found", k.label+", named at run time", k.title+" that are named at run time"
	one.panels = nil
	for _, p := range k.panels {
		p.exprs = slices.Clone(p.exprs)
		for i, expr := range p.exprs {
			p.exprs[i] = asName.ReplaceAllString(expr, `{__name__="$$metric$1",$$m}`)
		}
		one.panels = append(one.panels, p)
	}
	return &one
}

// suffixes end the names of a look's series that are looked for, where its metrics have none of
// their own.
var suffixes = map[string]string{"histogram": "_bucket", "summary": "_sum"}

// find returns a variable with which one of the metrics is chosen that there are of patterns.
func (k *look) find(name string, names []string, matchers string) plan.Variable {
	suffix := suffixes[k.variable]
	var all []string
	for _, n := range names {
		all = append(all, plan.NamePattern(n)+suffix)
	}
	v := plan.Variable{Name: name, Label: k.named().label, Type: "query", Single: true}
	if suffix != "" {
		v.Regex = "/(.+)" + suffix + "/"
	}
	if matchers != "" {
		matchers = "," + matchers
	}
	if k.variable == "quantiles" {
		matchers = `,quantile!=""` + matchers
	}
	v.Query = fmt.Sprintf("label_values({__name__=~%q%s}, __name__)", strings.Join(all, "|"), matchers)
	return v
}

// groupings returns the labels that metrics may be grouped by: those of targets, the
// narrowest first, then their own.
func (l *layout) groupings(metrics []*schema.Metric) []string {
	labels := slices.Clone(l.labels)
	slices.Reverse(labels)
	var own []string
	for _, m := range metrics {
		for _, label := range m.Labels {
			if plainName.MatchString(label.Name) && !slices.Contains(labels, label.Name) {
				own = append(own, label.Name)
			}
		}
	}
	return append(labels, sortedSet(own)...)
}

// row returns the row of a look. Where there is no label to group by, nothing is grouped.
func (k *look) row(matchers string, grouped bool) plan.Row {
	row := plan.Row{Title: k.title}
	for i, p := range k.panels {
		fill := func(s string) string {
			s = strings.ReplaceAll(s, "$metric", "${"+k.variable+"}")
			if !grouped {
				s = strings.ReplaceAll(s, " by ($by) ", "")
			}
			if matchers == "" {
				return strings.ReplaceAll(strings.ReplaceAll(s, "{$m}", ""), ",$m}", "}")
			}
			return strings.ReplaceAll(s, "$m}", matchers+"}")
		}
		panel := plan.Panel{Key: fmt.Sprint(k.variable, "/", i), Kind: p.kind, Title: fill(p.title), Description: p.what, Unit: "short"}
		for n, expr := range p.exprs {
			q := plan.Query{RefID: refID(n), Expr: fill(expr), Heatmap: p.kind == "heatmap"}
			if p.legends != nil {
				q.Legend = p.legends[n]
			}
			panel.Queries = append(panel.Queries, q)
		}
		row.Panels = append(row.Panels, panel)
	}
	return row
}

// listOf returns a table of metrics, as Markdown, with the boards that show them.
func listOf(metrics []*schema.Metric, on map[string]*plan.Board) string {
	var text strings.Builder
	text.WriteString("| Metric | Type | Unit | Dashboard |\n|---|---|---|---|\n")
	for _, m := range metrics {
		where := ""
		if b := on[m.Name]; b != nil {
			where = linkTo(b)
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", cell(m.Name), m.Type, cell(m.Unit), where)
	}
	return text.String()
}
