package view

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
)

// This file fills variables into expressions as Grafana and its Prometheus data source do.

// intervals are the steps that Grafana rounds to: below each bound, in milliseconds, the one
// behind it. Source: roundInterval in @grafana/data, datetime/rangeutil.
var intervals = []struct{ below, step int64 }{
	{10, 1}, {15, 10}, {35, 20}, {75, 50}, {150, 100}, {350, 200}, {750, 500}, {1500, 1000}, {3500, 2000}, {7500, 5000},
	{12500, 10000}, {17500, 15000}, {25000, 20000}, {45000, 30000}, {90000, 60000}, {210000, 120000}, {450000, 300000},
	{750000, 600000}, {1050000, 900000}, {1500000, 1200000}, {2700000, 1800000}, {5400000, 3600000}, {9000000, 7200000},
	{16200000, 10800000}, {32400000, 21600000}, {86400000, 43200000}, {604800000, 86400000}, {1814400000, 604800000}, {3628800000, 2592000000},
}

func roundInterval(ms int64) int64 {
	for _, i := range intervals {
		if ms < i.below {
			return i.step
		}
	}
	return 31536000000
}

// points is how many values a series has where nobody says.
const points = 300

// scrape is Grafana's own guess of the scrape interval.
const scrape = 15 * time.Second

// Step returns the step of range queries, $__interval: the range over the points, rounded,
// and never below the scrape interval.
func (r *Request) Step() time.Duration {
	ms := r.To.Sub(r.From).Milliseconds() / int64(cmp.Or(r.Points, points))
	return max(time.Duration(roundInterval(ms))*time.Millisecond, cmp.Or(r.Scrape, scrape))
}

// RateInterval returns $__rate_interval: four scrapes at least.
// Source: grafana-prometheus, getRateIntervalScopedVariable.
func (r *Request) RateInterval() time.Duration {
	every := max(cmp.Or(r.Scrape, scrape), r.Deployed)
	return max(r.Step()+every, 4*every)
}

// aligned returns the range's ends as multiples of the step, so that the points of one refresh
// are those of the next. Source: grafana-prometheus, alignRange.
func (r *Request) aligned() (from, to time.Time) {
	step := r.Step().Milliseconds()
	floor := func(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli() / step * step).UTC() }
	return floor(r.From), floor(r.To)
}

// reference matches a variable as Grafana does.
// Source: variableRegex of public/app/features/variables/utils.ts.
var reference = regexp.MustCompile(`\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}`)

// Fill returns an expression with the board's variables and Grafana's own filled in. What is
// no variable stays as it is.
func Fill(expr string, b *plan.Board, req *Request) string {
	return reference.ReplaceAllStringFunc(expr, func(text string) string {
		m := reference.FindStringSubmatch(text)
		name, format := cmp.Or(m[1], m[2], m[4]), cmp.Or(m[3], m[5])
		if value, ok := req.builtIn(name); ok {
			return value
		}
		i := slices.IndexFunc(b.Variables, func(v plan.Variable) bool { return v.Name == name })
		if i < 0 {
			return text
		}
		v := &b.Variables[i]
		return joined(v, req.chosen(v), format)
	})
}

// builtIn returns the value of one of Grafana's own variables.
// See https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables.
func (r *Request) builtIn(name string) (string, bool) {
	whole := r.To.Sub(r.From)
	switch name {
	case "__interval", "__auto":
		return duration(r.Step()), true
	case "__interval_ms":
		return strconv.FormatInt(r.Step().Milliseconds(), 10), true
	case "__rate_interval":
		return duration(r.RateInterval()), true
	case "__rate_interval_ms":
		return strconv.FormatInt(r.RateInterval().Milliseconds(), 10), true
	case "__range":
		return fmt.Sprintf("%ds", int64(whole.Seconds())), true
	case "__range_s":
		return strconv.FormatInt(int64(whole.Seconds()), 10), true
	case "__range_ms":
		return strconv.FormatInt(whole.Milliseconds(), 10), true
	case "__from":
		return strconv.FormatInt(r.From.UnixMilli(), 10), true
	case "__to":
		return strconv.FormatInt(r.To.UnixMilli(), 10), true
	}
	return "", false
}

// duration writes a duration as PromQL reads it.
func duration(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%ds", int64(d.Seconds()))
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}

// chosen returns the values of a variable.
func (r *Request) chosen(v *plan.Variable) []string {
	if values := r.Variables[v.Name]; len(values) > 0 {
		return values
	}
	if v.Type == "custom" {
		first, _, _ := strings.Cut(v.Query, ",")
		_, value := plan.TextValue(cmp.Or(v.Current, strings.TrimSpace(first)))
		return []string{value}
	}
	return []string{cmp.Or(v.Current, All)}
}

// joined writes a variable's values in a format; empty: as the Prometheus data source wants
// them, a regular expression where there may be several.
// Source: grafana-prometheus, interpolateQueryExpr.
func joined(v *plan.Variable, values []string, format string) string {
	if slices.Contains(values, All) {
		return ".+"
	}
	if v.Type == "custom" {
		values = slices.Clone(values)
		for i := range values {
			_, values[i] = plan.TextValue(values[i])
		}
	}
	switch format {
	case "csv", "raw", "text":
		return strings.Join(values, ",")
	case "pipe":
		return strings.Join(values, "|")
	}
	if v.Type != "query" && format != "regex" {
		return strings.Join(values, ",")
	}
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = special.ReplaceAllString(strings.ReplaceAll(value, `\`, `\\\\`), `\\$0`)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "(" + strings.Join(quoted, "|") + ")"
}

// special are the characters that a value has escaped twice: for the regular expression, and
// for the string that it stands in. Source: grafana-prometheus, prometheusSpecialRegexEscape.
var special = regexp.MustCompile(`[$^*{}\[\]'+?.()|]`)
