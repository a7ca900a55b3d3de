package render

import (
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	"github.com/dashgen/dashgen/internal/plan"
)

// This file marks on every graph of a board what happened: alerts that fire, starts, new versions.

// mostAnnotations is how many queries annotations ask when a board is opened.
const mostAnnotations = 2

// annotations returns what is marked on a board: when alerts fired that its panels show, when
// instances started or, where that is not known, did not answer; and, once somebody switches it
// on, when another version came.
func (l *layout) annotations(b *plan.Board) []plan.Annotation {
	prometheus, _ := sources(b)
	if !prometheus {
		return nil
	}
	var all []plan.Annotation
	var alerts []string
	for _, row := range b.Rows {
		for _, p := range row.Panels {
			alerts = append(alerts, p.Alerts...)
		}
	}
	if alerts = sortedSet(alerts); len(alerts) > 0 {
		all = append(all, plan.Annotation{
			Name: "Alerts", Color: "red", On: true, Title: "{{alertname}}", Tags: "severity,instance",
			Expr: `ALERTS{alertstate="firing",alertname` + plan.OneOf(alerts) + "}",
		})
	}
	start := l.schema.Lookup("process_start_time_seconds")
	switch {
	case !slices.ContainsFunc(l.labels, func(label string) bool { return selects(b, label) }):
	case start != nil && start.Live():
		all = append(all, plan.Annotation{
			Name: "Starts", Color: "blue", On: true, Title: "{{instance}} started", Tags: "job",
			Expr: "changes(" + selector(start.Name, l.matchers) + "[$__rate_interval]) > 0",
		})
	default:
		all = append(all, plan.Annotation{
			Name: "Down", Color: "orange", On: true, Title: "{{instance}} does not answer", Tags: "job",
			Expr: selector("up", l.matchers) + " == bool 0",
		})
	}
	for i := range l.signals {
		s := &l.signals[i]
		if s.Kind != plan.Info || !versionLegend.MatchString(s.Series[0].Legend) || s.Metrics[0].Name != l.infoMetric() {
			continue
		}
		now := s.Series[0].Expr.In(l.matchers, "")
		at := strings.LastIndex(now, ")")
		all = append(all, plan.Annotation{
			Name: "Versions", Color: "purple", Title: s.Series[0].Legend,
			Expr: now + " unless " + now[:at] + " offset $__rate_interval" + now[at:],
		})
	}
	return all
}

// annotation returns an annotation as Grafana has it.
// Source: grafana-prometheus, src/annotations.ts, which reads the query from target.
func annotation(a plan.Annotation, names map[string]string) dashboard.AnnotationQuery {
	q := dashboard.AnnotationQuery{
		Name: a.Name, Enable: a.On, IconColor: a.Color, Hide: new(false), Datasource: ref("prometheus", names),
		Target: prometheus.Dataquery{Expr: a.Expr, RefId: new("Anno")}, TitleFormat: &a.Title,
	}
	if a.Tags != "" {
		q.TagKeys = &a.Tags
	}
	return q
}
