package sim

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
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
	rnd    draw.Source
	gossip *telemetry.Gossip
	peers  []peer

	limit, signature, blocked prometheus.Counter

	rotation, ban *draw.Seldom
}

func newNetwork(rnd draw.Source, start time.Time, g *telemetry.Gossip, r *telemetry.Reads) *network {
	n := &network{
		rnd:       rnd,
		gossip:    g,
		limit:     r.Denied.WithLabelValues(telemetry.ReadLimit),
		signature: r.Denied.WithLabelValues(telemetry.ReadSignature),
		blocked:   r.Denied.WithLabelValues(telemetry.ReadBlocked),
		rotation:  rnd.Seldom(start, time.Hour, 2*time.Hour),
		ban:       rnd.Seldom(start, 5*time.Minute, 15*time.Minute),
	}
	for range 12 {
		id := fmt.Sprintf("%016x", rnd.Uint64())
		n.peers = append(n.peers, peer{
			talk:          rnd.Between(1, 4),
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

func (n *network) step(t clock.Tick) {
	for _, p := range n.peers {
		p.requests.Add(float64(n.rnd.Count(p.talk * t.Load * t.Seconds)))
		p.limited.Add(float64(n.rnd.Count(0.004 * p.talk * t.Load * t.Seconds)))
		p.malformed.Add(float64(n.rnd.Count(0.0005 * p.talk * t.Seconds)))
		p.duplicate.Add(float64(n.rnd.Count(0.015 * p.talk * t.Load * t.Seconds)))
		p.handshakeFail.Add(float64(n.rnd.Count(0.0006 * t.Seconds)))
	}
	n.gossip.Duplicates.Add(float64(n.rnd.Count(6 * t.Load * t.Seconds)))
	if n.rotation.Due(t.Now) {
		n.gossip.KeyRotations.Inc()
	}
	if n.ban.Due(t.Now) {
		n.gossip.Banned.Set(float64(n.rnd.IntN(4)))
	}
	n.limit.Add(float64(n.rnd.Count(0.25 * t.Load * t.Seconds)))
	n.signature.Add(float64(n.rnd.Count(0.03 * t.Load * t.Seconds)))
	n.blocked.Add(float64(n.rnd.Count(0.05 * t.Load * t.Seconds)))
}

// A fleet is the aggregator's side: the nodes that report to it.
type fleet struct {
	rnd    draw.Source
	m      *aggregator.Metrics
	active int // 45 to 51

	move, prune, export, uncorrelated *draw.Seldom
}

func newFleet(rnd draw.Source, start time.Time, m *aggregator.Metrics) *fleet {
	m.ActivePeers.Set(48)
	return &fleet{
		rnd:          rnd,
		m:            m,
		active:       48,
		move:         rnd.Seldom(start, 20*time.Second, time.Minute),
		prune:        rnd.Seldom(start, 5*time.Minute, 5*time.Minute),
		export:       rnd.Seldom(start, 20*time.Minute, 40*time.Minute),
		uncorrelated: rnd.Seldom(start, 20*time.Minute, 40*time.Minute),
	}
}

func (f *fleet) step(t clock.Tick) {
	if f.move.Due(t.Now) {
		f.active = min(51, max(45, f.active+f.rnd.IntN(3)-1))
		f.m.ActivePeers.Set(float64(f.active))
	}
	// Every peer reports every ten seconds.
	f.m.Ingested.Add(float64(f.rnd.Count(float64(f.active) / 10 * t.Seconds)))
	f.m.ReplicationLag.Set(f.rnd.Around(0.6*t.Load, 0.5))
	if f.prune.Due(t.Now) {
		f.m.Pruned.Add(float64(1 + f.rnd.IntN(4)))
	}
	if f.export.Due(t.Now) {
		f.m.Exports.Inc()
	}
	if f.uncorrelated.Due(t.Now) {
		f.m.CorrelationFails.Inc()
	}
}
