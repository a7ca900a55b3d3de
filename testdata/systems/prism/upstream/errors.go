package upstream

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// Values of the label error_type.
const (
	errorTimeout    = "timeout"
	errorConnection = "connection_failed"
	errorRateLimit  = "rpc_rate_limit"
)

// Values of the label category.
const (
	categoryProvider  = "provider_error"
	categoryExecution = "execution_error"
)

// Codes of JSON-RPC errors (EIP-1474).
const (
	CodeExecution     = -32000 // the call itself failed, at any provider
	CodeLimitExceeded = -32005 // the provider limits its clients
)

type errorMetrics struct {
	total   *prometheus.CounterVec
	jsonrpc *prometheus.CounterVec
	ratio   *prometheus.GaugeVec
}

func newErrorMetrics(auto promauto.Factory) errorMetrics {
	return errorMetrics{
		total: auto.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "upstream",
			Name:      "errors_total",
			Help:      "Requests that the upstream did not answer properly, by kind of failure.",
		}, []string{telemetry.LabelUpstream, "error_type"}),
		jsonrpc: auto.NewCounterVec(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "jsonrpc_errors_total",
			Help:      "JSON-RPC errors in the upstream's answers, by code and category.",
		}, []string{telemetry.LabelUpstream, "code", "category"}),
		ratio: auto.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Subsystem: "upstream",
			Name:      "error_rate",
			Help:      "Share of the upstream's recent requests that failed, from 0 to 1.",
		}, byUpstream),
	}
}

func (u *Upstream) initErrors() {
	u.m.errors.total.WithLabelValues(u.name, errorTimeout)
	u.m.errors.total.WithLabelValues(u.name, errorConnection)
	u.m.errors.total.WithLabelValues(u.name, errorRateLimit)
	u.m.errors.jsonrpc.WithLabelValues(u.name, strconv.Itoa(CodeExecution), categoryExecution)
	u.m.errors.jsonrpc.WithLabelValues(u.name, strconv.Itoa(CodeLimitExceeded), categoryProvider)
}

// TimedOut records a request without an answer in time.
func (u *Upstream) TimedOut() { u.m.errors.total.WithLabelValues(u.name, errorTimeout).Inc() }

// Unreachable records a request for which there was no connection.
func (u *Upstream) Unreachable() { u.m.errors.total.WithLabelValues(u.name, errorConnection).Inc() }

// Answered records an answer that is a JSON-RPC error of that code.
func (u *Upstream) Answered(code int) {
	if code == CodeLimitExceeded {
		u.m.errors.total.WithLabelValues(u.name, errorRateLimit).Inc()
		u.m.errors.jsonrpc.WithLabelValues(u.name, strconv.Itoa(code), categoryProvider).Inc()
		return
	}
	u.m.errors.jsonrpc.WithLabelValues(u.name, strconv.Itoa(code), categoryExecution).Inc()
}

// SetErrorRate records the share of recent requests that failed.
func (u *Upstream) SetErrorRate(share float64) {
	u.m.errors.ratio.WithLabelValues(u.name).Set(share)
}
