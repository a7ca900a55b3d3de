package upstream

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// latencyName is the name of a latency gauge; the verb stands for the statistic.
const latencyName = telemetry.Namespace + "_upstream_latency_%s_ms"

type latencyMetrics struct {
	p50, p95, p99, avg *prometheus.GaugeVec
}

func newLatencyMetrics(auto promauto.Factory) latencyMetrics {
	return latencyMetrics{
		//dashgen:ignore unit-abbreviation documented in milliseconds, as the health endpoint reports it
		p50: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: fmt.Sprintf(latencyName, "p50"),
			Help: "Median latency of the upstream's recent answers in milliseconds.",
		}, byUpstream),
		//dashgen:ignore unit-abbreviation documented in milliseconds, as the health endpoint reports it
		p95: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: fmt.Sprintf(latencyName, "p95"),
			Help: "95th percentile of the latency of the upstream's recent answers in milliseconds.",
		}, byUpstream),
		//dashgen:ignore unit-abbreviation documented in milliseconds, as the health endpoint reports it
		p99: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: fmt.Sprintf(latencyName, "p99"),
			Help: "99th percentile of the latency of the upstream's recent answers in milliseconds.",
		}, byUpstream),
		//dashgen:ignore unit-abbreviation documented in milliseconds, as the health endpoint reports it
		avg: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: fmt.Sprintf(latencyName, "avg"),
			Help: "Mean latency of the upstream's recent answers in milliseconds.",
		}, byUpstream),
	}
}

// A Latency is what recent answers took, in milliseconds.
type Latency struct{ P50, P95, P99, Avg float64 }

// SetLatency records how fast the provider is.
func (u *Upstream) SetLatency(l Latency) {
	u.m.latency.p50.WithLabelValues(u.name).Set(l.P50)
	u.m.latency.p95.WithLabelValues(u.name).Set(l.P95)
	u.m.latency.p99.WithLabelValues(u.name).Set(l.P99)
	u.m.latency.avg.WithLabelValues(u.name).Set(l.Avg)
}
