// Package grpc_prometheus is a stub of github.com/grpc-ecosystem/go-grpc-prometheus.
package grpc_prometheus

import prom "github.com/prometheus/client_golang/prometheus"

type CounterOption func(*prom.CounterOpts)

type HistogramOption func(*prom.HistogramOpts)

func WithConstLabels(labels prom.Labels) CounterOption { return nil }

func WithHistogramBuckets(buckets []float64) HistogramOption { return nil }

func WithHistogramConstLabels(labels prom.Labels) HistogramOption { return nil }

type ServerMetrics struct{ _ int }

func NewServerMetrics(counterOpts ...CounterOption) *ServerMetrics { return nil }

func (m *ServerMetrics) EnableHandlingTimeHistogram(opts ...HistogramOption) {}

func (m *ServerMetrics) Describe(ch chan<- *prom.Desc) {}

func (m *ServerMetrics) Collect(ch chan<- prom.Metric) {}

type ClientMetrics struct{ _ int }

func NewClientMetrics(counterOpts ...CounterOption) *ClientMetrics { return nil }

func (m *ClientMetrics) EnableClientHandlingTimeHistogram(opts ...HistogramOption) {}

func EnableHandlingTimeHistogram(opts ...HistogramOption) {}

func EnableClientHandlingTimeHistogram(opts ...HistogramOption) {}
