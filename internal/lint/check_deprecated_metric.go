package lint

import (
	"fmt"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "deprecated-metric",
		Doc: `A query names a metric that is deprecated.

The code still exposes it but says, in a "Deprecated:" comment or a //dashgen:deprecated
directive, that it will go. A dashboard or an alert that is not mended by then goes dark
without a word.

A metric that was renamed, and that recording rules keep under its old name, is reported
alike. The warning becomes an error the day after the one that remove_after= names.

Use the metric that replaces it, as the hint says. A panel that must show both while old
programs still run can name both: new_name or old_name, accepted with a reason.`,
		Severity: schema.Warning,
		Query:    deprecatedMetric,
	})
}

func deprecatedMetric(p *Pass, q *Query) {
	for _, s := range q.Selectors() {
		standing, m, _ := p.run.names.stand(s.Name)
		if alias := p.alias(q, s.Name); alias != nil {
			p.oldName(q, s, alias)
			continue
		}
		if standing != deprecated || q.Name || p.drawn(q) { // render leaves a deprecated metric out and says so
			continue
		}
		p.Report(schema.Finding{
			Severity: windowSeverity(p, m),
			Pos:      q.At(s.Offset),
			Message:  fmt.Sprintf("%s queries %q, which is deprecated%s", q.Owner, s.Name, release(" since ", m.DeprecatedSince)),
			Hint:     replacement(m),
			Related:  defined(m),
			Edits:    q.rename(s.Name, p.run.names.successor(m, s.Name)),
		})
	}
}

// windowSeverity is an error once the day has passed until which a metric is to be had.
func windowSeverity(p *Pass, m *schema.Metric) schema.Severity {
	if p.Input.Today != "" && m.WindowClosed(p.Input.Today) {
		return schema.Error
	}
	return schema.Warning
}

// drawn reports whether dashgen drew the query by itself: on the board of deprecated metrics,
// or beside the new name of one that was renamed.
func (p *Pass) drawn(q *Query) bool {
	return q.Own && q.Rule == nil && (q.Pos.File == "" || q.Pos.File != p.Config.File)
}

// alias returns the tombstone of a metric that recording rules keep under that name, where
// somebody queries it; nil: it is none, or the query is dashgen's own.
func (p *Pass) alias(q *Query, series string) *schema.Metric {
	if p.drawn(q) {
		return nil
	}
	tomb, _ := p.Schema.Series(series)
	if tomb == nil || tomb.RemovedIn == "" {
		return nil
	}
	if p.alive(tomb) == nil {
		return nil
	}
	return tomb
}

// oldName reports a query on a name that a metric had.
func (p *Pass) oldName(q *Query, s query.Selector, tomb *schema.Metric) {
	until := ""
	if tomb.RemoveAfter != "" {
		until = " until " + tomb.RemoveAfter
	}
	p.Report(schema.Finding{
		Pos: q.At(s.Offset), Severity: windowSeverity(p, tomb),
		Message: fmt.Sprintf("%s queries %q, which is called %q now and recorded under the old name%s", q.Owner, s.Name, tomb.ReplacedBy, until),
		Hint:    fmt.Sprintf("use %q", tomb.ReplacedBy),
		Edits:   q.rename(s.Name, p.run.names.successor(tomb, s.Name)),
	})
}
