// Package live keeps what programs expose now: it scrapes targets, as Prometheus would, into
// the memory of internal/engine.
//
//	store := &engine.Store{}
//	s, err := live.New(store, live.Options{Job: "shop", Targets: []string{"http://localhost:8080/metrics"}})
//	s.Scrape(ctx, time.Now())      // again and again
//	store.Expire(hourAgo, nil)
//
// A scrape reads the text format, OpenMetrics, and protobuf with native histograms. Each
// series gets the labels job and instance, and a label of its own of such a name becomes
// exported_NAME; up and scrape_duration_seconds are added; a series that is not there any more,
// and every series of a target that does not answer, is marked stale.
//
// A target is not trusted: an answer beyond the limits (see Options) is left out as a whole,
// the target counts as down, and Trouble says why.
//
// It imports internal/exposition, which reads what is scraped, and internal/engine.
package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/exposition"
)

// Options say what is scraped, and how much of it is kept.
type Options struct {
	Job     string   // label job; empty: app
	Targets []string // addresses, http://host:port/path
	Timeout time.Duration

	MaxBytes  int // of one answer; zero: 16 MiB
	MaxSeries int // of one target; zero: 20,000
	MaxLabel  int // bytes of a label's value; zero: 4096
}

// A Scraper scrapes targets into a store.
type Scraper struct {
	store   *engine.Store
	opts    Options
	targets []*target
}

// A target is one address.
type target struct {
	url    string
	labels engine.Labels

	known map[string]*series // by the series as it is written
	own   [2]*engine.Ref     // up, scrape_duration_seconds
	made  int                // series that were new since
	since time.Time

	mu      sync.Mutex
	trouble string
}

// A series is one of a target.
type series struct {
	labels engine.Labels
	ref    *engine.Ref // nil: the store does not have it yet
	seen   time.Time   // the last scrape that had it
}

// churn is how many times as many series as it may have at once a target may have within
// an hour.
const churn = 5

// New returns a scraper. The error says which address is none.
func New(store *engine.Store, opts Options) (*Scraper, error) {
	opts.Job, opts.Timeout = cmp.Or(opts.Job, "app"), cmp.Or(opts.Timeout, 5*time.Second)
	opts.MaxBytes, opts.MaxSeries, opts.MaxLabel = cmp.Or(opts.MaxBytes, 16<<20), cmp.Or(opts.MaxSeries, 20_000), cmp.Or(opts.MaxLabel, 4096)
	s := &Scraper{store: store, opts: opts}
	for _, address := range opts.Targets {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("target %q is no address such as http://localhost:8080/metrics", address)
		}
		t := &target{url: address, labels: engine.Labels{"job": opts.Job, "instance": u.Host}, known: map[string]*series{}}
		for i, name := range []string{"up", "scrape_duration_seconds"} {
			t.own[i] = store.Ref(t.labels.With("__name__", name))
		}
		s.targets = append(s.targets, t)
	}
	return s, nil
}

// Scrape asks every target once, in parallel. at is the time of the samples; times ascend.
func (s *Scraper) Scrape(ctx context.Context, at time.Time) {
	var asking sync.WaitGroup
	for _, t := range s.targets {
		asking.Go(func() { s.scrape(ctx, t, at) })
	}
	asking.Wait()
}

// Trouble says what is wrong with targets now, a sentence each.
func (s *Scraper) Trouble() []string {
	var list []string
	for _, t := range s.targets {
		t.mu.Lock()
		if t.trouble != "" {
			list = append(list, t.trouble)
		}
		t.mu.Unlock()
	}
	return list
}

// scrape asks one target.
func (s *Scraper) scrape(ctx context.Context, t *target, at time.Time) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	begin := time.Now()
	data, contentType, err := exposition.FetchUpTo(ctx, t.url, s.opts.MaxBytes)
	took := time.Since(begin)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("scrape %s: no whole answer within %v", t.url, s.opts.Timeout)
	}
	if err == nil {
		if err = s.keep(t, contentType, data, at); err != nil {
			err = fmt.Errorf("scrape %s: %w", t.url, err)
		}
	}
	up := 1.0
	if err != nil {
		up = 0
		s.end(t, at, func(*series) bool { return true })
	}
	_ = t.own[0].Append(at, up) // a time that is not later has one already
	_ = t.own[1].Append(at, took.Seconds())
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trouble = ""
	if err != nil {
		t.trouble = err.Error()
	}
}

// A value is one that is kept when the whole answer could be read.
type value struct {
	of     *series
	sample exposition.Sample
}

// keep appends the samples of an answer, all or none.
func (s *Scraper) keep(t *target, contentType string, data []byte, at time.Time) error {
	if at.Sub(t.since) > time.Hour {
		t.made, t.since = 0, at
	}
	var values []value
	err := exposition.Samples(contentType, data, func(sample *exposition.Sample) error {
		if len(values) >= s.opts.MaxSeries {
			return fmt.Errorf("it exposes more than %d series", s.opts.MaxSeries)
		}
		one := t.known[string(sample.Series)]
		if one == nil {
			ls, err := s.labels(t, sample)
			if err != nil {
				return err
			}
			if t.made++; t.made > churn*s.opts.MaxSeries {
				return fmt.Errorf("it exposes more than %d series within an hour", churn*s.opts.MaxSeries)
			}
			one = &series{labels: ls}
			t.known[string(sample.Series)] = one
		}
		values = append(values, value{one, *sample})
		return nil
	})
	if err != nil {
		s.forget(t)
		return err
	}
	for _, v := range values {
		if v.of.ref == nil {
			v.of.ref = s.store.Ref(v.of.labels)
		}
		if v.sample.Histogram != nil {
			err = v.of.ref.AppendHistogram(at, v.sample.Histogram)
		} else {
			err = v.of.ref.Append(at, v.sample.Value)
		}
		if err != nil && !v.of.seen.Equal(at) { // the same series twice: the first counts
			return err
		}
		v.of.seen = at
	}
	s.end(t, at, func(one *series) bool { return one.seen.Before(at) })
	return nil
}

// forget drops what an answer that could not be read has added.
func (s *Scraper) forget(t *target) {
	maps.DeleteFunc(t.known, func(_ string, one *series) bool { return one.ref == nil })
}

// end marks series stale, and forgets them.
func (s *Scraper) end(t *target, at time.Time, which func(*series) bool) {
	maps.DeleteFunc(t.known, func(_ string, one *series) bool {
		if !which(one) {
			return false
		}
		if one.ref != nil {
			_ = one.ref.AppendStale(at) // one that has a sample of this time has not ended
		}
		return true
	})
}

// labels returns the labels of a series that was not seen before.
func (s *Scraper) labels(t *target, sample *exposition.Sample) (engine.Labels, error) {
	own, err := sample.Labels()
	if err != nil {
		return nil, err
	}
	ls := maps.Clone(t.labels)
	for name, v := range own {
		if len(v) > s.opts.MaxLabel || len(name) > s.opts.MaxLabel {
			return nil, fmt.Errorf("a label of %s has more than %d bytes", clip(own["__name__"]), s.opts.MaxLabel)
		}
		if _, taken := t.labels[name]; taken {
			name = "exported_" + name
		}
		ls[name] = v
	}
	if own["__name__"] == "" {
		return nil, errors.New("a series has no name")
	}
	return ls, nil
}

// clip shortens a name for a message.
func clip(name string) string {
	if len(name) > 80 {
		return name[:80] + "…"
	}
	return name
}

// Instances returns what the targets are called, sorted.
func (s *Scraper) Instances() []string {
	var list []string
	for _, t := range s.targets {
		list = append(list, t.labels["instance"])
	}
	slices.Sort(list)
	return list
}
