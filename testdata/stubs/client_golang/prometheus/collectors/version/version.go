// Package version is a stub of github.com/prometheus/client_golang/prometheus/collectors/version.
package version

import "github.com/prometheus/client_golang/prometheus"

type options struct{ _ int }

type Option func(*options)

func WithExtraConstLabels(l prometheus.Labels) Option { return nil }

func NewCollector(program string, opts ...Option) prometheus.Collector { return nil }
