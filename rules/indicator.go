package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file says by which expressions the events of an objective are counted.

// An sli counts events over a range.
type sli struct {
	total         func(window string) string // all events a second; nil: only their share is known
	ratio         func(window, total string) string
	key, totalKey string        // of the objective, that the expressions are made of
	patience      time.Duration // how long nothing may be counted before that is an alert
}

func parseDuration(text string) (time.Duration, error) {
	d, err := model.ParseDuration(text)
	return time.Duration(d), err
}

// indicator returns how events are counted, nil where that cannot be told, which is a
// finding.
func (o *objective) indicator() *sli {
	if o.Metric == "" {
		return o.written()
	}
	m := o.p.Schema.Lookup(o.Metric)
	switch {
	case m == nil:
		o.report("", "metric", "'dashgen scan' lists the metrics", "there is no metric %q", o.Metric)
	case m.RemovedIn != "":
		o.report("", "metric", "", "the metric %q is no longer in the code", o.Metric)
	case m.Type == schema.Histogram:
		return o.latency(m)
	case m.Type != schema.Counter:
		o.report("", "metric", "name a counter or a histogram", "%q is a %s, which counts no events", o.Metric, m.Type)
	case o.Below != nil:
		o.report("", "below", "remove it", "%q is a counter, and has no bounds", o.Metric)
	default:
		return o.availability(m)
	}
	return nil
}

// written returns the indicator of expressions that a person wrote.
func (o *objective) written() *sli {
	s := &sli{key: "error_query", totalKey: "total_query", patience: 10 * time.Minute}
	if o.Ratio.Expr != "" {
		s.key = "ratio_query"
		s.ratio = func(w, _ string) string { return o.Ratio.Over(w) }
		return s.parsed(o)
	}
	s.total = func(w string) string { return o.Total.Over(w) }
	s.ratio = func(w, total string) string { return o.share("("+o.Error.Over(w)+")", total) }
	if o.Good.Expr != "" {
		s.key = "good_query"
		s.ratio = func(w, total string) string { return "1 - " + o.share("("+o.Good.Over(w)+")", total) }
	}
	return s.parsed(o)
}

// parsed returns s where its expressions parse.
func (s *sli) parsed(o *objective) *sli {
	exprs := []string{o.Error.Over("5m"), o.Good.Over("5m"), o.Total.Over("5m"), o.Ratio.Over("5m")}
	for i, key := range []string{"error_query", "good_query", "total_query", "ratio_query"} {
		if exprs[i] == "" {
			continue
		}
		if f, bad := parses(exprs[i], func(int) schema.Pos { return o.At(key) }); bad {
			o.findings = append(o.findings, f)
			return nil
		}
	}
	return s
}

// share returns the expression of a part of all events. A part that was never counted is
// none of them; a share of no events is not known.
func (o *objective) share(part, total string) string {
	return fmt.Sprintf("(%s or %s 0 * %s) / %s (%s > 0)", part, o.ignoring(), total, o.ignoring(), total)
}

// rate returns the rate of a metric's series, a job's together.
func (o *objective) rate(series, window string, matchers ...string) string {
	return o.grouped(fmt.Sprintf("(rate(%s[%s]))", selecting(series, append([]string{o.Match}, matchers...)...), window))
}

func (o *objective) grouped(of string) string {
	if t := o.p.Config.TargetLabels; t != nil && !slices.Contains(t, "job") {
		return "sum" + of
	}
	return "sum by (job) " + of
}

// selecting returns the selector of a series with some matchers, of which some may be empty.
func selecting(series string, matchers ...string) string {
	var all []string
	for _, m := range matchers {
		if m = strings.Trim(strings.TrimSpace(m), ","); m != "" {
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		return series
	}
	return series + "{" + strings.Join(all, ", ") + "}"
}

// patience is how long a metric may be without series: one whose labels wait for their
// first event is so after each start.
func patience(m *schema.Metric) time.Duration {
	if len(m.Labels) > 0 && !m.Initialised || m.Conditional {
		return time.Hour
	}
	return 10 * time.Minute
}

// availability returns the indicator of a counter of events, some of which fail.
func (o *objective) availability(m *schema.Metric) *sli {
	s := &sli{key: "errors", totalKey: "metric", patience: patience(m)}
	s.total = func(w string) string { return o.rate(m.Name, w) }
	failed, matchers := m.Name, ""
	switch inner, isMatcher := strings.CutPrefix(strings.TrimSpace(o.Errors), "{"); {
	case isMatcher:
		matchers = strings.TrimSuffix(inner, "}")
	case o.Errors != "":
		failed = o.Errors
		if e := o.p.Schema.Lookup(failed); e == nil || e.Type != schema.Counter || e.RemovedIn != "" {
			o.report("", "errors", `name a counter, or write matchers in braces: {code=~"5.."}`, "there is no counter %q", failed)
			return nil
		}
	default:
		label, bad := plan.Outcome(m)
		if label == "" {
			o.report("", "metric", `say what failed: errors: '{code=~"5.."}', or errors: the counter of what failed`,
				"the source does not show which events of %q failed", m.Name)
			return nil
		}
		matchers = label + plan.OneOf(bad)
	}
	if f, bad := parses(selecting(failed, o.Match, matchers), func(int) schema.Pos { return o.At("errors") }); bad {
		o.findings = append(o.findings, f)
		return nil
	}
	s.ratio = func(w, total string) string { return o.share(o.rate(failed, w, matchers), total) }
	return s
}

// latency returns the indicator of a histogram: events above a bound are too slow.
func (o *objective) latency(m *schema.Metric) *sli {
	s := &sli{key: "below", totalKey: "metric", patience: patience(m)}
	switch {
	case o.Errors != "":
		o.report("", "errors", "write below: BOUND", "%q is a histogram, whose events are good up to a bound", m.Name)
		return nil
	case o.Below == nil:
		o.report("", "metric", "write below: BOUND, one of "+bounds(m.Buckets), "%q is a histogram, and nothing says up to which bound an event is good", m.Name)
		return nil
	case slices.Contains(m.Untold, "buckets"):
		o.report("", "below", "write the bounds as a constant", "the source does not tell the bounds of %q", m.Name)
		return nil
	case len(m.Buckets) == 0 && m.Native != nil:
		return o.nativeLatency(m, s)
	}
	bound, ok := boundAt(m.Buckets, *o.Below)
	if !ok {
		o.report("", "below", nearest(m.Buckets, *o.Below), "%v is no bucket bound of %q: how many events were faster is not counted", *o.Below, m.Name)
		return nil
	}
	if f, bad := parses(selecting(m.Name+"_count", o.Match), func(int) schema.Pos { return o.At("match") }); bad {
		o.findings = append(o.findings, f)
		return nil
	}
	le := query.BoundMatcher(bound, o.p.Config.Prometheus)
	s.total = func(w string) string { return o.rate(m.Name+"_count", w) }
	s.ratio = func(w, total string) string {
		return fmt.Sprintf("1 - %s / %s (%s > 0)", o.rate(m.Name+"_bucket", w, le), o.ignoring(), total)
	}
	return s
}

// nativeLatency returns the indicator of a native histogram, which has no bounds of its
// own: any will do, interpolated.
func (o *objective) nativeLatency(m *schema.Metric, s *sli) *sli {
	if o.p.Config.Prometheus == "" || !atLeast(o.p.Config.Prometheus, 2, 40) {
		o.report("", "metric", "raise prometheus: in dashgen.yaml, or register Buckets", "%q is a native histogram, which Prometheus knows from 2.40 on", m.Name)
		return nil
	}
	s.total = func(w string) string { return "histogram_count(" + o.rate(m.Name, w) + ")" }
	s.ratio = func(w, total string) string {
		return fmt.Sprintf("1 - histogram_fraction(-Inf, %s, %s) and %s %s > 0", number(*o.Below), o.rate(m.Name, w), o.ignoring(), total)
	}
	return s
}

// atLeast reports whether a version is not older than major.minor.
func atLeast(version string, major, minor int) bool {
	parts := append(strings.Split(version, "."), "0")
	have, _ := strconv.Atoi(parts[0])
	behind, _ := strconv.Atoi(parts[1])
	return have > major || have == major && behind >= minor
}

// boundAt returns the bound that a person means: what is computed, such as 0.1 of
// LinearBuckets, has long last digits.
func boundAt(list []float64, v float64) (float64, bool) {
	i := slices.IndexFunc(list, func(b float64) bool { return math.Abs(b-v) <= 1e-9*max(math.Abs(b), math.Abs(v)) })
	if i < 0 {
		return 0, false
	}
	return list[i], true
}

// nearest names the bounds around a number.
func nearest(list []float64, v float64) string {
	i, _ := slices.BinarySearch(list, v)
	switch {
	case len(list) == 0:
		return "it has no bounds"
	case i == 0:
		return fmt.Sprintf("the lowest bound is %v", list[0])
	case i == len(list):
		return fmt.Sprintf("the highest bound is %v", list[i-1])
	}
	return fmt.Sprintf("the nearest bounds are %v and %v", list[i-1], list[i])
}

func bounds(list []float64) string {
	var words []string
	for _, b := range list {
		words = append(words, number(b))
	}
	return strings.Join(words, ", ")
}
