package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/oracle"
)

// maxGap is the time between two prices of a pair from which on one is missing.
const maxGap = 3 * time.Second

// A feed is the prices of one pair, about one a second.
type feed struct {
	pair string
	last time.Time // of the latest price
	next time.Time // when the next price comes
}

// feeds are the feeds that the node follows.
type feeds struct {
	rnd    draw.Source
	oracle *oracle.Metrics
	feeds  []feed
}

func newFeeds(reg prometheus.Registerer, rnd draw.Source, start time.Time, pairs []string) *feeds {
	f := &feeds{rnd: rnd, oracle: oracle.NewMetrics(reg)}
	for _, pair := range pairs {
		f.oracle.Follow(pair)
		f.feeds = append(f.feeds, feed{pair: pair, last: start, next: start})
	}
	return f
}

// advance receives the prices of a tick. A feed is silent for some seconds about
// every twenty minutes, which leaves a gap that is filled at once.
func (f *feeds) advance(t clock.Tick) {
	var latest time.Time
	for i := range f.feeds {
		p := &f.feeds[i]
		for !p.next.After(t.Now) {
			if p.next.Sub(p.last) > maxGap {
				f.oracle.Gaps.WithLabelValues(p.pair).Inc()
				f.oracle.Backfills.WithLabelValues(p.pair).Inc()
			}
			f.oracle.Updates.WithLabelValues(p.pair).Inc()
			p.last = p.next
			p.next = p.last.Add(f.pause())
		}
		if p.last.After(latest) {
			latest = p.last
		}
	}
	f.oracle.Latest.Set(float64(latest.UnixMilli()) / 1000)
}

func (f *feeds) pause() time.Duration {
	if f.rnd.Chance(1.0 / 1200) {
		return f.rnd.Lasting(6*time.Second, 0.3, 15*time.Second)
	}
	return f.rnd.Lasting(time.Second, 0.15, 2*time.Second)
}

// use asks for the price of a pair and reports whether it can be used.
func (f *feeds) use(pair int, now time.Time) bool {
	p := &f.feeds[pair]
	return f.oracle.Used(p.pair, now.Sub(p.last))
}
