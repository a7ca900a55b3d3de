package lint

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

func init() {
	register(&Check{
		Name: "promql-version",
		Doc: `An expression needs a newer Prometheus than the oldest one to support, or a feature flag.

A Prometheus that does not know a function refuses the rule file with it as a whole, and
answers a panel with an error. Functions that are newer than the version that prometheus: in
dashgen.yaml says are an error; where none is written, they are left alone. Experimental
functions are refused by every Prometheus that does not run with
--enable-feature=promql-experimental-functions, and may change: a warning.

Use a function that the oldest version has, or raise prometheus: in dashgen.yaml. Where all
run with the flag, accept the finding with that reason.`,
		Severity: schema.Warning,
		Query: func(p *Pass, q *Query) {
			each(q, func(n parser.Expr, _ *query.Info) {
				switch n := n.(type) {
				case *parser.Call:
					promqlVersion(p, q, n, n.Func.Name, functionSince[n.Func.Name], n.Func.Experimental)
				case *parser.AggregateExpr:
					op := n.Op.String()
					promqlVersion(p, q, n, op, functionSince[op], n.Op.IsExperimentalAggregator())
				case *parser.NumberLiteral:
					if n.Duration {
						promqlVersion(p, q, n, "a duration as a number", "3.0", false)
					}
				}
			})
		},
	})
}

// functionSince says with which version functions and aggregations came that not every
// Prometheus 2 has.
// Source: CHANGELOG.md of Prometheus 3.14.
var functionSince = map[string]string{
	"absent_over_time": "2.16", "group": "2.20", "clamp": "2.26", "last_over_time": "2.26", "sgn": "2.26", "present_over_time": "2.29",
	"acos": "2.31", "acosh": "2.31", "asin": "2.31", "asinh": "2.31", "atan": "2.31", "atanh": "2.31", "cos": "2.31", "cosh": "2.31",
	"sin": "2.31", "sinh": "2.31", "tan": "2.31", "tanh": "2.31", "deg": "2.31", "rad": "2.31", "pi": "2.31",
	"histogram_count": "2.40", "histogram_sum": "2.40", "histogram_fraction": "2.40",
	"histogram_stddev": "2.47", "histogram_stdvar": "2.47", "histogram_avg": "2.51", "first_over_time": "3.14",

	"mad_over_time": "2.49", "sort_by_label": "2.49", "sort_by_label_desc": "2.49", "limitk": "2.54", "limit_ratio": "2.54", "info": "2.55",
	"double_exponential_smoothing": "3.0", "ts_of_min_over_time": "3.5", "ts_of_max_over_time": "3.5", "ts_of_last_over_time": "3.5",
	"ts_of_first_over_time": "3.7", "histogram_quantiles": "3.11", "start": "3.12", "end": "3.12", "range": "3.12", "step": "3.12",
	"min_of": "3.13", "max_of": "3.13", "start_timestamp": "3.14",
}

func promqlVersion(p *Pass, q *Query, n parser.Expr, name, since string, experimental bool) {
	oldest := p.Config.Prometheus
	switch {
	case since != "" && !p.Config.PrometheusAt.IsZero() && older(oldest, since):
		p.Report(schema.Finding{
			Pos: q.pos(n), Severity: schema.Error,
			Message: fmt.Sprintf("%s uses %s, which Prometheus has since %s; %s is to be supported", q.Owner, name, since, oldest),
			Hint:    fmt.Sprintf("write prometheus: %q, or do without it", since),
			Related: []schema.Related{{Pos: p.Config.PrometheusAt, Message: "the oldest version to support"}},
		})
	case experimental:
		p.Reportf(q.pos(n), "accept it where all run with that flag", "%s uses %s, which is experimental: it needs --enable-feature=promql-experimental-functions", q.Owner, name)
	}
}

// older reports whether a version is older than another. Both are numbers with dots between.
func older(v, than string) bool {
	a, b := strings.Split(v, "."), strings.Split(than, ".")
	for i, word := range b {
		want, _ := strconv.Atoi(word)
		have := 0
		if i < len(a) {
			have, _ = strconv.Atoi(a[i])
		}
		if have != want {
			return have < want
		}
	}
	return false
}
