package sim

import (
	"math"
	"time"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

const sweepWindow = 30 * time.Second

// A gateway is a mobile gateway that loses its connection for minutes at a time.
type gateway struct {
	rnd       draw.Source
	m         *telemetry.Mobile
	nextSweep time.Time
	online    time.Time // when the connection is back
	queued    float64   // updates
	txs       float64   // transactions

	offline *draw.Seldom
}

func newGateway(rnd draw.Source, start time.Time, m *telemetry.Mobile) *gateway {
	m.SweepWindow.Set(sweepWindow.Seconds())
	return &gateway{
		rnd:       rnd,
		m:         m,
		nextSweep: start.Add(sweepWindow),
		offline:   rnd.Seldom(start, 20*time.Minute, 20*time.Minute),
	}
}

func (g *gateway) step(t clock.Tick) {
	g.m.Hits.Add(float64(g.rnd.Count(4.2 * t.Load * t.Seconds)))
	g.m.Misses.Add(float64(g.rnd.Count(0.7 * t.Load * t.Seconds)))
	g.m.Rejects.Add(float64(g.rnd.Count(0.02 * t.Load * t.Seconds)))
	for ; !g.nextSweep.After(t.Now); g.nextSweep = g.nextSweep.Add(sweepWindow) {
		g.m.Sweeps.Inc()
	}
	entries := math.Round(g.rnd.Around(400*t.Load, 0.05))
	g.m.Entries.Set(entries)
	g.m.EntryBytes.Set(entries * 2048)
	g.queue(t)
}

// queue fills the queues while the connection is down and drains them after.
func (g *gateway) queue(t clock.Tick) {
	if g.offline.Due(t.Now) {
		g.online = t.Now.Add(g.rnd.Span(time.Minute, 4*time.Minute))
	}
	g.queued = max(0, g.queued-5*t.Seconds)
	g.txs = max(0, g.txs-3*t.Seconds)
	if t.Now.Before(g.online) {
		g.queued = min(200, g.queued+5.4*t.Seconds)
		g.txs = min(120, g.txs+3.2*t.Seconds)
	}
	g.m.Queued.Set(math.Round(g.queued))
	g.m.QueuedBytes.Set(math.Round(g.queued) * 1536)
	g.m.TxQueue.Set(math.Round(g.txs))
}

// A device is the phone that the light client runs on.
type device struct {
	rnd     draw.Source
	m       *telemetry.LightClient
	battery float64   // 0 to 1
	plugged time.Time // when it charges again
	wifi    time.Time // when wifi is back
	probed  time.Time // when the probe answers again

	unplug, roam, miss *draw.Seldom
}

func newDevice(rnd draw.Source, start time.Time, m *telemetry.LightClient) *device {
	m.BatteryThreshold.Set(0.3)
	m.Report("fresh", true, true, 0.9)
	return &device{
		rnd:     rnd,
		m:       m,
		battery: 0.9,
		unplug:  rnd.Seldom(start, 40*time.Minute, 30*time.Minute),
		roam:    rnd.Seldom(start, 30*time.Minute, 30*time.Minute),
		miss:    rnd.Seldom(start, 15*time.Minute, 15*time.Minute),
	}
}

func (d *device) step(t clock.Tick) {
	d.away(t.Now, d.unplug, &d.plugged, 4*time.Minute, 12*time.Minute)
	d.away(t.Now, d.roam, &d.wifi, time.Minute, 4*time.Minute)
	d.away(t.Now, d.miss, &d.probed, time.Minute, 3*time.Minute)
	charging := !t.Now.Before(d.plugged)
	if charging {
		d.battery = min(1, d.battery+0.02*t.Seconds/60)
	} else {
		d.battery = max(0.4, d.battery-0.02*t.Seconds/60)
	}
	freshness := "fresh"
	if t.Now.Before(d.probed) {
		freshness = "cached"
	}
	d.m.Report(freshness, charging, !t.Now.Before(d.wifi), math.Round(d.battery*100)/100)
}

// away sets back to between lo and hi from now if s is due.
func (d *device) away(now time.Time, s *draw.Seldom, back *time.Time, lo, hi time.Duration) {
	if s.Due(now) {
		*back = now.Add(d.rnd.Span(lo, hi))
	}
}
