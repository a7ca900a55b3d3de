// Package promhttp is a stub of github.com/prometheus/client_golang/prometheus/promhttp.
package promhttp

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
)

type HandlerOpts struct {
	Registry          prometheus.Registerer
	EnableOpenMetrics bool
}

func Handler() http.Handler { return nil }

func HandlerFor(reg prometheus.Gatherer, opts HandlerOpts) http.Handler { return nil }

func InstrumentMetricHandler(reg prometheus.Registerer, handler http.Handler) http.Handler {
	return nil
}
