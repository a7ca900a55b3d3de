// Package auth counts how API keys are accepted, limited and refused. Keys are
// known by their ids, never by the secrets.
package auth

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// unknownKey is the id under which requests without a known key are counted.
const unknownKey = "unknown"

// Metrics are the metrics of authentication.
type Metrics struct {
	success, failure  *prometheus.CounterVec
	allowed, rejected *prometheus.CounterVec
	quotaExceeded     *prometheus.CounterVec
	methodDenied      *prometheus.CounterVec

	cacheHits, cacheMisses prometheus.Counter
	cached                 atomic.Int64 // keys in the cache, read by a gauge
}

// NewMetrics makes the metrics of authentication and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	auto := promauto.With(prometheus.WrapRegistererWithPrefix(telemetry.Namespace+"_", reg))
	byKeyID, byKey := []string{telemetry.LabelKeyID}, []string{"key"}
	m := &Metrics{
		success: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_success_total",
			Help: "Requests whose API key was accepted.",
		}, byKeyID),
		failure: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_failure_total",
			Help: "Requests whose API key was refused.",
		}, byKeyID),
		quotaExceeded: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_quota_exceeded_total",
			Help: "Requests refused because the key's daily quota was used up.",
		}, byKeyID),
		methodDenied: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_method_denied_total",
			Help: "Requests refused because the key must not call the method.",
		}, []string{telemetry.LabelKeyID, telemetry.LabelMethod}),
		allowed: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "rate_limit_allowed_total",
			Help: "Requests within the key's rate limit.",
		}, byKey),
		rejected: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "rate_limit_rejected_total",
			Help: "Requests refused because they exceeded the key's rate limit.",
		}, byKey),
		cacheHits: auto.NewCounter(prometheus.CounterOpts{
			Name: "auth_cache_hits_total",
			Help: "Keys found in the cache of verified keys.",
		}),
		cacheMisses: auto.NewCounter(prometheus.CounterOpts{
			Name: "auth_cache_misses_total",
			Help: "Keys that had to be looked up in the database.",
		}),
	}
	auto.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "auth_cache_entries",
		Help: "Keys in the cache of verified keys.",
	}, func() float64 { return float64(m.cached.Load()) })
	m.failure.WithLabelValues(unknownKey)
	return m
}

// Know makes the series of a configured key, so that they start at 0.
func (m *Metrics) Know(keyID string) {
	m.success.WithLabelValues(keyID)
	m.quotaExceeded.WithLabelValues(keyID)
	m.allowed.WithLabelValues(keyID)
	m.rejected.WithLabelValues(keyID)
}

// Deny makes the series of a method that a key must not call, so that it starts
// at 0.
func (m *Metrics) Deny(keyID, method string) { m.methodDenied.WithLabelValues(keyID, method) }

// Accepted records n requests of a key: limited of them were over its rate limit.
func (m *Metrics) Accepted(keyID string, n, limited int) {
	m.success.WithLabelValues(keyID).Add(float64(n))
	m.allowed.WithLabelValues(keyID).Add(float64(n - limited))
	m.rejected.WithLabelValues(keyID).Add(float64(limited))
}

// Refused records n requests without a known key.
func (m *Metrics) Refused(n int) { m.failure.WithLabelValues(unknownKey).Add(float64(n)) }

// QuotaExceeded records a request over the key's daily quota.
func (m *Metrics) QuotaExceeded(keyID string) { m.quotaExceeded.WithLabelValues(keyID).Inc() }

// Denied records n calls of a method that the key must not call.
func (m *Metrics) Denied(keyID, method string, n int) {
	m.methodDenied.WithLabelValues(keyID, method).Add(float64(n))
}

// Looked records lookups in the cache of verified keys, and how many it holds now.
func (m *Metrics) Looked(hits, misses, entries int) {
	m.cacheHits.Add(float64(hits))
	m.cacheMisses.Add(float64(misses))
	m.cached.Store(int64(entries))
}
