// Package otel has the signatures of the real one and none of its code. The module
// holds what are modules of their own in truth: metric, sdk/metric and
// exporters/prometheus.
package otel

import "go.opentelemetry.io/otel/metric"

func Meter(name string, opts ...metric.MeterOption) metric.Meter { return nil }

func GetMeterProvider() metric.MeterProvider { return nil }

func SetMeterProvider(mp metric.MeterProvider) {}
