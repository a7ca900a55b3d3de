// Package ws measures the WebSocket server.
package ws

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// An Event is what a client can subscribe to, the value of label event_type.
type Event string

// Every Event.
const (
	EventNewBlock    Event = "new_block"
	EventTransaction Event = "transaction"
	EventOraclePrice Event = "oracle_price"
	EventRfqUpdate   Event = "rfq_update"
)

const subsystem = "ws"

var (
	eventLabels = []string{"event_type"}

	connectionsOpts = prometheus.GaugeOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "connections_active",
		Help:      "Open WebSocket connections.",
	}
	subscriptionsOpts = prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "subscriptions_total",
		Help:      "Subscriptions that clients made, by event type.",
	}
	sentOpts = prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "messages_sent_total",
		Help:      "Messages sent to clients, by event type.",
	}
	receivedOpts = prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystem,
		Name:      "messages_received_total",
		Help:      "Messages received from clients.",
	}
)

// Metrics are the metrics of the WebSocket server.
type Metrics struct {
	Connections   prometheus.Gauge
	Subscriptions map[Event]prometheus.Counter
	Sent          map[Event]prometheus.Counter
	Received      prometheus.Counter
}

// NewMetrics registers the metrics of the WebSocket server with reg. Every event
// type has its series from the start.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	subscriptions := factory.NewCounterVec(subscriptionsOpts, eventLabels)
	sent := factory.NewCounterVec(sentOpts, eventLabels)
	return &Metrics{
		Connections: factory.NewGauge(connectionsOpts),
		Subscriptions: map[Event]prometheus.Counter{
			EventNewBlock:    subscriptions.WithLabelValues(string(EventNewBlock)),
			EventTransaction: subscriptions.WithLabelValues(string(EventTransaction)),
			EventOraclePrice: subscriptions.WithLabelValues(string(EventOraclePrice)),
			EventRfqUpdate:   subscriptions.WithLabelValues(string(EventRfqUpdate)),
		},
		Sent: map[Event]prometheus.Counter{
			EventNewBlock:    sent.WithLabelValues(string(EventNewBlock)),
			EventTransaction: sent.WithLabelValues(string(EventTransaction)),
			EventOraclePrice: sent.WithLabelValues(string(EventOraclePrice)),
			EventRfqUpdate:   sent.WithLabelValues(string(EventRfqUpdate)),
		},
		Received: factory.NewCounter(receivedOpts),
	}
}
