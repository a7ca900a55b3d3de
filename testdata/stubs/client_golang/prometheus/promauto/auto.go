// Package promauto has the signatures of the real one and none of its code.
package promauto

import "github.com/prometheus/client_golang/prometheus"

type Factory struct{ _ int }

func With(r prometheus.Registerer) Factory { return Factory{} }

func NewCounter(opts prometheus.CounterOpts) prometheus.Counter { return nil }

func (f Factory) NewCounter(opts prometheus.CounterOpts) prometheus.Counter { return nil }

func NewCounterVec(opts prometheus.CounterOpts, labelNames []string) *prometheus.CounterVec {
	return nil
}

func (f Factory) NewCounterVec(opts prometheus.CounterOpts, labelNames []string) *prometheus.CounterVec {
	return nil
}

func NewCounterFunc(opts prometheus.CounterOpts, function func() float64) prometheus.CounterFunc {
	return nil
}

func (f Factory) NewCounterFunc(opts prometheus.CounterOpts, function func() float64) prometheus.CounterFunc {
	return nil
}

func NewGauge(opts prometheus.GaugeOpts) prometheus.Gauge { return nil }

func (f Factory) NewGauge(opts prometheus.GaugeOpts) prometheus.Gauge { return nil }

func NewGaugeVec(opts prometheus.GaugeOpts, labelNames []string) *prometheus.GaugeVec { return nil }

func (f Factory) NewGaugeVec(opts prometheus.GaugeOpts, labelNames []string) *prometheus.GaugeVec {
	return nil
}

func NewGaugeFunc(opts prometheus.GaugeOpts, function func() float64) prometheus.GaugeFunc {
	return nil
}

func (f Factory) NewGaugeFunc(opts prometheus.GaugeOpts, function func() float64) prometheus.GaugeFunc {
	return nil
}

func NewHistogram(opts prometheus.HistogramOpts) prometheus.Histogram { return nil }

func (f Factory) NewHistogram(opts prometheus.HistogramOpts) prometheus.Histogram { return nil }

func NewHistogramVec(opts prometheus.HistogramOpts, labelNames []string) *prometheus.HistogramVec {
	return nil
}

func (f Factory) NewHistogramVec(opts prometheus.HistogramOpts, labelNames []string) *prometheus.HistogramVec {
	return nil
}

func NewSummary(opts prometheus.SummaryOpts) prometheus.Summary { return nil }

func (f Factory) NewSummary(opts prometheus.SummaryOpts) prometheus.Summary { return nil }

func NewSummaryVec(opts prometheus.SummaryOpts, labelNames []string) *prometheus.SummaryVec {
	return nil
}

func (f Factory) NewSummaryVec(opts prometheus.SummaryOpts, labelNames []string) *prometheus.SummaryVec {
	return nil
}

func NewUntypedFunc(opts prometheus.UntypedOpts, function func() float64) prometheus.UntypedFunc {
	return nil
}

func (f Factory) NewUntypedFunc(opts prometheus.UntypedOpts, function func() float64) prometheus.UntypedFunc {
	return nil
}
