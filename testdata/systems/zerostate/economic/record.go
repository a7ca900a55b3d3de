package economic

import "github.com/dashgen/dashgen/testdata/systems/zerostate/label"

// States of a payment channel, beside label.Active.
const (
	channelClosed   = "closed"
	channelDisputed = "disputed"
	channelOpening  = "opening"
)

// Resolutions of a dispute.
const (
	resolutionRejected = "rejected" // the complaint was not justified
	resolutionSettled  = "settled"  // the parties agreed
	resolutionUpheld   = "upheld"   // the complaint was justified
)

// Changes of the blacklist.
const (
	eventAdded   = "added"
	eventExpired = "expired"
	eventRemoved = "removed"
)

// zero makes every series of a closed set, so that it starts at 0.
func (m *Metrics) zero() {
	m.SetChannels(0, 0, 0, 0)
	m.payments.WithLabelValues(label.Success)
	m.payments.WithLabelValues(label.Failure)
	m.settlements.WithLabelValues(label.Success)
	m.settlements.WithLabelValues(label.Failure)
	m.disputes.WithLabelValues(resolutionRejected)
	m.disputes.WithLabelValues(resolutionSettled)
	m.disputes.WithLabelValues(resolutionUpheld)
	m.blacklist.WithLabelValues(eventAdded)
	m.blacklist.WithLabelValues(eventExpired)
	m.blacklist.WithLabelValues(eventRemoved)
}

// SetValueLocked records the tokens locked in channels.
func (m *Metrics) SetValueLocked(tokens float64) { m.valueLocked.Set(tokens) }

// SetChannels records how many channels are in which state.
func (m *Metrics) SetChannels(opening, active, closed, disputed int) {
	m.channels.WithLabelValues(channelOpening).Set(float64(opening))
	m.channels.WithLabelValues(label.Active).Set(float64(active))
	m.channels.WithLabelValues(channelClosed).Set(float64(closed))
	m.channels.WithLabelValues(channelDisputed).Set(float64(disputed))
}

// SetActiveChannels records how many channels with a peer are active.
func (m *Metrics) SetActiveChannels(peerID string, n int) {
	m.channelsActive.WithLabelValues(peerID).Set(float64(n))
}

// SetParticipants records how many peers take part, and how many are barred.
func (m *Metrics) SetParticipants(active, blacklisted int) {
	m.participants.Set(float64(active))
	m.blacklisted.Set(float64(blacklisted))
}

// Paid records a payment that went through.
func (m *Metrics) Paid(tokens float64) {
	m.payments.WithLabelValues(label.Success).Inc()
	m.amount.Observe(tokens)
}

// PaymentFailed records a payment that did not go through.
func (m *Metrics) PaymentFailed() { m.payments.WithLabelValues(label.Failure).Inc() }

// Settled records channels that were settled, and that could not be.
func (m *Metrics) Settled(settled, failed int) {
	m.settlements.WithLabelValues(label.Success).Add(float64(settled))
	m.settlements.WithLabelValues(label.Failure).Add(float64(failed))
}

// DisputeRejected records a dispute over a complaint that was not justified.
func (m *Metrics) DisputeRejected() { m.disputes.WithLabelValues(resolutionRejected).Inc() }

// DisputeSettled records a dispute that ended in an agreement.
func (m *Metrics) DisputeSettled() { m.disputes.WithLabelValues(resolutionSettled).Inc() }

// DisputeUpheld records a dispute over a justified complaint.
func (m *Metrics) DisputeUpheld() { m.disputes.WithLabelValues(resolutionUpheld).Inc() }

// SampleThroughput records the transactions of one second.
func (m *Metrics) SampleThroughput(perSecond float64) { m.throughput.Observe(perSecond) }

// SetPeer records what the network thinks of a peer: reputation from 0 to 100,
// success from 0 to 1.
func (m *Metrics) SetPeer(peerID string, reputation, success float64) {
	m.reputation.WithLabelValues(peerID).Set(reputation)
	m.successRate.WithLabelValues(peerID).Set(success)
}

// Ran records the price of a task that a peer ran.
func (m *Metrics) Ran(peerID string, tokens float64) {
	m.taskCost.WithLabelValues(peerID).Observe(tokens)
}

// Blacklisted records a peer put on the blacklist.
func (m *Metrics) Blacklisted() { m.blacklist.WithLabelValues(eventAdded).Inc() }

// Pardoned records a peer taken off the blacklist.
func (m *Metrics) Pardoned() { m.blacklist.WithLabelValues(eventRemoved).Inc() }

// BlacklistExpired records a peer whose time on the blacklist was over.
func (m *Metrics) BlacklistExpired() { m.blacklist.WithLabelValues(eventExpired).Inc() }
