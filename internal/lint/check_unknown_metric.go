package lint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "unknown-metric",
		Doc: `A query names a metric that no code defines.

A panel on such a name stays empty and an alert on it never fires, and nothing else will
say so: Prometheus answers with no series, not with an error. Names differ by who may
know them. A name is reported if metrics.json remembers that it was removed, if it is one
edit away from a name that code defines, if it matches owned: in dashgen.yaml (by default
the prefix that 80% of the metrics share; where one only lacks its unit, or _total, the hint
names it), or if it stands in dashgen.yaml or in generated
output. Other names are other programs': they are counted and left alone, as are those with
a colon, which other recording rules record, those of Prometheus itself (up, ALERTS,
scrape_*) and of client_golang's own collectors (go_*, process_*, promhttp_*), and what a
recording rule of the same project records.

A histogram with classic buckets has no series of its own name: its series end in _bucket,
_count and _sum, and a query on the bare name is reported as well. So is one on the _bucket
of a summary, or on any of the three of a counter or gauge, which have no such series.

Where code defines metrics whose names are known only at run time, a name that is this
program's by its prefix only may be one of them: that is a warning, until owned: says that
every such name is told by the source. A name that code for another platform than those of
platforms: defines is a note: there is something where a program built for it is watched.

Beside or, the same of a metric that there is takes its place: rate(old[5m]) or rate(new[5m])
asks programs of several versions, and is a note.

Write the name that the hint offers. If another program exposes it, narrow owned: or accept
the finding with a reason.`,
		Query: unknownMetric,
	})
}

func unknownMetric(p *Pass, q *Query) {
	for _, s := range q.Selectors() {
		if strings.Contains(s.Name, "$") {
			continue // {__name__="$metric"}: a variable's value is known to Grafana only
		}
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
		case standing == ported:
			f.Severity = schema.Note
			f.Message = fmt.Sprintf("%s queries %q, which code for %s defines, but none for %s", q.Owner, s.Name, near, strings.Join(p.Config.Platforms, ", "))
			f.Hint = fmt.Sprintf("add %s to platforms: in dashgen.yaml if programs built for it are watched", near)
			f.Related = defined(m)
		case standing.undefined(q, s.Name):
			f.Message = fmt.Sprintf("%s queries %q, which no code defines", q.Owner, s.Name)
			f.Hint = "accept it with a reason if another program exposes it"
			if near != "" {
				f.Hint = fmt.Sprintf("did you mean %q?", near)
				f.Related = defined(m)
			}
			f.Edits = q.rename(s.Name, meant(s.Name, p.run.names.living))
			if open := p.run.names.unnamed; standing != misspelt && len(open) > 0 {
				f.Severity = schema.Warning
				f.Message += ", as far as can be told"
				if near == "" {
					f.Hint = "accept it with a reason if it is told at run time, or another program exposes it"
				}
				f.Related = append(f.Related, atRunTime(open)...)
			}
		default:
			continue
		}
		if formerName(q, s.Name) {
			f.Severity, f.Hint, f.Edits = schema.Note, "leave it out once no program that is watched exposes it", nil
		}
		p.Report(f)
	}
}

// maxRunTime is how many places are shown that define metrics of any name.
const maxRunTime = 3

// atRunTime says where metrics are defined whose names cannot be told.
func atRunTime(open []schema.Pos) []schema.Related {
	var all []schema.Related
	for _, pos := range open[:min(maxRunTime, len(open))] {
		all = append(all, schema.Related{Pos: pos, Message: "names that are known only at run time are defined here"})
	}
	return all
}

// formerName reports whether or has, beside each selector of a name, the same of a metric
// that there is: rate(old[5m]) or rate(new[5m]), for programs of several versions.
func formerName(q *Query, name string) bool {
	if q.Inferred == nil {
		return false
	}
	for n := range q.Inferred.All() {
		if vs, ok := n.(*parser.VectorSelector); ok && vs.Name == name && !hasSuccessor(q, vs) {
			return false
		}
	}
	return true
}

// hasSuccessor reports whether a selector stands beside or and the same of another name.
func hasSuccessor(q *Query, vs *parser.VectorSelector) bool {
	var from parser.Node = vs
	for up := q.Inferred.Parent(vs); up != nil; from, up = up, q.Inferred.Parent(up) {
		b, ok := up.(*parser.BinaryExpr)
		if !ok || b.Op != parser.LOR {
			continue
		}
		self, other := query.Unparen(b.LHS), query.Unparen(b.RHS)
		if b.RHS == from {
			self, other = other, self
		}
		i, names := q.Inferred.At(other), query.Selectors(other)
		return !i.Foreign && len(i.Metrics) > 0 && i.Metrics[0].RemovedIn == "" && strings.ReplaceAll(self.String(), vs.Name, names[0].Name) == other.String()
	}
	return false
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
