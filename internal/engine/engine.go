// Package engine runs Prometheus' PromQL engine over series held in memory.
//
// It owns the [Store] (series, written in promtool's notation or appended sample by
// sample), instant and range queries over it, and the evaluation of rule groups as
// Prometheus does it: rules of a group in order, groups in the order given, what a
// rule records visible to the rules behind it, alerts inactive, pending and firing.
//
//	Load("1m", "shop_up{job=\"a\"} 1x10 0x10") -> *Store
//	New(store, Options{}).Instant / .Range      -> *Result
//	New(store, Options{}).Run(groups, from, to) -> *Outcome: a timeline for each alert and label set
//	New(store, Options{}).Rules(groups, from)   -> *Rules: the same as time goes on
//
// Everything is in plain types: nobody else needs Prometheus' to ask a question. Order
// and text of what is returned are the same every time. What the engine says beside
// its answers (its warnings and infos) is returned, too.
//
// It imports Prometheus' promql, parser, storage and template, of tsdb only the types of
// samples that storage speaks, never its database or its rules package, which would
// triple the build. The state machine of alerts is written after rules.AlertingRule of the
// pinned version and tested against promtool. Of dashgen it imports nothing.
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// newParser is the one place that knows the parser's options: what Prometheus takes
// without feature flags.
func newParser() parser.Parser { return parser.NewParser(parser.Options{}) }

// Options bound and set up an Engine. The zero value is useful.
type Options struct {
	Evaluation time.Duration // interval of groups that have none, and step of subqueries that say none; zero: 1m
	Lookback   time.Duration // how long a sample counts as current; zero: 5m
	Timeout    time.Duration // of one query; zero: 10s
	MaxSamples int           // that one query may hold at a time; zero: 5 million
	TypeLabels bool          // a series' label __type__ says what it is, as behind the feature flag type-and-unit-labels
	NoSeries   bool          // alerts do not append ALERTS and ALERTS_FOR_STATE to the store

	ExternalLabels map[string]string // $externalLabels of templates
	ExternalURL    string            // $externalURL of templates
}

// An Engine answers queries over a Store. Queries may run in parallel, also beside rules,
// which write to the store.
type Engine struct {
	store  *Store
	opts   Options
	promql *promql.Engine
	texts  *texts
}

// New returns an engine over the store.
func New(store *Store, opts Options) *Engine {
	opts.Evaluation = cmp.Or(opts.Evaluation, time.Minute)
	return &Engine{store: store, opts: opts, texts: &texts{}, promql: promql.NewEngine(promql.EngineOpts{
		Parser:                   newParser(),
		MaxSamples:               cmp.Or(opts.MaxSamples, 5_000_000),
		Timeout:                  cmp.Or(opts.Timeout, 10*time.Second),
		LookbackDelta:            cmp.Or(opts.Lookback, 5*time.Minute),
		NoStepSubqueryIntervalFn: func(int64) int64 { return opts.Evaluation.Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		EnableTypeAndUnitLabels:  opts.TypeLabels,
	})}
}

// Over returns an engine with the same options over another store. It shares what costs
// time to make: many short runs are cheaper with engines that were made of one.
func (e *Engine) Over(store *Store) *Engine {
	c := *e
	c.store = store
	return &c
}

// Labels are the labels of a series, the name among them as __name__.
type Labels map[string]string

// ParseLabels reads labels as PromQL writes them: shop_up{job="a"} or {job="a"}.
func ParseLabels(text string) (Labels, error) {
	ls, err := newParser().ParseMetric(text)
	if err != nil {
		return nil, fmt.Errorf("parse labels %q: %w", text, err)
	}
	return ls.Map(), nil
}

// String writes labels as people do, sorted: shop_up{job="a"}. A name alone has no braces;
// no labels at all are {}.
func (ls Labels) String() string {
	name := ls[labels.MetricName]
	var pairs []string
	for _, l := range slices.Sorted(maps.Keys(ls)) {
		if l != labels.MetricName {
			pairs = append(pairs, l+"="+strconv.Quote(ls[l]))
		}
	}
	if name != "" && len(pairs) == 0 {
		return name
	}
	return name + "{" + strings.Join(pairs, ", ") + "}"
}

// With returns a copy with one label more, or another value of it.
func (ls Labels) With(name, value string) Labels {
	c := Labels{name: value}
	for k, v := range ls {
		if k != name {
			c[k] = v
		}
	}
	return c
}

// Without returns a copy without some labels.
func (ls Labels) Without(names ...string) Labels {
	c := Labels{}
	for k, v := range ls {
		if !slices.Contains(names, k) {
			c[k] = v
		}
	}
	return c
}

// A Point is a value at a time.
type Point struct {
	At        time.Time
	Value     float64
	Histogram string   // a native histogram, as Prometheus prints it; then Value is 0
	Buckets   []Bucket // of a native histogram, from low to high
}

// A Bucket of a native histogram counts the values from Lower to Upper; a rate of one counts
// them a second.
type Bucket struct{ Lower, Upper, Count float64 }

// A Series is a series of a result with its points, in order of time.
type Series struct {
	Labels Labels
	Points []Point
}

// A Result is the answer to a query.
type Result struct {
	Series   []Series // sorted by labels; a scalar is one without labels
	Warnings []string // the engine's own, sorted: the answer may be wrong
	Infos    []string // the engine's own, sorted: the question may be wrong
}

// Instant evaluates an expression at one time.
func (e *Engine) Instant(ctx context.Context, expr string, at time.Time) (*Result, error) {
	q, err := e.promql.NewInstantQuery(ctx, queryable{e.store, latest}, nil, expr, at)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, err)
	}
	defer q.Close()
	return result(expr, q.Exec(ctx))
}

// Range evaluates an expression at from, every step behind it, and not after to.
func (e *Engine) Range(ctx context.Context, expr string, from, to time.Time, step time.Duration) (*Result, error) {
	if step <= 0 {
		return nil, fmt.Errorf("query %s: step %v is not positive", expr, step)
	}
	q, err := e.promql.NewRangeQuery(ctx, queryable{e.store, latest}, nil, expr, from, to, step)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, err)
	}
	defer q.Close()
	return result(expr, q.Exec(ctx))
}

// result turns the engine's answer into plain types.
func result(expr string, res *promql.Result) (*Result, error) {
	if res.Err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, res.Err)
	}
	out := &Result{}
	out.Warnings, out.Infos = said(expr, res)
	switch v := res.Value.(type) {
	case promql.Vector:
		for _, s := range v {
			out.Series = append(out.Series, Series{Labels: s.Metric.Map(), Points: []Point{point(s.T, s.F, s.H)}})
		}
	case promql.Matrix:
		for _, s := range v {
			out.Series = append(out.Series, Series{Labels: s.Metric.Map(), Points: points(s)})
		}
	case promql.Scalar:
		out.Series = []Series{{Labels: Labels{}, Points: []Point{{At: timestamp.Time(v.T), Value: v.V}}}}
	default:
		return nil, fmt.Errorf("query %s: the answer is a %s, not numbers", expr, res.Value.Type())
	}
	sortSeries(out.Series)
	return out, nil
}

// sortSeries sorts by labels as they are written, which takes longer than comparing them.
func sortSeries(list []Series) {
	type written struct {
		text string
		Series
	}
	all := make([]written, len(list))
	for i, s := range list {
		all[i] = written{s.Labels.String(), s}
	}
	slices.SortStableFunc(all, func(a, b written) int { return cmp.Compare(a.text, b.text) })
	for i, s := range all {
		list[i] = s.Series
	}
}

// said returns the engine's warnings and infos with their places in the expression.
func said(expr string, res *promql.Result) (warnings, infos []string) {
	warnings, infos = res.Warnings.AsStrings(expr, 0, 0)
	slices.Sort(warnings)
	slices.Sort(infos)
	return warnings, infos
}

func point(t int64, f float64, h fmt.Stringer) Point {
	p := Point{At: timestamp.Time(t), Value: f}
	if s := histogramText(h); s != "" {
		p.Histogram, p.Value = s, 0
		p.Buckets = buckets(h.(*histogram.FloatHistogram))
	}
	return p
}

// buckets returns the buckets of a native histogram that count anything.
func buckets(h *histogram.FloatHistogram) []Bucket {
	var list []Bucket
	for it := h.AllBucketIterator(); it.Next(); {
		if b := it.At(); b.Count != 0 {
			list = append(list, Bucket{b.Lower, b.Upper, b.Count})
		}
	}
	return list
}

// points merges a series' floats and histograms by time.
func points(s promql.Series) []Point {
	var ps []Point
	for _, f := range s.Floats {
		ps = append(ps, point(f.T, f.F, nil))
	}
	for _, h := range s.Histograms {
		ps = append(ps, point(h.T, 0, h.H))
	}
	slices.SortStableFunc(ps, func(a, b Point) int { return a.At.Compare(b.At) })
	return ps
}

// Text writes a result for people and tests: one line a series, its labels and then its
// values, with their times behind the epoch where there are several.
func (r *Result) Text() string {
	var b strings.Builder
	for _, s := range r.Series {
		b.WriteString(s.Labels.String())
		for _, p := range s.Points {
			b.WriteByte(' ')
			b.WriteString(cmp.Or(p.Histogram, strconv.FormatFloat(p.Value, 'g', -1, 64)))
			if len(s.Points) > 1 {
				b.WriteString("@" + p.At.Sub(time.Unix(0, 0)).String())
			}
		}
		b.WriteByte('\n')
	}
	for _, w := range r.Warnings {
		b.WriteString("warning: " + w + "\n")
	}
	for _, i := range r.Infos {
		b.WriteString("info: " + i + "\n")
	}
	return b.String()
}

// vector evaluates as rules do: what is appended later than at is not there yet, and a
// scalar is a vector of one.
func (e *Engine) vector(ctx context.Context, expr string, at, now time.Time) (promql.Vector, *promql.Result, error) {
	q, err := e.promql.NewInstantQuery(ctx, queryable{e.store, timestamp.FromTime(now)}, nil, expr, at)
	if err != nil {
		return nil, nil, err
	}
	defer q.Close()
	res := q.Exec(ctx)
	if res.Err != nil {
		return nil, res, res.Err
	}
	switch v := res.Value.(type) {
	case promql.Vector:
		return slices.Clone(v), res, nil
	case promql.Scalar:
		return promql.Vector{{T: v.T, F: v.V, Metric: labels.EmptyLabels()}}, res, nil
	}
	return nil, res, errors.New("rule result is not a vector or scalar")
}
