// Package prometheus is a stub of github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus.
package prometheus

import "github.com/prometheus/client_golang/prometheus"

type CounterOption func(*prometheus.CounterOpts)

func WithConstLabels(labels prometheus.Labels) CounterOption { return nil }

func WithSubsystem(subsystem string) CounterOption { return nil }

func WithNamespace(namespace string) CounterOption { return nil }

type HistogramOption func(*prometheus.HistogramOpts)

func WithHistogramBuckets(buckets []float64) HistogramOption { return nil }

func WithHistogramOpts(opts *prometheus.HistogramOpts) HistogramOption { return nil }

func WithHistogramNamespace(namespace string) HistogramOption { return nil }

type serverMetricsConfig struct{ _ int }

type ServerMetricsOption func(*serverMetricsConfig)

func WithServerCounterOptions(opts ...CounterOption) ServerMetricsOption { return nil }

func WithServerHandlingTimeHistogram(opts ...HistogramOption) ServerMetricsOption { return nil }

func WithContextLabels(labelNames ...string) ServerMetricsOption { return nil }

type ServerMetrics struct{ _ int }

func NewServerMetrics(opts ...ServerMetricsOption) *ServerMetrics { return nil }

func (m *ServerMetrics) Describe(ch chan<- *prometheus.Desc) {}

func (m *ServerMetrics) Collect(ch chan<- prometheus.Metric) {}

type clientMetricsConfig struct{ _ int }

type ClientMetricsOption func(*clientMetricsConfig)

func WithClientCounterOptions(opts ...CounterOption) ClientMetricsOption { return nil }

func WithClientHandlingTimeHistogram(opts ...HistogramOption) ClientMetricsOption { return nil }

func WithClientStreamRecvHistogram(opts ...HistogramOption) ClientMetricsOption { return nil }

type ClientMetrics struct{ _ int }

func NewClientMetrics(opts ...ClientMetricsOption) *ClientMetrics { return nil }
