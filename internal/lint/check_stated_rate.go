package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "stated-rate",
		Doc: `An alert's words say how often something is too often, and its expression says otherwise.

rate() is by the second whatever its range is: rate(x[15m]) > 0.1 is 60 in ten minutes, and
not the "1 per 10 minutes" that the summary tells who is woken. Such an alert fires long
after it should, or never. Annotations are searched for words like "1 per 10 minutes", "5/min"
and "3 an hour"; a factor below 2 is taken for rounding. An annotation that prints the rate as
how many there were, "{{ $value }} failures within the last 15 minutes", is off by as many seconds.

Write the number for a second, use increase() over the time that the words name, or mend the
words.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			if !q.alert() {
				return
			}
			statedCount(p, q)
			operations(q, func(e *parser.BinaryExpr, _ *query.Info) {
				switch e.Op {
				case parser.GTR, parser.GTE:
					statedRate(p, q, e, e.LHS, e.RHS)
				case parser.LSS, parser.LTE:
					statedRate(p, q, e, e.RHS, e.LHS)
				}
			})
		},
	})
}

// often finds how often something is said to happen: the number, how many units of time, the unit.
var often = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s*(?:(?:times|events)\s+)?(?:/|\b(?:per|an?|in|every|within)\b)\s*(\d+)?\s*(s|m|h|d)(?:ec|ecs|econds?|in|ins|inutes?|r|rs|ours?|ays?)?\b`)

// units are those of often, by their first letter.
var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// statedRate compares the number that a rate is to exceed with those in the alert's annotations.
func statedRate(p *Pass, q *Query, e *parser.BinaryExpr, side, with parser.Expr) {
	limit, ok := q.Inferred.At(with).Values.Point()
	side, times := q.unscaled(side)
	limit /= times
	if !ok || limit <= 0 || q.Inferred.At(side).Type != query.Rate || q.guards(e) {
		return
	}
	var words string
	var span time.Duration
	for _, key := range slices.Sorted(maps.Keys(q.Rule.Annotations)) {
		for _, m := range often.FindAllStringSubmatch(q.Rule.Annotations[key], -1) {
			n, _ := strconv.ParseFloat(m[1], 64)
			times, _ := strconv.Atoi(m[2])
			d := units[strings.ToLower(m[3])] * time.Duration(max(times, 1))
			if off := limit / (n / d.Seconds()); n == 0 || off > 0.5 && off < 2 {
				return
			}
			if words == "" {
				words, span = m[0], d
			}
		}
	}
	if words == "" {
		return
	}
	p.Report(schema.Finding{
		Pos: q.operator(e),
		Message: fmt.Sprintf("%s says %q, and asks for %s a second, which is %s in %s", q.Owner, words, shortNumber(limit),
			shortNumber(limit*span.Seconds()), shortDuration(span)),
		Hint:    "write the number for a second, use increase() over that time, or mend the words",
		Related: definitions(q.Inferred.At(side).Metrics),
	})
}

// countWithin finds a value that is printed as how many of something there were in a time.
var countWithin = regexp.MustCompile(`(?i)\$value\b[^}]*\}\}([^.{}]*?)\b(?:within|in)\s+(?:the\s+)?(?:last|past)\s+(\d+)?\s*(s|m|h|d)(?:ec|ecs|econds?|in|ins|inutes?|r|rs|ours?|ays?)?\b`)

// byTime finds in words that a value is one by time, or a share.
var byTime = regexp.MustCompile(`(?i)/|%|\bper\b|\ba (?:second|minute)\b|\brates?\b|ps\b|\baverage\b`)

// statedCount holds what an annotation prints against what the value is.
func statedCount(p *Pass, q *Query) {
	if q.Inferred == nil {
		return
	}
	main, times := q.unscaled(mains(q.Tree)[0])
	value := q.Inferred.At(main)
	if value.Type != query.Rate || times != 1 {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(q.Rule.Annotations)) {
		m := countWithin.FindStringSubmatch(q.Rule.Annotations[key])
		if m == nil || byTime.MatchString(m[0]) {
			continue
		}
		times, _ := strconv.Atoi(m[2])
		d := units[strings.ToLower(m[3])] * time.Duration(max(times, 1))
		p.Report(schema.Finding{
			Pos:     q.position("annotations." + key),
			Message: fmt.Sprintf("%s prints its value as how many%s there were in %s, and it is how many there are in a second", q.Owner, strings.TrimRight(m[1], " "), shortDuration(d)),
			Hint:    fmt.Sprintf("use increase() over %s, or say a second", shortDuration(d)),
			Related: definitions(value.Metrics),
		})
		return
	}
}

// shortNumber writes a number with at most four digits.
func shortNumber(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
