// Package prometheus has the signatures of the real one and none of its code: the
// scanner's tests load it instead. A test compares the two.
package prometheus

import (
	"time"

	dto "github.com/prometheus/client_model/go"
)

type Collector interface {
	Describe(chan<- *Desc)
	Collect(chan<- Metric)
}

type Metric interface {
	Desc() *Desc
	Write(*dto.Metric) error
}

type Desc struct{ _ int }

func (d *Desc) String() string { return "" }

type DescOpt func(*Desc)

func WithUnit(unit string) DescOpt { return nil }

func NewDesc(fqName, help string, variableLabels []string, constLabels Labels) *Desc { return nil }

func NewInvalidDesc(err error) *Desc { return nil }

type Labels map[string]string

type LabelConstraint func(string) string

type ConstrainedLabel struct {
	Name       string
	Constraint LabelConstraint
}

type ConstrainableLabels interface{ labelNames() []string }

type ConstrainedLabels []ConstrainedLabel

func (cls ConstrainedLabels) labelNames() []string { return nil }

type UnconstrainedLabels []string

func (uls UnconstrainedLabels) labelNames() []string { return nil }

type Opts struct {
	Namespace, Subsystem, Name string

	Help, Unit  string
	ConstLabels Labels
}

type CounterOpts Opts

type GaugeOpts Opts

type UntypedOpts Opts

type HistogramOpts struct {
	Namespace, Subsystem, Name string

	Help, Unit  string
	ConstLabels Labels
	Buckets     []float64

	NativeHistogramBucketFactor     float64
	NativeHistogramZeroThreshold    float64
	NativeHistogramMaxBucketNumber  uint32
	NativeHistogramMinResetDuration time.Duration
	NativeHistogramMaxZeroThreshold float64
	NativeHistogramMaxExemplars     int
	NativeHistogramExemplarTTL      time.Duration
}

type SummaryOpts struct {
	Namespace, Subsystem, Name string

	Help, Unit  string
	ConstLabels Labels
	Objectives  map[float64]float64
	MaxAge      time.Duration
	AgeBuckets  uint32
	BufCap      uint32
}

var DefBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

func LinearBuckets(start, width float64, count int) []float64 { return nil }

func ExponentialBuckets(start, factor float64, count int) []float64 { return nil }

func ExponentialBucketsRange(minBucket, maxBucket float64, count int) []float64 { return nil }

func BuildFQName(namespace, subsystem, name string) string { return "" }

type Observer interface{ Observe(float64) }

type ExemplarObserver interface {
	ObserveWithExemplar(value float64, exemplar Labels)
}

type ExemplarAdder interface {
	AddWithExemplar(value float64, exemplar Labels)
}

type Counter interface {
	Metric
	Collector
	Inc()
	Add(float64)
}

type Gauge interface {
	Metric
	Collector
	Set(float64)
	Inc()
	Dec()
	Add(float64)
	Sub(float64)
	SetToCurrentTime()
}

type Histogram interface {
	Metric
	Collector
	Observe(float64)
}

type Summary interface {
	Metric
	Collector
	Observe(float64)
}

type CounterFunc interface {
	Metric
	Collector
}

func NewCounterFunc(opts CounterOpts, function func() float64) CounterFunc { return nil }

type GaugeFunc interface {
	Metric
	Collector
}

func NewGaugeFunc(opts GaugeOpts, function func() float64) GaugeFunc { return nil }

type UntypedFunc interface {
	Metric
	Collector
}

func NewUntypedFunc(opts UntypedOpts, function func() float64) UntypedFunc { return nil }

type MetricVec struct{ _ int }

func NewMetricVec(desc *Desc, newMetric func(lvs ...string) Metric) *MetricVec { return nil }

func (m *MetricVec) Describe(ch chan<- *Desc)                               {}
func (m *MetricVec) Collect(ch chan<- Metric)                               {}
func (m *MetricVec) CurryWith(labels Labels) (*MetricVec, error)            { return nil, nil }
func (m *MetricVec) Delete(labels Labels) bool                              { return false }
func (m *MetricVec) DeleteLabelValues(lvs ...string) bool                   { return false }
func (m *MetricVec) DeletePartialMatch(labels Labels) int                   { return 0 }
func (m *MetricVec) GetMetricWith(labels Labels) (Metric, error)            { return nil, nil }
func (m *MetricVec) GetMetricWithLabelValues(lvs ...string) (Metric, error) { return nil, nil }
func (m *MetricVec) Reset()                                                 {}

type ObserverVec interface {
	GetMetricWith(Labels) (Observer, error)
	GetMetricWithLabelValues(lvs ...string) (Observer, error)
	With(Labels) Observer
	WithLabelValues(...string) Observer
	CurryWith(Labels) (ObserverVec, error)
	MustCurryWith(Labels) ObserverVec
	Collector
}

func NewCounter(opts CounterOpts) Counter { return nil }

type CounterVec struct{ *MetricVec }

type CounterVecOpts struct {
	CounterOpts
	VariableLabels ConstrainableLabels
}

func NewCounterVec(opts CounterOpts, labelNames []string) *CounterVec { return nil }

func (v2) NewCounterVec(opts CounterVecOpts) *CounterVec { return nil }

func (v *CounterVec) GetMetricWithLabelValues(lvs ...string) (Counter, error) { return nil, nil }
func (v *CounterVec) GetMetricWith(labels Labels) (Counter, error)            { return nil, nil }
func (v *CounterVec) WithLabelValues(lvs ...string) Counter                   { return nil }
func (v *CounterVec) With(labels Labels) Counter                              { return nil }
func (v *CounterVec) CurryWith(labels Labels) (*CounterVec, error)            { return nil, nil }
func (v *CounterVec) MustCurryWith(labels Labels) *CounterVec                 { return nil }

func NewGauge(opts GaugeOpts) Gauge { return nil }

type GaugeVec struct{ *MetricVec }

type GaugeVecOpts struct {
	GaugeOpts
	VariableLabels ConstrainableLabels
}

func NewGaugeVec(opts GaugeOpts, labelNames []string) *GaugeVec { return nil }

func (v2) NewGaugeVec(opts GaugeVecOpts) *GaugeVec { return nil }

func (v *GaugeVec) GetMetricWithLabelValues(lvs ...string) (Gauge, error) { return nil, nil }
func (v *GaugeVec) GetMetricWith(labels Labels) (Gauge, error)            { return nil, nil }
func (v *GaugeVec) WithLabelValues(lvs ...string) Gauge                   { return nil }
func (v *GaugeVec) With(labels Labels) Gauge                              { return nil }
func (v *GaugeVec) CurryWith(labels Labels) (*GaugeVec, error)            { return nil, nil }
func (v *GaugeVec) MustCurryWith(labels Labels) *GaugeVec                 { return nil }

func NewHistogram(opts HistogramOpts) Histogram { return nil }

type HistogramVec struct{ *MetricVec }

type HistogramVecOpts struct {
	HistogramOpts
	VariableLabels ConstrainableLabels
}

func NewHistogramVec(opts HistogramOpts, labelNames []string) *HistogramVec { return nil }

func (v2) NewHistogramVec(opts HistogramVecOpts) *HistogramVec { return nil }

func (v *HistogramVec) GetMetricWithLabelValues(lvs ...string) (Observer, error) { return nil, nil }
func (v *HistogramVec) GetMetricWith(labels Labels) (Observer, error)            { return nil, nil }
func (v *HistogramVec) WithLabelValues(lvs ...string) Observer                   { return nil }
func (v *HistogramVec) With(labels Labels) Observer                              { return nil }
func (v *HistogramVec) CurryWith(labels Labels) (ObserverVec, error)             { return nil, nil }
func (v *HistogramVec) MustCurryWith(labels Labels) ObserverVec                  { return nil }

func NewSummary(opts SummaryOpts) Summary { return nil }

type SummaryVec struct{ *MetricVec }

type SummaryVecOpts struct {
	SummaryOpts
	VariableLabels ConstrainableLabels
}

func NewSummaryVec(opts SummaryOpts, labelNames []string) *SummaryVec { return nil }

func (v2) NewSummaryVec(opts SummaryVecOpts) *SummaryVec { return nil }

func (v *SummaryVec) GetMetricWithLabelValues(lvs ...string) (Observer, error) { return nil, nil }
func (v *SummaryVec) GetMetricWith(labels Labels) (Observer, error)            { return nil, nil }
func (v *SummaryVec) WithLabelValues(lvs ...string) Observer                   { return nil }
func (v *SummaryVec) With(labels Labels) Observer                              { return nil }
func (v *SummaryVec) CurryWith(labels Labels) (ObserverVec, error)             { return nil, nil }
func (v *SummaryVec) MustCurryWith(labels Labels) ObserverVec                  { return nil }

type v2 struct{}

var V2 = v2{}

func (v2) NewDesc(fqName, help string, variableLabels ConstrainableLabels, constLabels Labels, opts ...DescOpt) *Desc {
	return nil
}

type ValueType int

const (
	_ ValueType = iota
	CounterValue
	GaugeValue
	UntypedValue
)

func NewConstMetric(desc *Desc, valueType ValueType, value float64, labelValues ...string) (Metric, error) {
	return nil, nil
}

func MustNewConstMetric(desc *Desc, valueType ValueType, value float64, labelValues ...string) Metric {
	return nil
}

func NewConstMetricWithCreatedTimestamp(desc *Desc, valueType ValueType, value float64, ct time.Time, labelValues ...string) (Metric, error) {
	return nil, nil
}

func MustNewConstMetricWithCreatedTimestamp(desc *Desc, valueType ValueType, value float64, ct time.Time, labelValues ...string) Metric {
	return nil
}

func NewConstHistogram(desc *Desc, count uint64, sum float64, buckets map[float64]uint64, labelValues ...string) (Metric, error) {
	return nil, nil
}

func MustNewConstHistogram(desc *Desc, count uint64, sum float64, buckets map[float64]uint64, labelValues ...string) Metric {
	return nil
}

func NewConstHistogramWithCreatedTimestamp(desc *Desc, count uint64, sum float64, buckets map[float64]uint64, ct time.Time, labelValues ...string) (Metric, error) {
	return nil, nil
}

func MustNewConstHistogramWithCreatedTimestamp(desc *Desc, count uint64, sum float64, buckets map[float64]uint64, ct time.Time, labelValues ...string) Metric {
	return nil
}

func NewConstSummary(desc *Desc, count uint64, sum float64, quantiles map[float64]float64, labelValues ...string) (Metric, error) {
	return nil, nil
}

func MustNewConstSummary(desc *Desc, count uint64, sum float64, quantiles map[float64]float64, labelValues ...string) Metric {
	return nil
}

func NewConstSummaryWithCreatedTimestamp(desc *Desc, count uint64, sum float64, quantiles map[float64]float64, ct time.Time, labelValues ...string) (Metric, error) {
	return nil, nil
}

func MustNewConstSummaryWithCreatedTimestamp(desc *Desc, count uint64, sum float64, quantiles map[float64]float64, ct time.Time, labelValues ...string) Metric {
	return nil
}

func NewConstNativeHistogram(desc *Desc, count uint64, sum float64, positiveBuckets, negativeBuckets map[int]int64, zeroBucket uint64, schema int32, zeroThreshold float64, createdTimestamp time.Time, labelValues ...string) (Metric, error) {
	return nil, nil
}

func MustNewConstNativeHistogram(desc *Desc, count uint64, sum float64, positiveBuckets, negativeBuckets map[int]int64, zeroBucket uint64, nativeHistogramSchema int32, nativeHistogramZeroThreshold float64, createdTimestamp time.Time, labelValues ...string) Metric {
	return nil
}

func NewMetricWithTimestamp(t time.Time, m Metric) Metric { return nil }

type Registerer interface {
	Register(Collector) error
	MustRegister(...Collector)
	Unregister(Collector) bool
}

type Gatherer interface {
	Gather() ([]*dto.MetricFamily, error)
}

type Gatherers []Gatherer

func (gs Gatherers) Gather() ([]*dto.MetricFamily, error) { return nil, nil }

type Registry struct{ _ int }

func (r *Registry) Describe(ch chan<- *Desc)             {}
func (r *Registry) Collect(ch chan<- Metric)             {}
func (r *Registry) Gather() ([]*dto.MetricFamily, error) { return nil, nil }
func (r *Registry) MustRegister(cs ...Collector)         {}
func (r *Registry) Register(c Collector) error           { return nil }
func (r *Registry) Unregister(c Collector) bool          { return false }

func NewRegistry() *Registry { return nil }

func NewPedanticRegistry() *Registry { return nil }

var (
	DefaultRegisterer Registerer
	DefaultGatherer   Gatherer
)

func Register(c Collector) error { return nil }

func MustRegister(cs ...Collector) {}

func Unregister(c Collector) bool { return false }

func WrapRegistererWith(labels Labels, reg Registerer) Registerer { return nil }

func WrapRegistererWithPrefix(prefix string, reg Registerer) Registerer { return nil }

func WrapCollectorWith(labels Labels, c Collector) Collector { return nil }

func WrapCollectorWithPrefix(prefix string, c Collector) Collector { return nil }

type Timer struct{}

func NewTimer(o Observer) *Timer { return nil }

func (t *Timer) ObserveDuration() time.Duration { return 0 }
