// Package metric has the signatures of the real one and none of its code.
package metric

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric/embedded"
)

type MeterProvider interface {
	embedded.MeterProvider
	Meter(name string, opts ...MeterOption) Meter
}

type MeterOption interface{ applyMeter() }

func WithInstrumentationVersion(version string) MeterOption { return nil }

func WithInstrumentationAttributes(attr ...attribute.KeyValue) MeterOption { return nil }

func WithSchemaURL(schemaURL string) MeterOption { return nil }

type Meter interface {
	embedded.Meter
	Int64Counter(name string, options ...Int64CounterOption) (Int64Counter, error)
	Int64UpDownCounter(name string, options ...Int64UpDownCounterOption) (Int64UpDownCounter, error)
	Int64Histogram(name string, options ...Int64HistogramOption) (Int64Histogram, error)
	Int64Gauge(name string, options ...Int64GaugeOption) (Int64Gauge, error)
	Int64ObservableCounter(name string, options ...Int64ObservableCounterOption) (Int64ObservableCounter, error)
	Int64ObservableUpDownCounter(name string, options ...Int64ObservableUpDownCounterOption) (Int64ObservableUpDownCounter, error)
	Int64ObservableGauge(name string, options ...Int64ObservableGaugeOption) (Int64ObservableGauge, error)
	Float64Counter(name string, options ...Float64CounterOption) (Float64Counter, error)
	Float64UpDownCounter(name string, options ...Float64UpDownCounterOption) (Float64UpDownCounter, error)
	Float64Histogram(name string, options ...Float64HistogramOption) (Float64Histogram, error)
	Float64Gauge(name string, options ...Float64GaugeOption) (Float64Gauge, error)
	Float64ObservableCounter(name string, options ...Float64ObservableCounterOption) (Float64ObservableCounter, error)
	Float64ObservableUpDownCounter(name string, options ...Float64ObservableUpDownCounterOption) (Float64ObservableUpDownCounter, error)
	Float64ObservableGauge(name string, options ...Float64ObservableGaugeOption) (Float64ObservableGauge, error)
	RegisterCallback(f Callback, instruments ...Observable) (Registration, error)
}

type Callback func(context.Context, Observer) error

type Observer interface {
	embedded.Observer
	ObserveFloat64(obsrv Float64Observable, value float64, opts ...ObserveOption)
	ObserveInt64(obsrv Int64Observable, value int64, opts ...ObserveOption)
}

type Registration interface {
	embedded.Registration
	Unregister() error
}

type Observable interface{ observable() }

type InstrumentOption interface {
	Int64CounterOption
	Int64UpDownCounterOption
	Int64HistogramOption
	Int64GaugeOption
	Int64ObservableCounterOption
	Int64ObservableUpDownCounterOption
	Int64ObservableGaugeOption
	Float64CounterOption
	Float64UpDownCounterOption
	Float64HistogramOption
	Float64GaugeOption
	Float64ObservableCounterOption
	Float64ObservableUpDownCounterOption
	Float64ObservableGaugeOption
}

type HistogramOption interface {
	Int64HistogramOption
	Float64HistogramOption
}

func WithDescription(desc string) InstrumentOption { return nil }

func WithUnit(u string) InstrumentOption { return nil }

func WithExplicitBucketBoundaries(bounds ...float64) HistogramOption { return nil }

type AddOption interface{ applyAdd() }

type RecordOption interface{ applyRecord() }

type ObserveOption interface{ applyObserve() }

type MeasurementOption interface {
	AddOption
	RecordOption
	ObserveOption
}

func WithAttributeSet(attributes attribute.Set) MeasurementOption { return nil }

func WithAttributes(attributes ...attribute.KeyValue) MeasurementOption { return nil }

type Int64Observable interface {
	Observable
	int64Observable()
}

type Int64ObservableOption interface {
	Int64ObservableCounterOption
	Int64ObservableUpDownCounterOption
	Int64ObservableGaugeOption
}

type Int64Callback func(context.Context, Int64Observer) error

type Int64Observer interface {
	embedded.Int64Observer
	Observe(value int64, options ...ObserveOption)
}

func WithInt64Callback(callback Int64Callback) Int64ObservableOption { return nil }

type Int64Counter interface {
	embedded.Int64Counter
	Add(ctx context.Context, incr int64, options ...AddOption)
}

type Int64CounterOption interface{ applyInt64Counter() }

type Int64UpDownCounter interface {
	embedded.Int64UpDownCounter
	Add(ctx context.Context, incr int64, options ...AddOption)
}

type Int64UpDownCounterOption interface{ applyInt64UpDownCounter() }

type Int64Histogram interface {
	embedded.Int64Histogram
	Record(ctx context.Context, incr int64, options ...RecordOption)
}

type Int64HistogramOption interface{ applyInt64Histogram() }

type Int64Gauge interface {
	embedded.Int64Gauge
	Record(ctx context.Context, value int64, options ...RecordOption)
}

type Int64GaugeOption interface{ applyInt64Gauge() }

type Int64ObservableCounter interface {
	embedded.Int64ObservableCounter
	Int64Observable
}

type Int64ObservableCounterOption interface{ applyInt64ObservableCounter() }

type Int64ObservableUpDownCounter interface {
	embedded.Int64ObservableUpDownCounter
	Int64Observable
}

type Int64ObservableUpDownCounterOption interface{ applyInt64ObservableUpDownCounter() }

type Int64ObservableGauge interface {
	embedded.Int64ObservableGauge
	Int64Observable
}

type Int64ObservableGaugeOption interface{ applyInt64ObservableGauge() }

type Float64Observable interface {
	Observable
	float64Observable()
}

type Float64ObservableOption interface {
	Float64ObservableCounterOption
	Float64ObservableUpDownCounterOption
	Float64ObservableGaugeOption
}

type Float64Callback func(context.Context, Float64Observer) error

type Float64Observer interface {
	embedded.Float64Observer
	Observe(value float64, options ...ObserveOption)
}

func WithFloat64Callback(callback Float64Callback) Float64ObservableOption { return nil }

type Float64Counter interface {
	embedded.Float64Counter
	Add(ctx context.Context, incr float64, options ...AddOption)
}

type Float64CounterOption interface{ applyFloat64Counter() }

type Float64UpDownCounter interface {
	embedded.Float64UpDownCounter
	Add(ctx context.Context, incr float64, options ...AddOption)
}

type Float64UpDownCounterOption interface{ applyFloat64UpDownCounter() }

type Float64Histogram interface {
	embedded.Float64Histogram
	Record(ctx context.Context, incr float64, options ...RecordOption)
}

type Float64HistogramOption interface{ applyFloat64Histogram() }

type Float64Gauge interface {
	embedded.Float64Gauge
	Record(ctx context.Context, value float64, options ...RecordOption)
}

type Float64GaugeOption interface{ applyFloat64Gauge() }

type Float64ObservableCounter interface {
	embedded.Float64ObservableCounter
	Float64Observable
}

type Float64ObservableCounterOption interface{ applyFloat64ObservableCounter() }

type Float64ObservableUpDownCounter interface {
	embedded.Float64ObservableUpDownCounter
	Float64Observable
}

type Float64ObservableUpDownCounterOption interface{ applyFloat64ObservableUpDownCounter() }

type Float64ObservableGauge interface {
	embedded.Float64ObservableGauge
	Float64Observable
}

type Float64ObservableGaugeOption interface{ applyFloat64ObservableGauge() }
