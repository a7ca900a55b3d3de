// Package metrics is a stub of sigs.k8s.io/controller-runtime/pkg/metrics.
package metrics

import "github.com/prometheus/client_golang/prometheus"

type RegistererGatherer interface {
	prometheus.Registerer
	prometheus.Gatherer
}

var Registry RegistererGatherer = prometheus.NewRegistry()
