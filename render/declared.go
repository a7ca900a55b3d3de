package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// declared returns a declared dashboard as a board.
func (l *layout) declared(d *config.Dashboard) plan.Board {
	b := plan.Board{
		UID:         d.UID,
		Title:       d.Title,
		Description: d.Description,
		Tags:        d.Tags,
		Refresh:     cmp.Or(d.Refresh, "30s"),
		From:        cmp.Or(d.From, "now-1h"),
		Pos:         d.Pos,
	}
	if b.UID == "" {
		b.UID = config.UID(l.cfg.Name, d.Title)
	}
	for i := range d.Rows {
		row := plan.Row{Title: d.Rows[i].Title, Collapsed: d.Rows[i].Collapsed}
		for j := range d.Rows[i].Panels {
			if p, ok := l.declaredPanel(&d.Rows[i].Panels[j]); ok {
				row.Panels = append(row.Panels, p)
			}
		}
		if len(row.Panels) > 0 {
			b.Rows = append(b.Rows, row)
		}
	}
	return b
}

// declaredPanel returns a declared panel. ok is false where it shows nothing but
// metrics that have left the dashboards, which is a finding.
func (l *layout) declaredPanel(d *config.Panel) (p plan.Panel, ok bool) {
	kind, known := kindOf(d.Type)
	if !known && d.Type != "" {
		l.report(cmp.Or(d.TypePos, d.Pos), "panel-type", "use one of "+kindNames(), "unknown panel type %q in panel %q", d.Type, d.Title)
		kind.Name = "" // drawn as if no type were written, so that nothing is lost
	}
	switch {
	case len(d.Metrics) > 0:
		p, ok = l.fromMetrics(d, kind.Name)
	case len(d.Queries) > 0:
		p, ok = l.fromQueries(d, cmp.Or(kind.Name, "timeseries")), true
	default:
		p, ok = plan.Panel{Kind: cmp.Or(kind.Name, "text")}, true
	}
	if !ok {
		return p, false
	}
	l.settle(&p, d)
	return p, true
}

// settle puts what is declared of a panel over what dashgen chose.
func (l *layout) settle(p *plan.Panel, d *config.Panel) {
	p.Key, p.Title, p.Pos, p.Ignores = d.Title, d.Title, d.Pos, ignores(d.Ignores)
	p.W, p.H = d.Width, d.Height
	p.Description = cmp.Or(d.Description, p.Description)
	p.Unit = cmp.Or(d.Unit, p.Unit)
	p.NoValue = cmp.Or(d.NoValue, p.NoValue)
	p.Min, p.Max = cmp.Or(d.Min, p.Min), cmp.Or(d.Max, p.Max)
	p.Decimals = cmp.Or(d.Decimals, p.Decimals)
	p.Stack = d.Stack || p.Stack
	p.Content, p.AlertFilter = d.Content, d.Alerts
	if len(d.Mappings) > 0 {
		p.Mappings = nil
		for _, m := range d.Mappings {
			p.Mappings = append(p.Mappings, plan.Mapping(m))
		}
	}
	if len(d.Thresholds) > 0 {
		p.Steps = declaredSteps(d.Thresholds, p.Min)
	}
}

// declaredSteps returns declared thresholds as steps: green below the lowest, unless
// that is where the scale begins, at 0 if nobody says.
func declaredSteps(thresholds []config.Threshold, low *float64) []plan.Step {
	var all []plan.Step
	for _, t := range thresholds {
		all = append(all, plan.Step{Value: t.Value, Color: cmp.Or(t.Color, "red")})
	}
	slices.SortStableFunc(all, func(a, b plan.Step) int { return cmp.Compare(a.Value, b.Value) })
	if lowest := all[0].Value; low == nil && lowest == 0 || low != nil && lowest <= *low {
		return all
	}
	return append([]plan.Step{{Color: "green"}}, all...)
}

func ignores(list []config.Ignore) []plan.Ignore {
	var all []plan.Ignore
	for _, i := range list {
		all = append(all, plan.Ignore(i))
	}
	return all
}

// fromMetrics draws a panel that names metrics, all of them in one panel. A metric
// that is deprecated or gone is left out with a finding; one that nobody knows is
// drawn by its name, so that lint can say so where it stands.
func (l *layout) fromMetrics(d *config.Panel, kind string) (plan.Panel, bool) {
	var signals []*plan.Signal
	var at []schema.Pos
	for i, name := range d.Metrics {
		pos := d.Pos
		if i < len(d.MetricPos) {
			pos = d.MetricPos[i]
		}
		s := l.signalOf(name)
		if m := l.schema.Lookup(name); s == nil && m != nil && !m.Live() {
			f := schema.Finding{Pos: pos, Check: "deprecated-metric", Hint: useInstead(m),
				Message: fmt.Sprintf("panel %q shows %q, which is %s", d.Title, name, fate(m))}
			if m.RemovedIn == "" {
				f.Severity = schema.Warning // it still has series
			}
			l.findings = append(l.findings, f)
			continue
		}
		if s == nil {
			s = l.unknown(name)
		}
		signals, at = append(signals, s), append(at, pos)
	}
	if len(signals) == 0 {
		return plan.Panel{}, false
	}
	p := l.draw(cmp.Or(kind, fitting[signals[0].Kind], "timeseries"), signals)
	k, _ := kindOf(p.Kind)
	n := 0
	for i, s := range signals {
		for range shown(k, s) {
			p.Queries[n].Pos = at[i]
			n++
		}
	}
	return p, true
}

// signalOf returns the signal that shows a metric, nil where there is none. Of a
// signal that it shares with others only its own series are kept.
func (l *layout) signalOf(name string) *plan.Signal {
	var found *plan.Signal
	for i := range l.signals {
		s := &l.signals[i]
		if !slices.ContainsFunc(s.Metrics, func(m *schema.Metric) bool { return m.Name == name }) {
			continue
		}
		if len(s.Metrics) == 1 && s.Key == name {
			return s
		}
		if one := l.only(s, name); found == nil || len(one.Metrics) < len(found.Metrics) {
			found = one
		}
	}
	return found
}

// only returns a signal with the series of one of its metrics, the whole signal
// where no series names it alone.
func (l *layout) only(s *plan.Signal, name string) *plan.Signal {
	one := *s
	one.Series, one.Metrics = nil, nil
	for _, series := range s.Series {
		if namesOnly(query.Names(series.Expr.In("", "5m")), name) {
			series.Legend = strings.TrimSpace(strings.TrimPrefix(series.Legend, series.Role))
			one.Series = append(one.Series, series)
		}
	}
	if len(one.Series) == 0 || len(s.Metrics) == 1 {
		return s
	}
	for _, m := range s.Metrics {
		if m.Name == name {
			one.Metrics = append(one.Metrics, m)
		}
	}
	one.Title = l.title(name)
	return &one
}

// title returns a metric's name in words, without the part that the program's metrics
// share.
func (l *layout) title(name string) string {
	return plan.Words(strings.Split(strings.TrimSuffix(strings.TrimPrefix(name, l.family+"_"), "_total"), "_"))
}

// namesOnly reports whether series are all of one metric family.
func namesOnly(series []string, metric string) bool {
	return len(series) > 0 && all(series, func(s string) bool {
		rest, ok := strings.CutPrefix(s, metric)
		return ok && slices.Contains([]string{"", "_bucket", "_sum", "_count"}, rest)
	})
}

// unknown returns a signal that shows a name as it is.
func (l *layout) unknown(name string) *plan.Signal {
	return &plan.Signal{
		Key: name, Kind: plan.Level, Title: name, Unit: l.unit(name),
		Series: []plan.Series{{Expr: plan.Expr(name + "{" + plan.Matchers + "}")}},
	}
}

func useInstead(m *schema.Metric) string {
	if m.ReplacedBy == "" {
		return ""
	}
	return "use " + m.ReplacedBy
}

// fate says what has become of a metric that is not live.
func fate(m *schema.Metric) string {
	switch {
	case m.RemovedIn == "next":
		return "removed"
	case m.RemovedIn != "":
		return "removed in " + m.RemovedIn
	}
	return "deprecated"
}

// fromQueries draws a panel of expressions. They stay as they are written, save that
// those on Prometheus select the board's targets.
func (l *layout) fromQueries(d *config.Panel, kind string) plan.Panel {
	k, _ := kindOf(kind)
	p := plan.Panel{Kind: kind}
	for i, declared := range d.Queries {
		q := plan.Query{
			RefID:      refID(i),
			Expr:       declared.Expr,
			Legend:     declared.Legend,
			Instant:    declared.Instant || k.Instant,
			Table:      k.Table,
			Datasource: cmp.Or(declared.Datasource, k.Source),
			Pos:        declared.Pos,
		}
		unit := declared.Unit
		if q.Datasource != "loki" {
			unit = cmp.Or(unit, l.unit(q.Expr))
		}
		if observed, cells, ok := l.buckets(q.Expr); k.Buckets && ok {
			q.Heatmap = true
			p.Unit = cmp.Or(p.Unit, d.Unit, declared.Unit, observed)
			p.Overrides = append(p.Overrides, seriesOverrides(q.RefID, cells, p.Unit, "")...)
		} else if i == 0 {
			p.Unit = cmp.Or(d.Unit, unit)
		} else if declared.Unit != "" || d.Unit == "" && unit != "" {
			p.Overrides = append(p.Overrides, seriesOverrides(q.RefID, unit, p.Unit, "")...)
		}
		if q.Datasource != "loki" {
			q.Expr = l.selecting(q.Expr)
		}
		p.Queries = append(p.Queries, q)
	}
	p.Metrics = l.metricsOf(p.Queries)
	var metrics []*schema.Metric
	for _, name := range p.Metrics {
		if m := l.schema.Lookup(name); m != nil {
			metrics = append(metrics, m)
		}
	}
	p.Description = describeMetrics(metrics)
	if len(metrics) > 0 && len(metrics) == len(p.Metrics) && all(metrics, nativeOnly) {
		p.NoValue = nativeMissing
	}
	if k.Colors {
		p.Overrides = append(p.Overrides, outcomeColors(p.Queries, metrics)...)
	}
	l.watch(&p)
	return p
}

func kindNames() string {
	var names []string
	for _, k := range PanelKinds() {
		names = append(names, k.Name)
	}
	return fmt.Sprintf("%s or %s", strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
}
