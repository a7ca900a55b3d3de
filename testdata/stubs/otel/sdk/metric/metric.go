// Package metric has the signatures of the real one and none of its code.
package metric

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/embedded"
	"go.opentelemetry.io/otel/sdk/instrumentation"
)

type Reader interface{ register() }

type Option interface{ apply() }

type MeterProvider struct{ embedded.MeterProvider }

func NewMeterProvider(options ...Option) *MeterProvider { return nil }

func (mp *MeterProvider) Meter(name string, options ...metric.MeterOption) metric.Meter { return nil }

func WithReader(r Reader) Option { return nil }

func WithView(views ...View) Option { return nil }

type View func(Instrument) (Stream, bool)

func NewView(criteria Instrument, mask Stream) View { return nil }

type InstrumentKind uint8

const (
	InstrumentKindCounter                 InstrumentKind = 1
	InstrumentKindUpDownCounter           InstrumentKind = 2
	InstrumentKindHistogram               InstrumentKind = 3
	InstrumentKindObservableCounter       InstrumentKind = 4
	InstrumentKindObservableUpDownCounter InstrumentKind = 5
	InstrumentKindObservableGauge         InstrumentKind = 6
	InstrumentKindGauge                   InstrumentKind = 7
)

type Instrument struct {
	Name        string
	Description string
	Kind        InstrumentKind
	Unit        string
	Scope       instrumentation.Scope
}

type Stream struct {
	Name            string
	Description     string
	Unit            string
	Aggregation     Aggregation
	AttributeFilter attribute.Filter
}

type Aggregation interface{ err() error }

type AggregationDrop struct{}

func (AggregationDrop) err() error { return nil }

type AggregationDefault struct{}

func (AggregationDefault) err() error { return nil }

type AggregationSum struct{}

func (AggregationSum) err() error { return nil }

type AggregationLastValue struct{}

func (AggregationLastValue) err() error { return nil }

type AggregationExplicitBucketHistogram struct {
	Boundaries []float64
	NoMinMax   bool
}

func (AggregationExplicitBucketHistogram) err() error { return nil }

type AggregationBase2ExponentialHistogram struct {
	MaxSize  int32
	MaxScale int32
	NoMinMax bool
}

func (AggregationBase2ExponentialHistogram) err() error { return nil }
