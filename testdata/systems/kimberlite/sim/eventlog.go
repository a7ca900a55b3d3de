package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	rnd        random
	log        *eventlog.Metrics
	projection *projection.Metrics

	nodeID  string
	head    uint64 // position of the latest entry
	applied uint64
	size    int       // bytes
	grown   int       // bytes since retention ran
	stalled time.Time // until then projections stand still
}

func newEventLog(reg prometheus.Registerer, rnd random, start time.Time, nodeID string) *eventLog {
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
func (l *eventLog) advance(t tick, entries int) {
	bytes := 0
	for range entries {
		bytes += int(l.rnd.around(420, 0.5))
	}
	l.log.Appended(l.nodeID, entries, bytes)
	l.head += uint64(entries)
	l.size += bytes
	l.grown += bytes
	if l.rnd.chance(t.dt / 600) {
		l.size -= l.grown * 9 / 10
		l.grown = 0
	}
	l.log.Size.Set(float64(l.size))
	l.apply(t)
}

// apply applies what projections are behind, but for the entries that are still
// under way. About every twenty minutes a slow query holds them up for seconds.
func (l *eventLog) apply(t tick) {
	if l.rnd.chance(t.dt / 1200) {
		l.stalled = t.now.Add(seconds(l.rnd.around(2.5, 0.4), 5))
	}
	if !t.now.Before(l.stalled) {
		behind := l.head - l.applied
		under := min(behind, uint64(l.rnd.count(3*t.load)))
		l.applied += min(behind-under, uint64(applyRate*t.dt)+1)
	}
	l.projection.Applied(l.applied, l.head)
}
