// Package legacyregistry is a stub of k8s.io/component-base/metrics/legacyregistry.
package legacyregistry

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"k8s.io/component-base/metrics"
)

var (
	defaultRegistry = metrics.NewKubeRegistry()
	DefaultGatherer prometheus.Gatherer
	MustRegister    = defaultRegistry.MustRegister
	RawMustRegister = defaultRegistry.RawMustRegister
	Register        = defaultRegistry.Register
	Registerer      = defaultRegistry.Registerer
)

func Handler() http.Handler { return nil }
