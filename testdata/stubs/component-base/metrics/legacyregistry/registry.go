// Package legacyregistry is a stub of k8s.io/component-base/metrics/legacyregistry.
package legacyregistry

import (
	"net/http"

	"k8s.io/component-base/metrics"
)

var (
	defaultRegistry = metrics.NewKubeRegistry()
	MustRegister    = defaultRegistry.MustRegister
	RawMustRegister = defaultRegistry.RawMustRegister
	Register        = defaultRegistry.Register
)

func Handler() http.Handler { return nil }
