package upstream

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

const subsystemCheck = "health_check"

// The options of the health metrics, apart so that the health endpoint's
// documentation can quote their help.
var (
	healthOpts = prometheus.GaugeOpts{
		Namespace: telemetry.Namespace,
		Subsystem: "upstream",
		Name:      "health",
		Help:      "Whether the last health check of the upstream succeeded: 1 healthy, 0 unhealthy.",
	}
	checkSuccessOpts = prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystemCheck,
		Name:      "success_total",
		Help:      "Health checks that succeeded.",
	}
	checkFailureOpts = prometheus.CounterOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystemCheck,
		Name:      "failure_total",
		Help:      "Health checks that failed.",
	}
	checkDurationOpts = prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Subsystem: subsystemCheck,
		Name:      "duration_seconds",
		Help:      "Time that a health check took.",
		Buckets:   []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5},
	}
)

type healthMetrics struct {
	up               *prometheus.GaugeVec
	success, failure *prometheus.CounterVec
	duration         *prometheus.HistogramVec
}

func newHealthMetrics(auto promauto.Factory) healthMetrics {
	return healthMetrics{
		up:       auto.NewGaugeVec(healthOpts, byUpstream),
		success:  auto.NewCounterVec(checkSuccessOpts, byUpstream),
		failure:  auto.NewCounterVec(checkFailureOpts, byUpstream),
		duration: auto.NewHistogramVec(checkDurationOpts, byUpstream),
	}
}

func (u *Upstream) initHealth() {
	u.m.health.up.WithLabelValues(u.name).Set(1)
	u.m.health.success.WithLabelValues(u.name)
	u.m.health.failure.WithLabelValues(u.name)
	u.m.health.duration.WithLabelValues(u.name)
}

// Checked records a health check that took that many seconds.
func (u *Upstream) Checked(seconds float64, healthy bool) {
	u.m.health.duration.WithLabelValues(u.name).Observe(seconds)
	if healthy {
		u.m.health.success.WithLabelValues(u.name).Inc()
		u.m.health.up.WithLabelValues(u.name).Set(1)
	} else {
		u.m.health.failure.WithLabelValues(u.name).Inc()
		u.m.health.up.WithLabelValues(u.name).Set(0)
	}
}
