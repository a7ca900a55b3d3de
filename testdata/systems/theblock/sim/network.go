package sim

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/theblock/aggregator"
	"github.com/dashgen/dashgen/testdata/systems/theblock/telemetry"
)

// A peer is one neighbour of the node.
type peer struct {
	talk          float64 // requests a second
	requests      prometheus.Counter
	limited       prometheus.Counter
	malformed     prometheus.Counter
	duplicate     prometheus.Counter
	handshakeFail prometheus.Counter
}

// A network is the node's side of gossip and of reads.
type network struct {
	c      chance
	gossip *telemetry.Gossip
	peers  []peer

	limit, signature, blocked prometheus.Counter

	rotation, ban *seldom
}

func newNetwork(c chance, start time.Time, g *telemetry.Gossip, r *telemetry.Reads) *network {
	n := &network{
		c:         c,
		gossip:    g,
		limit:     r.Denied.WithLabelValues(telemetry.ReadLimit),
		signature: r.Denied.WithLabelValues(telemetry.ReadSignature),
		blocked:   r.Denied.WithLabelValues(telemetry.ReadBlocked),
		rotation:  c.seldom(start, time.Hour, 2*time.Hour),
		ban:       c.seldom(start, 5*time.Minute, 15*time.Minute),
	}
	for range 12 {
		id := fmt.Sprintf("%016x", c.Uint64())
		n.peers = append(n.peers, peer{
			talk:          c.between(1, 4),
			requests:      g.Requests.WithLabelValues(id),
			limited:       g.Drops.WithLabelValues(id, telemetry.DropRateLimit),
			malformed:     g.Drops.WithLabelValues(id, telemetry.DropMalformed),
			duplicate:     g.Drops.WithLabelValues(id, telemetry.DropDuplicate),
			handshakeFail: g.HandshakeFails.WithLabelValues(id),
		})
	}
	g.Banned.Set(1)
	return n
}

func (n *network) step(t tick) {
	for _, p := range n.peers {
		p.requests.Add(float64(n.c.count(p.talk * t.load * t.dt)))
		p.limited.Add(float64(n.c.count(0.004 * p.talk * t.load * t.dt)))
		p.malformed.Add(float64(n.c.count(0.0005 * p.talk * t.dt)))
		p.duplicate.Add(float64(n.c.count(0.015 * p.talk * t.load * t.dt)))
		p.handshakeFail.Add(float64(n.c.count(0.0006 * t.dt)))
	}
	n.gossip.Duplicates.Add(float64(n.c.count(6 * t.load * t.dt)))
	if n.rotation.due(t.now) {
		n.gossip.KeyRotations.Inc()
	}
	if n.ban.due(t.now) {
		n.gossip.Banned.Set(float64(n.c.IntN(4)))
	}
	n.limit.Add(float64(n.c.count(0.25 * t.load * t.dt)))
	n.signature.Add(float64(n.c.count(0.03 * t.load * t.dt)))
	n.blocked.Add(float64(n.c.count(0.05 * t.load * t.dt)))
}

// A fleet is the aggregator's side: the nodes that report to it.
type fleet struct {
	c      chance
	m      *aggregator.Metrics
	active int // 45 to 51

	move, prune, export, uncorrelated *seldom
}

func newFleet(c chance, start time.Time, m *aggregator.Metrics) *fleet {
	m.ActivePeers.Set(48)
	return &fleet{
		c:            c,
		m:            m,
		active:       48,
		move:         c.seldom(start, 20*time.Second, time.Minute),
		prune:        c.seldom(start, 5*time.Minute, 5*time.Minute),
		export:       c.seldom(start, 20*time.Minute, 40*time.Minute),
		uncorrelated: c.seldom(start, 20*time.Minute, 40*time.Minute),
	}
}

func (f *fleet) step(t tick) {
	if f.move.due(t.now) {
		f.active = f.c.walk(f.active, 45, 51)
		f.m.ActivePeers.Set(float64(f.active))
	}
	// Every peer reports every ten seconds.
	f.m.Ingested.Add(float64(f.c.count(float64(f.active) / 10 * t.dt)))
	f.m.ReplicationLag.Set(f.c.near(0.6*t.load, 0.5))
	if f.prune.due(t.now) {
		f.m.Pruned.Add(float64(1 + f.c.IntN(4)))
	}
	if f.export.due(t.now) {
		f.m.Exports.Inc()
	}
	if f.uncorrelated.due(t.now) {
		f.m.CorrelationFails.Inc()
	}
}
