// Package upstream watches the providers that Prism forwards to: whether they
// are healthy, how fast they are, how they fail, and their circuit breakers.
package upstream

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// byUpstream labels what there is once for every provider.
var byUpstream = []string{telemetry.LabelUpstream}

// Metrics are the metrics of all providers.
type Metrics struct {
	healthy prometheus.Gauge
	health  healthMetrics
	latency latencyMetrics
	errors  errorMetrics
	breaker breakerMetrics
}

// NewMetrics makes the providers' metrics and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	auto := promauto.With(reg)
	return &Metrics{
		//dashgen:alert NoHealthyUpstreams when="== 0" for=1m severity=critical summary="No healthy upstreams available" description="All upstreams are unhealthy, service is degraded"
		healthy: auto.NewGauge(prometheus.GaugeOpts{
			Namespace: telemetry.Namespace,
			Name:      "healthy_upstreams",
			Help:      "Upstreams whose last health check succeeded.",
		}),
		health:  newHealthMetrics(auto),
		latency: newLatencyMetrics(auto),
		errors:  newErrorMetrics(auto),
		breaker: newBreakerMetrics(reg),
	}
}

// SetHealthy records how many providers are healthy.
func (m *Metrics) SetHealthy(n int) { m.healthy.Set(float64(n)) }

// An Upstream is one provider. All of its series exist.
type Upstream struct {
	name string
	m    *Metrics
}

// Upstream returns the provider of that name, healthy and with a closed breaker.
func (m *Metrics) Upstream(name string) *Upstream {
	u := &Upstream{name, m}
	u.initHealth()
	u.initErrors()
	u.initBreaker()
	return u
}
