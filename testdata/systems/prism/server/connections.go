package server

import "github.com/prometheus/client_golang/prometheus"

// Full names: the client libraries of other teams look for these strings.
const (
	nameActive       = "rpc_active_connections"
	nameWSActive     = "rpc_websocket_active_connections"
	nameWSOpened     = "rpc_websocket_connections_total"
	nameWSClosed     = "rpc_websocket_disconnections_total"
	nameBatches      = "rpc_batch_requests_total"
	nameBatchSize    = "rpc_batch_request_size"
	nameBatchSeconds = "rpc_batch_request_duration_seconds"
)

// connections are the metrics of what is connected.
type connections struct {
	active   prometheus.Gauge
	wsActive prometheus.Gauge
	wsOpened prometheus.Counter
	wsClosed prometheus.Counter
}

func newConnections() connections {
	return connections{
		active:   prometheus.NewGauge(prometheus.GaugeOpts{Name: nameActive, Help: "HTTP connections open now."}),
		wsActive: prometheus.NewGauge(prometheus.GaugeOpts{Name: nameWSActive, Help: "WebSocket connections open now."}),
		wsOpened: prometheus.NewCounter(prometheus.CounterOpts{Name: nameWSOpened, Help: "WebSocket connections opened."}),
		wsClosed: prometheus.NewCounter(prometheus.CounterOpts{Name: nameWSClosed, Help: "WebSocket connections closed, by either side."}),
	}
}

func (c connections) register(reg prometheus.Registerer) {
	reg.MustRegister(c.active, c.wsActive, c.wsOpened, c.wsClosed)
}

// SetConnections records how many HTTP connections are open.
func (c connections) SetConnections(n int) { c.active.Set(float64(n)) }

// WebSocketsOpened records n new WebSockets.
func (c connections) WebSocketsOpened(n int) {
	c.wsOpened.Add(float64(n))
	c.wsActive.Add(float64(n))
}

// WebSocketsClosed records n WebSockets that went away.
func (c connections) WebSocketsClosed(n int) {
	c.wsClosed.Add(float64(n))
	c.wsActive.Sub(float64(n))
}

// batches are the metrics of JSON-RPC batch requests.
type batches struct {
	total    prometheus.Counter
	size     prometheus.Histogram
	duration prometheus.Histogram
}

func newBatches() batches {
	return batches{
		total: prometheus.NewCounter(prometheus.CounterOpts{Name: nameBatches, Help: "Batch requests received."}),
		size: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    nameBatchSize,
			Help:    "Calls in one batch request.",
			Buckets: []float64{1, 2, 5, 10, 25, 50, 100},
		}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    nameBatchSeconds,
			Help:    "Time to answer all calls of a batch request.",
			Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
		}),
	}
}

func (b batches) register(reg prometheus.Registerer) {
	reg.MustRegister(b.total, b.size, b.duration)
}

// Batch records a batch of that many calls that took that many seconds.
func (b batches) Batch(calls int, seconds float64) {
	b.total.Inc()
	b.size.Observe(float64(calls))
	b.duration.Observe(seconds)
}
