package sim

import (
	"math"
	"time"

	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

const sweepWindow = 30 * time.Second

// A gateway is a mobile gateway that loses its connection for minutes at a time.
type gateway struct {
	c         chance
	m         *telemetry.Mobile
	nextSweep time.Time
	online    time.Time // when the connection is back
	queued    float64   // updates
	txs       float64   // transactions

	offline *seldom
}

func newGateway(c chance, start time.Time, m *telemetry.Mobile) *gateway {
	m.SweepWindow.Set(sweepWindow.Seconds())
	return &gateway{
		c:         c,
		m:         m,
		nextSweep: start.Add(sweepWindow),
		offline:   c.seldom(start, 20*time.Minute, 20*time.Minute),
	}
}

func (g *gateway) step(t tick) {
	g.m.Hits.Add(float64(g.c.count(4.2 * t.load * t.dt)))
	g.m.Misses.Add(float64(g.c.count(0.7 * t.load * t.dt)))
	g.m.Rejects.Add(float64(g.c.count(0.02 * t.load * t.dt)))
	for ; !g.nextSweep.After(t.now); g.nextSweep = g.nextSweep.Add(sweepWindow) {
		g.m.Sweeps.Inc()
	}
	entries := math.Round(g.c.near(400*t.load, 0.05))
	g.m.Entries.Set(entries)
	g.m.EntryBytes.Set(entries * 2048)
	g.queue(t)
}

// queue fills the queues while the connection is down and drains them after.
func (g *gateway) queue(t tick) {
	if g.offline.due(t.now) {
		g.online = t.now.Add(time.Duration(g.c.between(60, 240)) * time.Second)
	}
	g.queued = max(0, g.queued-5*t.dt)
	g.txs = max(0, g.txs-3*t.dt)
	if t.now.Before(g.online) {
		g.queued = min(200, g.queued+5.4*t.dt)
		g.txs = min(120, g.txs+3.2*t.dt)
	}
	g.m.Queued.Set(math.Round(g.queued))
	g.m.QueuedBytes.Set(math.Round(g.queued) * 1536)
	g.m.TxQueue.Set(math.Round(g.txs))
}

// A device is the phone that the light client runs on.
type device struct {
	c       chance
	m       *telemetry.LightClient
	battery float64   // 0 to 1
	plugged time.Time // when it charges again
	wifi    time.Time // when wifi is back
	probed  time.Time // when the probe answers again

	unplug, roam, miss *seldom
}

func newDevice(c chance, start time.Time, m *telemetry.LightClient) *device {
	m.BatteryThreshold.Set(0.3)
	m.Report("fresh", true, true, 0.9)
	return &device{
		c:       c,
		m:       m,
		battery: 0.9,
		unplug:  c.seldom(start, 40*time.Minute, 30*time.Minute),
		roam:    c.seldom(start, 30*time.Minute, 30*time.Minute),
		miss:    c.seldom(start, 15*time.Minute, 15*time.Minute),
	}
}

func (d *device) step(t tick) {
	d.away(t.now, d.unplug, &d.plugged, 4, 12)
	d.away(t.now, d.roam, &d.wifi, 1, 4)
	d.away(t.now, d.miss, &d.probed, 1, 3)
	charging := !t.now.Before(d.plugged)
	if charging {
		d.battery = min(1, d.battery+0.02*t.dt/60)
	} else {
		d.battery = max(0.4, d.battery-0.02*t.dt/60)
	}
	freshness := "fresh"
	if t.now.Before(d.probed) {
		freshness = "cached"
	}
	d.m.Report(freshness, charging, !t.now.Before(d.wifi), math.Round(d.battery*100)/100)
}

// away sets back to some minutes from now if s is due.
func (d *device) away(now time.Time, s *seldom, back *time.Time, lo, hi float64) {
	if s.due(now) {
		*back = now.Add(time.Duration(d.c.between(lo, hi) * float64(time.Minute)))
	}
}
