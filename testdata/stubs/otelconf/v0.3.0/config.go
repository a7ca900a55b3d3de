// Package otelconf has the signatures of the real one and none of its code.
package otelconf

type SDK struct{ _ int }

type ConfigurationOption interface{ apply() }

func NewSDK(opts ...ConfigurationOption) (SDK, error) { return SDK{}, nil }

func WithOpenTelemetryConfiguration(cfg OpenTelemetryConfiguration) ConfigurationOption { return nil }

type OpenTelemetryConfiguration struct {
	LoggerProvider *LoggerProvider
	MeterProvider  *MeterProvider
}

type LoggerProvider struct{}

type MeterProvider struct {
	Readers []MetricReader
	Views   []View
}

type MetricReader struct{ Pull *PullMetricReader }

type PullMetricReader struct{ Exporter PullMetricExporter }

type PullMetricExporter struct{ Prometheus *Prometheus }

type IncludeExclude struct{ Included, Excluded []string }

type Prometheus struct {
	WithResourceConstantLabels *IncludeExclude
	WithoutScopeInfo           *bool
	WithoutTypeSuffix          *bool
	WithoutUnits               *bool
}

type View struct{ Stream *ViewStream }

type ViewStream struct{ Name *string }
