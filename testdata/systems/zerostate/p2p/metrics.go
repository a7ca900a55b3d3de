// Package p2p counts what the networking layer does: connections, messages,
// gossip, relays, the DHT, and health checks of peers.
package p2p

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/zerostate/label"
)

// Namespace is the first word of the layer's metrics.
const Namespace = "p2p"

// Subsystems of the layer.
const (
	subsystemDHT         = "dht"
	subsystemGossip      = "gossip"
	subsystemHealthCheck = "health_check"
	subsystemRelay       = "relay"
)

// Metrics are the layer's metrics.
type Metrics struct {
	connections     *prometheus.GaugeVec
	bandwidth       *prometheus.CounterVec
	messages        *prometheus.CounterVec
	peersDiscovered prometheus.Counter
	healthChecks    *prometheus.CounterVec
	healthLatency   prometheus.Histogram
	dhtOperations   *prometheus.CounterVec
	gossip          *prometheus.CounterVec
	relays          *prometheus.CounterVec
}

// NewMetrics makes the layer's metrics and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		//dashgen:ignore counter-total the documented name of a gauge; boards outside query it
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "connections_total",
			Help:      "Connections in the pool, by state.",
		}, []string{label.State}),
		bandwidth: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "bandwidth_bytes_total",
			Help:      "Bytes sent (tx) and received (rx) on all connections.",
		}, []string{"direction"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "messages_total",
			Help:      "Messages to peers, by whether they were delivered.",
		}, []string{label.Status}),
		peersDiscovered: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "peers_discovered_total",
			Help:      "Peers that the DHT found and that were not known before.",
		}),
		healthChecks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "health_checks_total",
			Help:      "Health checks of peers, by whether the peer answered.",
		}, []string{label.Status}),
		healthLatency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: Namespace,
			Subsystem: subsystemHealthCheck,
			Name:      "latency_seconds",
			Help:      "Time until a peer answered a health check.",
			Buckets:   []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
		}),
		dhtOperations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Subsystem: subsystemDHT,
			Name:      "operations_total",
			Help:      "Operations on the distributed hash table, by kind.",
		}, []string{"operation"}),
		gossip: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Subsystem: subsystemGossip,
			Name:      "messages_total",
			Help:      "Gossip messages, by what became of them.",
		}, []string{label.Status}),
		relays: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Subsystem: subsystemRelay,
			Name:      "connections_total",
			Help:      "Attempts to reach a peer behind a NAT through a circuit relay, by outcome.",
		}, []string{label.Status}),
	}
	reg.MustRegister(
		m.connections,
		m.bandwidth,
		m.messages,
		m.peersDiscovered,
		m.healthChecks,
		m.healthLatency,
		m.dhtOperations,
		m.gossip,
		m.relays,
	)
	m.zero()
	return m
}
