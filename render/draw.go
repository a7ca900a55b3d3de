package render

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file draws signals: a signal and a panel kind become a panel.

// isBuckets reports whether a series holds a distribution's buckets.
func isBuckets(s plan.Series) bool { return s.Role == "heatmap" }

// beside says what a signal of a kind has beside its time series, which every
// signal has: a second panel of another kind, and what its title adds.
var beside = map[plan.Kind]struct{ kind, title string }{
	plan.Distribution: {"heatmap", "heatmap"},
	plan.State:        {"state-timeline", "states"},
	plan.Info:         {"table", "table"},
}

// fitting says which panel kind suits a signal where one panel is declared and no
// type is.
var fitting = map[plan.Kind]string{
	plan.State: "state-timeline",
	plan.Info:  "table",
}

// panels draws a signal on dashgen's own board.
func (l *layout) panels(s *plan.Signal) []plan.Panel {
	var panels []plan.Panel
	if often := plan.Observed(s); often != nil {
		p := l.draw("timeseries", []*plan.Signal{often})
		p.Key = often.Key
		panels = append(panels, p)
	}
	p := l.draw("timeseries", []*plan.Signal{s})
	p.Key = s.Key
	panels = append(panels, l.rare(s, p))
	second, ok := beside[s.Kind]
	if k, _ := kindOf(second.kind); ok && (!k.Buckets || slices.ContainsFunc(s.Series, isBuckets)) {
		p = l.draw(second.kind, []*plan.Signal{s})
		p.Key = s.Key + ":" + second.title
		p.Title += ", " + second.title
		panels = append(panels, p)
	}
	if len(panels) == 1 {
		return panels
	}
	for i := range panels {
		panels[i].W = columns / len(panels) // side by side
	}
	return panels
}

// shown returns the series of a signal that a panel kind draws: one for buckets those, a table
// those for tables, where there are any; every other kind everything else, but how often
// something was observed, which has a panel of its own.
func shown(k PanelKind, s *plan.Signal) []plan.Series {
	var buckets, table, rest []plan.Series
	for _, series := range s.Series {
		switch {
		case isBuckets(series):
			buckets = append(buckets, series)
		case series.Role == plan.TableRole:
			table = append(table, series)
		case series.Role != plan.RateRole:
			rest = append(rest, series)
		}
	}
	switch {
	case len(rest) == 0 || k.Buckets && len(buckets) > 0:
		return buckets
	case k.Table && len(table) > 0:
		return table
	}
	return rest
}

// draw puts signals into one panel of a kind. Place and key are left open.
func (l *layout) draw(kind string, signals []*plan.Signal) plan.Panel {
	first := signals[0]
	p := plan.Panel{Kind: kind, Title: first.Title, Unit: first.Unit, Description: describe(signals), NoValue: noValue(kind, signals)}
	k, _ := kindOf(kind)
	var keys []string
	var out []plan.Override // of what goes out, mirrored at zero
	for _, s := range signals {
		keys = append(keys, s.Key)
		for _, m := range s.Metrics {
			p.Metrics = append(p.Metrics, m.Name)
		}
		for _, series := range shown(k, s) {
			q := plan.Query{
				RefID:   refID(len(p.Queries)),
				Expr:    series.Expr.In(l.matchers, "$__rate_interval"),
				Legend:  legend(s, series, len(signals) > 1),
				Instant: k.Instant,
				Heatmap: isBuckets(series),
				Table:   k.Table,
			}
			unit := cmp.Or(series.Unit, s.Unit)
			if q.Heatmap { // the signal's unit is that of what is observed
				_, unit, _ = l.buckets(series.Expr.In("", "5m"))
			}
			q.Exemplars = kind == "timeseries" && (series.Role == "p99" || s.Kind == plan.Rate && len(p.Queries) == 0) && slices.ContainsFunc(s.Metrics, func(m *schema.Metric) bool { return m.Exemplars })
			p.Queries = append(p.Queries, q)
			p.Overrides = append(p.Overrides, seriesOverrides(q.RefID, unit, p.Unit, series.Role)...)
			if plan.Mirrored(s, series) {
				out = append(out, plan.Override{RefID: q.RefID, NegativeY: true})
			}
		}
	}
	p.Metrics = sortedSet(p.Metrics)
	if startsAtZero[first.Kind] {
		p.Min = new(0.0)
	}
	if p.Stack = kind == "timeseries" && partition(signals); p.Stack {
		p.Why = append(p.Why, whyStacked)
	}
	if k.Colors {
		var metrics []*schema.Metric
		for _, s := range signals {
			metrics = append(metrics, s.Metrics...)
		}
		p.Overrides = append(p.Overrides, outcomeColors(p.Queries, metrics)...)
	}
	if len(signals) == 1 && first.Kind == plan.State {
		p.Mappings = l.states(first)
		if kind == "timeseries" && all(p.Mappings, func(m plan.Mapping) bool { return number(m.Value) >= 0 }) {
			p.Min = new(0.0)
		}
	}
	l.watch(&p, keys...)
	l.either(&p, signals)
	if kind == "timeseries" && len(signals) == 1 && len(p.Steps) <= 1 { // a bound has one side
		if p.Overrides = append(p.Overrides, out...); len(out) > 0 {
			p.Min = nil
			p.Why = append(p.Why, "mirrored: what goes out is drawn below zero")
		}
	}
	return p
}

// whyStacked says why series are stacked.
const whyStacked = "stacked: its series are parts of one whole"

// startsAtZero holds the kinds whose values are never negative and whose axis should
// say how large they are, not only how they move.
var startsAtZero = map[plan.Kind]bool{
	plan.Rate: true, plan.Ratio: true, plan.Distribution: true, plan.Quantiles: true, plan.Age: true,
}

// legend returns a series' legend. Where several signals share a panel it says
// whose series it is, too.
func legend(s *plan.Signal, series plan.Series, several bool) string {
	switch {
	case isBuckets(series):
		return "{{le}}"
	case series.Legend == "" && (several || len(s.Series) == 1):
		return s.Title
	case !several || series.Legend == s.Title || strings.HasPrefix(series.Legend, s.Title+" "):
		return series.Legend
	}
	return s.Title + " " + series.Legend
}

// seriesOverrides says how one series differs from its panel: another unit, or that
// it is a limit, drawn as a dashed line.
func seriesOverrides(ref, unit, panelUnit, role string) []plan.Override {
	var all []plan.Override
	if unit = cmp.Or(unit, "short"); unit != cmp.Or(panelUnit, "short") {
		all = append(all, plan.Override{RefID: ref, Unit: unit})
	}
	if role == plan.LimitRole {
		all = append(all, plan.Override{RefID: ref, Dash: true, NoFill: true})
	}
	return all
}

// outcomes are labels that part a whole by how it ended.
var outcomes = []string{"code", "status", "status_code", "http_status", "response_code", "result", "outcome"}

var labelRef = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// partition reports whether the series of signals are parts of one whole, so that
// they may be stacked: the rates of one counter by outcome, method or reason.
func partition(signals []*plan.Signal) bool {
	if len(signals) != 1 || signals[0].Kind != plan.Rate || len(signals[0].Series) != 1 {
		return false
	}
	if strings.HasPrefix(string(signals[0].Series[0].Expr), "topk(") {
		return false
	}
	refs := labelRef.FindAllStringSubmatch(signals[0].Series[0].Legend, -1)
	for _, r := range refs {
		if !slices.Contains(outcomes, r[1]) && r[1] != "method" && r[1] != "reason" && r[1] != "type" {
			return false
		}
	}
	return len(refs) > 0
}

// outcomeColor maps what an outcome is called to a colour, for any legend in which
// it stands as a word.
var outcomeColor = []struct{ word, color string }{
	{`2(?:xx|\d\d)|ok|OK|success(?:es)?|succeeded|completed|accepted|allowed|hits?`, "green"},
	{`3(?:xx|\d\d)`, "blue"},
	{`4(?:xx|\d\d)|misse?s?|cancelled|skipped|expired|timeouts?`, "orange"},
	{`5(?:xx|\d\d)|errors?|failed|failures?|rejected|denied|dropped|blocked`, "red"},
}

// outcomeWord holds for each outcomeColor what its words match.
var outcomeWord = func() []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, c := range outcomeColor {
		all = append(all, regexp.MustCompile(`^(?:`+c.word+`)$`))
	}
	return all
}()

// outcomeColors returns the colours of outcomes for queries whose legends name one, as the
// value of a label or by themselves. Where the source tells every value of the label, only
// those that occur. What is mirrored, or counted off, has no good and no bad side.
func outcomeColors(queries []plan.Query, metrics []*schema.Metric) []plan.Override {
	var all []plan.Override
	for i, c := range outcomeColor {
		if slices.ContainsFunc(queries, func(q plan.Query) bool { return namesOutcome(q.Legend, metrics, outcomeWord[i]) }) {
			all = append(all, plan.Override{Regexp: `(?:.*\s)?(?:` + c.word + `)(?:\s.*)?`, Color: c.color})
		}
	}
	return all
}

// namesOutcome reports whether a legend can hold an outcome that word matches: it says so, or
// refers to a label of outcomes of which the metrics have, or may have, such a value.
func namesOutcome(legend string, metrics []*schema.Metric, whole *regexp.Regexp) bool {
	if first, _, _ := strings.Cut(legend, " "); whole.MatchString(first) && len(metrics) > 1 {
		return true
	}
	for _, r := range labelRef.FindAllStringSubmatch(legend, -1) {
		if !slices.Contains(outcomes, r[1]) {
			continue
		}
		for _, m := range metrics {
			label := m.Label(r[1])
			if label != nil && (label.Values == nil || slices.ContainsFunc(label.Values, whole.MatchString)) {
				return true
			}
		}
	}
	return false
}

// metricsOf returns the names of the metrics that expressions select, sorted.
func (l *layout) metricsOf(queries []plan.Query) []string {
	var names []string
	for _, q := range queries {
		if q.Datasource == "loki" {
			continue
		}
		for _, name := range query.Names(q.Expr) {
			if query.Foreign(name) {
				continue
			}
			if m, _ := l.schema.Series(name); m != nil {
				name = m.Name
			}
			names = append(names, name)
		}
	}
	return sortedSet(names)
}

func sortedSet(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
