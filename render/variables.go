package render

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// boardLabels returns the target labels that boards select by: job and instance, as
// far as scraping adds them.
func boardLabels(cfg *config.Config) []string {
	labels := []string{"job", "instance"}
	if cfg.TargetLabels == nil {
		return labels
	}
	return slices.DeleteFunc(labels, func(name string) bool { return !slices.Contains(cfg.TargetLabels, name) })
}

// matchers returns labels as the matchers of a selector on the variables of the same
// names.
func matchers(labels []string) string {
	var m []string
	for _, name := range labels {
		m = append(m, fmt.Sprintf(`%s=~"$%s"`, name, name))
	}
	return strings.Join(m, ",")
}

// variables returns the variables that the queries of a board use: its data sources,
// then the target labels, each chosen among those that the ones before leave.
//
// Names and labels are those that Grafana's dashboard-linter asks for: "datasource"
// where there is one, "prometheus_datasource" and "loki_datasource" where not.
func (l *layout) variables(b *plan.Board) []plan.Variable {
	prometheus, loki := sources(b)
	var vars []plan.Variable
	switch {
	case prometheus && loki:
		vars = append(vars,
			plan.Variable{Name: "prometheus_datasource", Label: "Prometheus data source", Type: "datasource", Query: "prometheus"},
			plan.Variable{Name: "loki_datasource", Label: "Loki data source", Type: "datasource", Query: "loki"})
	case prometheus:
		vars = append(vars, plan.Variable{Name: "datasource", Label: "Data source", Type: "datasource", Query: "prometheus"})
	case loki:
		vars = append(vars, plan.Variable{Name: "loki_datasource", Label: "Loki data source", Type: "datasource", Query: "loki"})
	}
	series := l.witness(b)
	var chosen []string
	for _, name := range l.labels {
		if !selects(b, name) {
			continue
		}
		v := plan.Variable{Name: name, Label: strings.ToUpper(name[:1]) + name[1:], Type: "query"}
		v.Query = fmt.Sprintf("label_values(%s, %s)", selector(series, matchers(chosen)), name)
		if name == "job" {
			v.Current = l.cfg.Job
		}
		vars = append(vars, v)
		chosen = append(chosen, name)
	}
	if selects(b, histograms.Name) {
		vars = append(vars, histograms)
	}
	return vars
}

// selecting returns an expression with the board's matchers in every selector. One
// stays as it is that does not parse (lint says why), or that names series which may
// not carry the labels of the program's targets: recorded ones, and those of other
// programs. Selecting by the targets would leave these empty.
func (l *layout) selecting(expr string) string {
	for _, name := range query.Names(expr) {
		if !l.fromTargets(name) {
			return expr
		}
	}
	with, err := query.WithMatchers(expr, l.matchers)
	if err != nil {
		return expr
	}
	return with
}

// fromTargets reports whether a series is scraped from the program's targets.
func (l *layout) fromTargets(name string) bool {
	if query.Foreign(name) {
		return true
	}
	m, _ := l.schema.Series(name)
	return m != nil
}

func selector(series, matchers string) string {
	if matchers == "" {
		return series
	}
	return series + "{" + matchers + "}"
}

// queriesOf returns the queries of a board in their order.
func queriesOf(b *plan.Board) iter.Seq[*plan.Query] {
	return func(yield func(*plan.Query) bool) {
		for r := range b.Rows {
			for p := range b.Rows[r].Panels {
				queries := b.Rows[r].Panels[p].Queries
				for q := range queries {
					if !yield(&queries[q]) {
						return
					}
				}
			}
		}
	}
}

// selects reports whether a query of a board on Prometheus refers to a variable.
func selects(b *plan.Board, name string) bool {
	for q := range queriesOf(b) {
		if q.Datasource != "loki" && (strings.Contains(q.Expr, "$"+name) || strings.Contains(q.Expr, "${"+name)) {
			return true
		}
	}
	return false
}

// sources reports which data sources the queries of a board ask.
func sources(b *plan.Board) (prometheus, loki bool) {
	for q := range queriesOf(b) {
		if q.Datasource == "loki" {
			loki = true
		} else {
			prometheus = true
		}
	}
	return prometheus, loki
}

// witness returns the series whose labels say which targets there are: the program's
// own info metric, else the metric that is most certain to have series. That is what
// candidate says, then whether the program's metrics are named like it, whether the
// board shows it and how often, and how short its name is.
func (l *layout) witness(b *plan.Board) string {
	if name := l.infoMetric(); name != "" {
		return name
	}
	shown := map[string]int{} // how often, by name of the series to ask for
	rank := map[string]int{}
	for q := range queriesOf(b) {
		if q.Datasource == "loki" {
			continue
		}
		for _, name := range query.Names(q.Expr) {
			if m, _ := l.schema.Series(name); m != nil {
				series, r := candidate(m)
				shown[series]++
				rank[series] = r
			} else if !strings.HasPrefix(name, "ALERTS") && !strings.Contains(name, ":") { // neither carries a target's labels for sure
				shown[name]++
				rank[name] = unknownSeries
				if query.Foreign(name) {
					rank[name] = foreignSeries
				}
			}
		}
	}
	for i := range l.signals {
		for _, m := range l.signals[i].Metrics {
			series, r := candidate(m)
			rank[series] = r
		}
	}
	rank["up"] = foreignSeries
	return slices.MinFunc(slices.Collect(maps.Keys(rank)), func(a, b string) int {
		return cmp.Or(
			cmp.Compare(rank[a], rank[b]),
			cmp.Compare(yes(firstPart(a) != l.family), yes(firstPart(b) != l.family)),
			cmp.Compare(shown[b], shown[a]),
			cmp.Compare(strings.Count(a, "_"), strings.Count(b, "_")),
			cmp.Compare(a, b),
		)
	})
}

// How certain it is that a series is there, the most certain first. A vector has no
// series before its first use. Those that Prometheus makes are of every program.
const (
	singleValue   = iota // a counter or gauge without labels
	single               // a histogram or summary without labels
	vector               // with labels
	unknownSeries        // of a metric that is not the program's
	foreignSeries        // up and the like
	noSeries             // of a native histogram: what it is called depends on how it is scraped
)

// candidate returns the series of a metric that tells its targets with the fewest
// series, and how certain it is to be there.
func candidate(m *schema.Metric) (series string, certain int) {
	series, certain = m.Name, singleValue
	if m.Type == schema.Histogram || m.Type == schema.Summary {
		series, certain = m.Name+"_count", single
	}
	switch {
	case nativeOnly(m):
		certain = noSeries
	case len(m.Labels) > 0 || m.Certainty == schema.Pattern || !m.Live():
		certain = vector
	}
	return series, certain
}

// infoMetric returns the program's own info metric, one called build_info before
// others, or "".
func (l *layout) infoMetric() string {
	var names []string
	for _, s := range l.signals {
		for _, m := range s.Metrics {
			if s.Kind == plan.Info && m.Certainty == schema.Exact && firstPart(m.Name) == l.family {
				names = append(names, m.Name)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	build := func(name string) bool { return strings.HasSuffix(name, "_build_info") }
	return slices.MinFunc(names, func(a, b string) int {
		if build(a) != build(b) {
			if build(a) {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// family returns the first part of the name of most metrics, in a tie the one that
// sorts first.
func family(signals []plan.Signal) string {
	count := map[string]int{}
	for _, s := range signals {
		for _, m := range s.Metrics {
			count[firstPart(m.Name)]++
		}
	}
	best := ""
	for name, n := range count {
		if n > count[best] || n == count[best] && name < best {
			best = name
		}
	}
	return best
}

func firstPart(name string) string {
	first, _, _ := strings.Cut(name, "_")
	return first
}
