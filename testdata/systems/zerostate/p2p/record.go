package p2p

import "github.com/dashgen/dashgen/testdata/systems/zerostate/label"

// States of a connection, beside label.Active.
const (
	stateConnecting = "connecting"
	stateIdle       = "idle"
)

// Directions of traffic.
const (
	directionReceived = "rx"
	directionSent     = "tx"
)

// Operations of the DHT.
const (
	operationFind = "find"
	operationGet  = "get"
	operationPut  = "put"
)

// What becomes of a gossip message.
const (
	gossipPublished = "published" // sent by this node
	gossipForwarded = "forwarded" // received and passed on
	gossipDropped   = "dropped"   // received and not passed on: invalid or seen before
)

// zero makes every series of a closed set, so that it starts at 0.
func (m *Metrics) zero() {
	m.SetConnections(0, 0, 0)
	m.Transferred(0, 0)
	m.Messages(0, 0)
	m.healthChecks.WithLabelValues(label.Success)
	m.healthChecks.WithLabelValues(label.Failure)
	m.Looked(0, 0, 0)
	m.Gossiped(0, 0, 0)
	m.Relayed(0, 0)
}

// SetConnections records how many connections are in which state.
func (m *Metrics) SetConnections(active, idle, connecting int) {
	m.connections.WithLabelValues(label.Active).Set(float64(active))
	m.connections.WithLabelValues(stateIdle).Set(float64(idle))
	m.connections.WithLabelValues(stateConnecting).Set(float64(connecting))
}

// Transferred records bytes sent and received.
func (m *Metrics) Transferred(sent, received float64) {
	m.bandwidth.WithLabelValues(directionSent).Add(sent)
	m.bandwidth.WithLabelValues(directionReceived).Add(received)
}

// Messages records messages that were delivered and that were not.
func (m *Metrics) Messages(delivered, failed int) {
	m.messages.WithLabelValues(label.Success).Add(float64(delivered))
	m.messages.WithLabelValues(label.Failure).Add(float64(failed))
}

// Discovered records n peers that were not known before.
func (m *Metrics) Discovered(n int) { m.peersDiscovered.Add(float64(n)) }

// Healthy records a peer that answered a health check after that many seconds.
func (m *Metrics) Healthy(seconds float64) {
	m.healthChecks.WithLabelValues(label.Success).Inc()
	m.healthLatency.Observe(seconds)
}

// Unhealthy records a peer that did not answer a health check.
func (m *Metrics) Unhealthy() { m.healthChecks.WithLabelValues(label.Failure).Inc() }

// Looked records operations on the DHT.
func (m *Metrics) Looked(puts, gets, finds int) {
	m.dhtOperations.WithLabelValues(operationPut).Add(float64(puts))
	m.dhtOperations.WithLabelValues(operationGet).Add(float64(gets))
	m.dhtOperations.WithLabelValues(operationFind).Add(float64(finds))
}

// Gossiped records gossip messages, by what became of them.
func (m *Metrics) Gossiped(published, forwarded, dropped int) {
	m.gossip.WithLabelValues(gossipPublished).Add(float64(published))
	m.gossip.WithLabelValues(gossipForwarded).Add(float64(forwarded))
	m.gossip.WithLabelValues(gossipDropped).Add(float64(dropped))
}

// Relayed records attempts to reach a peer through a relay.
func (m *Metrics) Relayed(reached, failed int) {
	m.relays.WithLabelValues(label.Success).Add(float64(reached))
	m.relays.WithLabelValues(label.Failure).Add(float64(failed))
}
