package lint

import (
	"cmp"
	"fmt"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "unknown-metric",
		Doc: `A query names a metric that no code defines.

A panel on such a name stays empty and an alert on it never fires, and nothing else will
say so: Prometheus answers with no series, not with an error. Names differ by who may
know them. A name is reported if metrics.json remembers that it was removed, if it is one
edit away from a name that code defines, if it matches owned: in dashgen.yaml (by default
the prefix that 80% of the metrics share), or if it stands in dashgen.yaml or in generated
output. Other names are other programs': they are counted and left alone, as are those with
a colon, which other recording rules record, those of Prometheus itself (up, ALERTS,
scrape_*) and of client_golang's own collectors (go_*, process_*, promhttp_*), and what a
recording rule of the same project records.

A histogram with classic buckets has no series of its own name: its series end in _bucket,
_count and _sum, and a query on the bare name is reported as well. So is one on the _bucket
of a summary, or on any of the three of a counter or gauge, which have no such series.

Write the name that the hint offers. If another program exposes it, narrow owned: or accept
the finding with a reason.`,
		Query: unknownMetric,
	})
}

func unknownMetric(p *Pass, q *Query) {
	for _, s := range q.Selectors() {
		standing, m, near := p.run.names.stand(s.Name)
		f := schema.Finding{Pos: q.At(s.Offset)}
		switch {
		case standing == removed && !q.Name: // render leaves a removed metric out and says so
			f.Message = fmt.Sprintf("%s queries %q, which was removed%s", q.Owner, s.Name, release(" in ", m.RemovedIn))
			f.Hint = replacement(m)
			f.Edits = q.rename(s.Name, p.run.names.successor(m, s.Name))
		case standing == family && !q.Name:
			f.Message = fmt.Sprintf("%s queries %q, which selects nothing: it is a %s, and its series are %s", q.Owner, s.Name, m.Type, p.run.names.listOf(m))
			f.Hint = fmt.Sprintf("for a quantile use %s_bucket, for how many %[1]s_count, for the mean %[1]s_sum / %[1]s_count", s.Name)
			f.Related = defined(m)
		case standing == part && !q.Name:
			f.Message = fmt.Sprintf("%s queries %q, which selects nothing: %q is a %s, which has no such series", q.Owner, s.Name, m.Name, m.Type)
			f.Hint = fmt.Sprintf("its series are %s", p.run.names.listOf(m))
			f.Related = defined(m)
		case standing == misspelt, standing == missing, standing == foreign && q.Own && !WellKnown(s.Name):
			f.Message = fmt.Sprintf("%s queries %q, which no code defines", q.Owner, s.Name)
			f.Hint = "accept it with a reason if another program exposes it"
			if near != "" {
				f.Hint = fmt.Sprintf("did you mean %q?", near)
				f.Related = defined(m)
			}
			f.Edits = q.rename(s.Name, meant(s.Name, p.run.names.living))
		default:
			continue
		}
		p.Report(f)
	}
}

// release returns a release with words before it; none where it has no name yet.
func release(before, name string) string {
	if name == "" || name == "next" {
		return ""
	}
	return before + name
}

// replacement says what to query instead of a metric.
func replacement(m *schema.Metric) string {
	if m.ReplacedBy == "" {
		return m.Note
	}
	return fmt.Sprintf("use %q", m.ReplacedBy)
}

func defined(m *schema.Metric) []schema.Related {
	if m == nil || m.Pos.IsZero() {
		return nil
	}
	return []schema.Related{{Pos: m.Pos, Message: fmt.Sprintf("%s %q is defined here", cmp.Or(m.Type, schema.Untyped), m.Name)}}
}
