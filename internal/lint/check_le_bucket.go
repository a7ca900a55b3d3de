package lint

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "le-bucket",
		Doc: `A matcher on le or quantile names no bound of the histogram, or one spelling of it.

le is compared as text. A bound that the code does not register selects nothing, so that
"the share of requests below 0.3 s" has no value at all: this is an error. Where the bound
is a whole number, Prometheus 2 stores it as the exposition has it, mostly le="1", and
Prometheus 3 always as le="1.0". A matcher for one spelling holds on one of them only and
goes dark with the upgrade: this is a warning, unless prometheus: in dashgen.yaml says that
version 3 is the oldest.

Write one of the bounds that the finding lists, and a whole one in both spellings:
le=~"1|1[.]0".`,
		Query: leBucket,
	})
}

func leBucket(p *Pass, q *Query) {
	eachMatcher(q, func(vs *parser.VectorSelector, m *labels.Matcher, values []string) {
		l := q.Inferred.At(vs).Before.Label(m.Name)
		if l == nil || l.Origin != query.FromBucket {
			return
		}
		f := schema.Finding{Pos: q.wordPos(vs, m.Name), Related: defined(l.Metric)}
		v, err := strconv.ParseFloat(m.Value, 64)
		if !slices.ContainsFunc(values, m.Matches) || m.Type == labels.MatchNotEqual && !slices.Contains(values, m.Value) {
			f.Message = fmt.Sprintf("%s matches %s, which is no %s of %q", q.Owner, m, boundWord(m.Name), l.Metric.Name)
			f.Hint = "it has " + bounds(values)
			if i := slices.IndexFunc(values, func(have string) bool { return query.SameNumber(have, m.Value) }); i >= 0 {
				f.Hint = fmt.Sprintf("Prometheus stores it as %q", values[i])
			} else if err == nil {
				f.Hint += nextBounds(v, values)
			}
			p.Report(f)
			return
		}
		if one, other := halfMatched(m, values); one != "" {
			f.Severity = schema.Warning
			f.Message = fmt.Sprintf("%s matches %s, which holds for %s=%q but not for %s=%q, the other spelling of it", q.Owner, m, m.Name, one, m.Name, other)
			f.Hint = fmt.Sprintf("Prometheus 2 and 3 spell it differently: write %s=~%q", m.Name, bothSpellings(one, other))
			if m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
				f.Hint = fmt.Sprintf("Prometheus 2 and 3 spell it differently: write %s!~%q", m.Name, bothSpellings(one, other))
			}
			p.Report(f)
		}
	})
}

func boundWord(label string) string {
	if label == "le" {
		return "bucket bound"
	}
	return "quantile"
}

// bounds lists numbers, each once.
func bounds(values []string) string {
	var list []string
	for i, v := range values {
		if i == 0 || !query.SameNumber(v, values[i-1]) {
			list = append(list, v)
		}
	}
	return strings.Join(list, ", ")
}

// nextBounds names the bounds below and above a number that is none.
func nextBounds(v float64, values []string) string {
	below, above := math.Inf(-1), math.Inf(1)
	for _, s := range values {
		b, err := strconv.ParseFloat(s, 64)
		switch {
		case err != nil:
		case b < v:
			below = max(below, b)
		case b > v:
			above = min(above, b)
		}
	}
	switch {
	case math.IsInf(below, 0) && math.IsInf(above, 0):
		return ""
	case math.IsInf(below, 0):
		return fmt.Sprintf("; the next is %v", above)
	case math.IsInf(above, 0):
		return fmt.Sprintf("; the one below is %v", below)
	}
	return fmt.Sprintf("; the nearest are %v and %v", below, above)
}

// halfMatched returns two spellings of one number of which a matcher matches the first
// only.
func halfMatched(m *labels.Matcher, values []string) (matched, not string) {
	for _, a := range values {
		for _, b := range values {
			if a != b && query.SameNumber(a, b) && m.Matches(a) && !m.Matches(b) {
				return a, b
			}
		}
	}
	return "", ""
}

// bothSpellings writes a regular expression for 1 and 1.0.
func bothSpellings(a, b string) string {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a + "|" + strings.ReplaceAll(b, ".", "[.]")
}
