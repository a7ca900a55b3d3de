package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Gossip holds the metrics of the peer-to-peer layer.
type Gossip struct {
	Requests       *prometheus.CounterVec // by LabelPeerID
	Drops          *prometheus.CounterVec // by LabelPeerID, LabelReason
	Duplicates     prometheus.Counter
	HandshakeFails *prometheus.CounterVec // by LabelPeer
	KeyRotations   prometheus.Counter
	Banned         prometheus.Gauge
}

func newGossip(reg prometheus.Registerer) *Gossip {
	g := &Gossip{}
	g.Requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "peer_request_total",
		Help: "Requests received from a peer.",
	}, []string{LabelPeerID})
	g.Drops = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "peer_drop_total",
		Help: "Messages of a peer that were dropped, by reason.",
	}, []string{LabelPeerID, LabelReason})
	g.Duplicates = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "gossip_duplicate_total",
		Help: "Gossip messages that had been seen before.",
	})
	g.HandshakeFails = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "quic_handshake_fail_total",
		Help: "QUIC handshakes with a peer that failed.",
	}, []string{LabelPeer})
	g.KeyRotations = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "key_rotation_total",
		Help: "Rotations of the node's network key.",
	})
	g.Banned = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "banned_peers",
		Help: "Peers that are banned at the moment.",
	})
	for _, c := range []prometheus.Collector{
		g.Requests, g.Drops, g.Duplicates, g.HandshakeFails, g.KeyRotations, g.Banned,
	} {
		reg.MustRegister(c)
	}
	return g
}
