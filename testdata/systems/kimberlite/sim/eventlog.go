package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/eventlog"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/projection"
)

const (
	firstPosition = 2_400_000
	firstSize     = 6 << 30
	applyRate     = 400 // entries a second, at most
)

// An eventLog is the log with the projections that follow it.
type eventLog struct {
	rnd        draw.Source
	log        *eventlog.Metrics
	projection *projection.Metrics

	nodeID  string
	head    uint64 // position of the latest entry
	applied uint64
	size    int       // bytes
	grown   int       // bytes since retention ran
	stalled time.Time // until then projections stand still
}

func newEventLog(reg prometheus.Registerer, rnd draw.Source, start time.Time, nodeID string) *eventLog {
	return &eventLog{
		rnd:        rnd,
		log:        eventlog.NewMetrics(reg),
		projection: projection.NewMetrics(reg),
		nodeID:     nodeID,
		head:       firstPosition,
		applied:    firstPosition,
		size:       firstSize,
		stalled:    start,
	}
}

// advance appends entries and lets projections follow.
func (l *eventLog) advance(t clock.Tick, entries int) {
	bytes := 0
	for range entries {
		bytes += int(l.rnd.LogNormal(420, 0.5))
	}
	l.log.Appended(l.nodeID, entries, bytes)
	l.head += uint64(entries)
	l.size += bytes
	l.grown += bytes
	if l.rnd.Chance(t.Seconds / 600) {
		l.size -= l.grown * 9 / 10
		l.grown = 0
	}
	l.log.Size.Set(float64(l.size))
	l.apply(t)
}

// apply applies what projections are behind, but for the entries that are still
// under way. About every twenty minutes a slow query holds them up for seconds.
func (l *eventLog) apply(t clock.Tick) {
	if l.rnd.Chance(t.Seconds / 1200) {
		l.stalled = t.Now.Add(l.rnd.Lasting(2500*time.Millisecond, 0.4, 5*time.Second))
	}
	if !t.Now.Before(l.stalled) {
		behind := l.head - l.applied
		under := min(behind, uint64(l.rnd.Count(3*t.Load)))
		l.applied += min(behind-under, uint64(applyRate*t.Seconds)+1)
	}
	l.projection.Applied(l.applied, l.head)
}
