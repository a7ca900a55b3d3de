package engine

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// A Store holds series in memory. The zero value is empty and ready for use. It may be read
// and written in parallel: a query sees a series as it was when it came to it.
type Store struct {
	mu     sync.RWMutex
	series map[string]*series   // by labels
	byName map[string][]*series // by __name__
}

type series struct {
	labels  labels.Labels
	samples samples
	gone    bool // it has expired: the store has it no more
}

// Load returns a store with the series of text, one a line, in promtool's notation: the
// labels, then values from the epoch on, one every interval.
//
//	shop_up{job="a"} 1x10 _x3 0+1x5 stale
//
// Empty lines and lines that begin with # are skipped. An error names the line.
// See https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series.
func Load(interval time.Duration, text string) (*Store, error) {
	s := &Store{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := s.Add(time.Unix(0, 0), interval, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return s, nil
}

// Add appends one series in promtool's notation, its first value at start.
func (s *Store) Add(start time.Time, interval time.Duration, desc string) error {
	ls, values, err := newParser().ParseSeriesDesc(desc)
	if err != nil {
		return fmt.Errorf("parse series %q: %w", desc, err)
	}
	if interval <= 0 {
		return fmt.Errorf("series %s: interval %v is not positive", ls, interval)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var one *series // made for its first sample
	for i, v := range values {
		if v.Omitted {
			continue
		}
		if one == nil {
			one = s.at(ls)
			one.samples = slices.Grow(one.samples, len(values)-i)
		}
		at := timestamp.FromTime(start.Add(time.Duration(i) * interval))
		if err := one.append(sample{at, v.Value, v.Histogram}); err != nil {
			return err
		}
	}
	return nil
}

// Truncate takes away the samples behind end.
func (s *Store) Truncate(end time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.series {
		one.samples = slices.Clip(one.samples.between(math.MinInt64, timestamp.FromTime(end)))
	}
}

// Expire takes away the samples before start, and the series that have no others. Series of a
// name in longer keep what is no more than so long before start.
func (s *Store) Expire(start time.Time, longer map[string]time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, one := range s.series {
		from := timestamp.FromTime(start.Add(-longer[one.labels.Get(labels.MetricName)]))
		keep := one.samples.between(from, math.MaxInt64)
		if len(keep) > 0 {
			one.samples = keep // what stood before it goes when the series grows next
			continue
		}
		one.gone = true
		delete(s.series, key)
		name := one.labels.Get(labels.MetricName)
		s.byName[name] = slices.DeleteFunc(slices.Clone(s.byName[name]), func(o *series) bool { return o == one })
		if len(s.byName[name]) == 0 {
			delete(s.byName, name)
		}
	}
}

// Drop takes away the series of a name.
func (s *Store) Drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.byName[name] {
		one.gone = true
		delete(s.series, keyOf(one.labels))
	}
	delete(s.byName, name)
}

// Len returns how many series and samples there are.
func (s *Store) Len() (series, samples int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, one := range s.series {
		samples += len(one.samples)
	}
	return len(s.series), samples
}

// ParseHistogram reads a native histogram in promtool's notation, {{schema:0 buckets:[1 2]}},
// and returns it as Point has it.
func ParseHistogram(text string) (string, error) {
	_, values, err := newParser().ParseSeriesDesc("{} " + text)
	if err != nil {
		return "", fmt.Errorf("parse histogram %q: %w", text, err)
	}
	if len(values) != 1 || values[0].Histogram == nil {
		return "", fmt.Errorf("parse histogram %q: it is not one histogram", text)
	}
	return histogramText(values[0].Histogram), nil
}

// Append adds one sample. It is an error if the series has a newer one, or another at
// that time.
func (s *Store) Append(ls Labels, at time.Time, value float64) error {
	return s.append(labels.FromMap(ls), sample{t: timestamp.FromTime(at), f: value})
}

// End returns the time of the newest sample; of an empty store, the epoch.
func (s *Store) End() time.Time {
	end := int64(0)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, one := range s.series {
		if n := len(one.samples); n > 0 {
			end = max(end, one.samples[n-1].t)
		}
	}
	return timestamp.Time(end)
}

// Clone returns a copy, so that several runs can begin with the same series.
func (s *Store) Clone() *Store {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := &Store{series: map[string]*series{}, byName: map[string][]*series{}}
	for key, one := range s.series {
		c.series[key] = &series{labels: one.labels, samples: slices.Clip(one.samples)}
	}
	for name, list := range s.byName {
		for _, one := range list {
			c.byName[name] = append(c.byName[name], c.series[keyOf(one.labels)])
		}
	}
	return c
}

// A Ref is a series of a store that is appended to again and again.
type Ref struct {
	store *Store
	at    *series
}

// Ref returns the series with these labels, which it adds.
func (s *Store) Ref(ls Labels) *Ref {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Ref{s, s.at(labels.FromMap(ls))}
}

// Append is Store.Append to the series.
func (r *Ref) Append(at time.Time, value float64) error {
	return r.append(sample{t: timestamp.FromTime(at), f: value})
}

// AppendHistogram appends a native histogram.
func (r *Ref) AppendHistogram(at time.Time, h *histogram.FloatHistogram) error {
	return r.append(sample{t: timestamp.FromTime(at), h: h})
}

// AppendStale marks the series as one that ended.
func (r *Ref) AppendStale(at time.Time) error {
	return r.append(sample{t: timestamp.FromTime(at), f: math.Float64frombits(value.StaleNaN)})
}

func (r *Ref) append(one sample) error {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if r.at.gone {
		r.at = r.store.at(r.at.labels)
	}
	return r.at.append(one)
}

func (s *Store) append(ls labels.Labels, one sample) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at(ls).append(one)
}

// keyOf returns what tells labels from all others.
func keyOf(ls labels.Labels) string { return string(ls.Bytes(nil)) }

// at returns the series with these labels, which it adds.
func (s *Store) at(ls labels.Labels) *series {
	key := keyOf(ls)
	at := s.series[key]
	if at == nil {
		if s.series == nil {
			s.series, s.byName = map[string]*series{}, map[string][]*series{}
		}
		at = &series{labels: ls}
		s.series[key] = at
		name := ls.Get(labels.MetricName)
		s.byName[name] = append(s.byName[name], at)
	}
	return at
}

func (at *series) append(one sample) error {
	if n := len(at.samples); n > 0 && at.samples[n-1].t >= one.t {
		if at.samples[n-1].same(one) {
			return nil
		}
		return fmt.Errorf("append to %s at %v: it has a sample of that time or later", at.labels, timestamp.Time(one.t).Sub(time.Unix(0, 0)))
	}
	at.samples = append(at.samples, one)
	return nil
}

// A sample is one of Prometheus' chunks.Sample.
type sample struct {
	t int64 // milliseconds
	f float64
	h *histogram.FloatHistogram // nil: a float
}

func (s sample) T() int64                { return s.t }
func (s sample) ST() int64               { return 0 }
func (s sample) F() float64              { return s.f }
func (s sample) H() *histogram.Histogram { return nil }
func (s sample) Copy() chunks.Sample     { return sample{s.t, s.f, s.FH()} }

// FH returns a copy, since the engine computes in place.
func (s sample) FH() *histogram.FloatHistogram {
	if s.h == nil {
		return nil
	}
	return s.h.Copy()
}

func (s sample) Type() chunkenc.ValueType {
	if s.h != nil {
		return chunkenc.ValFloatHistogram
	}
	return chunkenc.ValFloat
}

// same reports whether two samples are equal to the bit, so that markers of staleness,
// which are NaN, are.
func (s sample) same(o sample) bool {
	if s.h != nil || o.h != nil {
		return s.t == o.t && s.h != nil && o.h != nil && s.h.Equals(o.h)
	}
	return s.t == o.t && math.Float64bits(s.f) == math.Float64bits(o.f)
}

func histogramText(h fmt.Stringer) string {
	if fh, ok := h.(*histogram.FloatHistogram); ok && fh != nil {
		return fh.String()
	}
	return ""
}

type samples []sample

// Get returns a pointer, which is no garbage.
func (s samples) Get(i int) chunks.Sample { return &s[i] }
func (s samples) Len() int                { return len(s) }

// between returns the samples of [from, to].
func (s samples) between(from, to int64) samples {
	lo := sort.Search(len(s), func(i int) bool { return s[i].t >= from })
	hi := sort.Search(len(s), func(i int) bool { return s[i].t > to })
	return s[lo:max(lo, hi)]
}

// latest is the end of a queryable that hides nothing.
const latest = math.MaxInt64

// A queryable shows the store as it was at until.
type queryable struct {
	store *Store
	until int64
}

// Querier returns a querier of [from, to].
func (q queryable) Querier(from, to int64) (storage.Querier, error) {
	return querier{q.store, from, min(to, q.until)}, nil
}

type querier struct {
	store    *Store
	from, to int64
}

// Select returns the series that match, sorted by labels.
func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	var set seriesSet
	q.store.mu.RLock()
	defer q.store.mu.RUnlock()
	for _, one := range q.candidates(matchers) {
		if in := one.samples.between(q.from, q.to); len(in) > 0 && matches(one.labels, matchers) {
			set.list = append(set.list, &storage.SeriesEntry{
				Lset:             one.labels,
				SampleIteratorFn: func(chunkenc.Iterator) chunkenc.Iterator { return storage.NewListSeriesIterator(in) },
			})
		}
	}
	slices.SortFunc(set.list, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	return &set
}

// candidates returns the series of the name that is asked for, else all of them.
func (q querier) candidates(matchers []*labels.Matcher) []*series {
	for _, m := range matchers {
		if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
			return q.store.byName[m.Value]
		}
	}
	var all []*series
	for _, one := range q.store.series {
		all = append(all, one)
	}
	return all
}

func matches(ls labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(ls.Get(m.Name)) {
			return false
		}
	}
	return true
}

// LabelValues is asked for by no PromQL function.
func (querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

// LabelNames is asked for by no PromQL function.
func (querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (querier) Close() error { return nil }

type seriesSet struct {
	list []storage.Series
	at   int
}

func (s *seriesSet) Next() bool                      { s.at++; return s.at <= len(s.list) }
func (s *seriesSet) At() storage.Series              { return s.list[s.at-1] }
func (*seriesSet) Err() error                        { return nil }
func (*seriesSet) Warnings() annotations.Annotations { return nil }
