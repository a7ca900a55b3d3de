// Package prometheus has the signatures of the real one and none of its code.
package prometheus

import "github.com/prometheus/client_golang/prometheus"

type Exporter struct{ _ int }

type Options struct {
	Namespace   string
	Registry    *prometheus.Registry
	Registerer  prometheus.Registerer
	Gatherer    prometheus.Gatherer
	OnError     func(err error)
	ConstLabels prometheus.Labels
}

func NewExporter(o Options) (*Exporter, error) { return nil, nil }
