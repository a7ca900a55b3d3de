// Package metric has the signatures of the real one and none of its code.
package metric

type Registry struct{ _ int }

type Options func()

type Int64Gauge struct{ _ int }

type Float64Cumulative struct{ _ int }

func NewRegistry() *Registry { return nil }

func WithDescription(desc string) Options { return nil }

func WithLabelKeys(keys ...string) Options { return nil }

func (r *Registry) AddInt64Gauge(name string, mos ...Options) (*Int64Gauge, error) { return nil, nil }

func (r *Registry) AddFloat64Cumulative(name string, mos ...Options) (*Float64Cumulative, error) {
	return nil, nil
}
