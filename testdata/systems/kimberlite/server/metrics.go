// Package server measures the requests of clients.
package server

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/kmb"
)

// A Method is what a client asks for, the value of label method.
type Method string

// Every Method.
const (
	MethodWrite     Method = "write"
	MethodQuery     Method = "query"
	MethodReadLog   Method = "read_log"
	MethodSubscribe Method = "subscribe"
)

// A Status is how a request ended, the value of label status.
type Status string

// Every Status.
const (
	StatusOK    Status = "ok"
	StatusError Status = "error"
)

// outcomes are the two counters of a method.
type outcomes struct{ ok, failed prometheus.Counter }

// Metrics are the metrics of requests.
type Metrics struct {
	QueryDuration prometheus.Histogram
	WriteDuration prometheus.Histogram

	requests map[Method]outcomes
	inFlight atomic.Int64
}

// NewMetrics registers the metrics of requests with reg. Every method has its
// series from the start.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: kmb.Namespace,
		Name:      "requests_total",
		Help:      "Requests answered, by method and status.",
	}, []string{"method", "status"})
	m := &Metrics{
		QueryDuration: prometheus.NewHistogram(queryDurationOpts),
		WriteDuration: prometheus.NewHistogram(writeDurationOpts),
		requests: map[Method]outcomes{
			MethodWrite: {
				ok:     requests.WithLabelValues(string(MethodWrite), string(StatusOK)),
				failed: requests.WithLabelValues(string(MethodWrite), string(StatusError)),
			},
			MethodQuery: {
				ok:     requests.WithLabelValues(string(MethodQuery), string(StatusOK)),
				failed: requests.WithLabelValues(string(MethodQuery), string(StatusError)),
			},
			MethodReadLog: {
				ok:     requests.WithLabelValues(string(MethodReadLog), string(StatusOK)),
				failed: requests.WithLabelValues(string(MethodReadLog), string(StatusError)),
			},
			MethodSubscribe: {
				ok:     requests.WithLabelValues(string(MethodSubscribe), string(StatusOK)),
				failed: requests.WithLabelValues(string(MethodSubscribe), string(StatusError)),
			},
		},
	}
	reg.MustRegister(requests, m.QueryDuration, m.WriteDuration)
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: kmb.Namespace,
		Name:      "requests_in_flight",
		Help:      "Requests that are being processed.",
	}, func() float64 { return float64(m.inFlight.Load()) }))
	return m
}

var (
	queryDurationOpts = prometheus.HistogramOpts{
		Namespace: kmb.Namespace,
		Subsystem: "query",
		Name:      "duration_seconds",
		Help:      "Time to answer a query, in seconds.",
		Buckets:   prometheus.ExponentialBuckets(0.0005, 2, 14),
	}
	// 100 ms is what a write may take and one of the bounds.
	writeDurationOpts = prometheus.HistogramOpts{
		Namespace: kmb.Namespace,
		Subsystem: "write",
		Name:      "duration_seconds",
		Help:      "Time from receiving a write to its being committed, in seconds.",
		Buckets:   prometheus.DefBuckets,
	}
)

// Answered records a request that ended well or not.
func (m *Metrics) Answered(method Method, ok bool) {
	if ok {
		m.requests[method].ok.Inc()
	} else {
		m.requests[method].failed.Inc()
	}
}

// InFlight records how many requests are being processed.
func (m *Metrics) InFlight(n int) { m.inFlight.Store(int64(n)) }
