// Package metrics is a stub of k8s.io/component-base/metrics.
package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type StabilityLevel string

const (
	INTERNAL StabilityLevel = "INTERNAL"
	ALPHA    StabilityLevel = "ALPHA"
	BETA     StabilityLevel = "BETA"
	STABLE   StabilityLevel = "STABLE"
)

type KubeOpts struct {
	Namespace         string
	Subsystem         string
	Name              string
	Help              string
	ConstLabels       map[string]string
	DeprecatedVersion string
	StabilityLevel    StabilityLevel
}

type (
	CounterOpts KubeOpts
	GaugeOpts   KubeOpts
)

type HistogramOpts struct {
	Namespace         string
	Subsystem         string
	Name              string
	Help              string
	ConstLabels       map[string]string
	Buckets           []float64
	DeprecatedVersion string
	StabilityLevel    StabilityLevel
}

type TimingHistogramOpts struct {
	Namespace         string
	Subsystem         string
	Name              string
	Help              string
	ConstLabels       map[string]string
	Buckets           []float64
	InitialValue      float64
	DeprecatedVersion string
	StabilityLevel    StabilityLevel
}

type SummaryOpts struct {
	Namespace         string
	Subsystem         string
	Name              string
	Help              string
	ConstLabels       map[string]string
	Objectives        map[float64]float64
	MaxAge            time.Duration
	AgeBuckets        uint32
	BufCap            uint32
	DeprecatedVersion string
	StabilityLevel    StabilityLevel
}

type Registerable interface{ FQName() string }

type (
	CounterMetric interface {
		Inc()
		Add(float64)
	}
	GaugeMetric interface {
		Set(float64)
		Inc()
		Dec()
		Add(float64)
	}
	ObserverMetric interface{ Observe(float64) }
	GaugeFunc      interface{ Metric }
	Metric         = prometheus.Metric
	Labels         prometheus.Labels
)

type lazyMetric struct{}

func (lazyMetric) FQName() string { return "" }

type (
	Counter struct {
		CounterMetric
		*CounterOpts
		lazyMetric
	}
	Gauge struct {
		GaugeMetric
		*GaugeOpts
		lazyMetric
	}
	Histogram struct {
		ObserverMetric
		*HistogramOpts
		lazyMetric
	}
	Summary struct {
		ObserverMetric
		*SummaryOpts
		lazyMetric
	}
	TimingHistogram struct {
		GaugeMetric
		*TimingHistogramOpts
		lazyMetric
	}
	CounterVec struct {
		*prometheus.CounterVec
		*CounterOpts
		lazyMetric
	}
	GaugeVec struct {
		*prometheus.GaugeVec
		*GaugeOpts
		lazyMetric
	}
	HistogramVec struct {
		*prometheus.HistogramVec
		*HistogramOpts
		lazyMetric
	}
	SummaryVec struct {
		*prometheus.SummaryVec
		*SummaryOpts
		lazyMetric
	}
	TimingHistogramVec struct {
		*TimingHistogramOpts
		lazyMetric
	}
	CounterVecWithContext struct{ *CounterVec }
)

func NewCounter(opts *CounterOpts) *Counter                              { return nil }
func NewCounterVec(opts *CounterOpts, labels []string) *CounterVec       { return nil }
func NewGauge(opts *GaugeOpts) *Gauge                                    { return nil }
func NewGaugeVec(opts *GaugeOpts, labels []string) *GaugeVec             { return nil }
func NewGaugeFunc(opts *GaugeOpts, function func() float64) GaugeFunc    { return nil }
func NewHistogram(opts *HistogramOpts) *Histogram                        { return nil }
func NewHistogramVec(opts *HistogramOpts, labels []string) *HistogramVec { return nil }
func NewSummary(opts *SummaryOpts) *Summary                              { return nil }
func NewSummaryVec(opts *SummaryOpts, labels []string) *SummaryVec       { return nil }
func NewTimingHistogram(opts *TimingHistogramOpts) *TimingHistogram      { return nil }
func NewTimingHistogramVec(opts *TimingHistogramOpts, labels []string) *TimingHistogramVec {
	return nil
}

func NewTestableTimingHistogramVec(nowFunc func() time.Time, opts *TimingHistogramOpts, labels []string) *TimingHistogramVec {
	return nil
}

func (v *CounterVec) WithLabelValues(lvs ...string) CounterMetric             { return nil }
func (v *CounterVec) With(labels map[string]string) CounterMetric             { return nil }
func (v *CounterVec) WithContext(ctx context.Context) *CounterVecWithContext  { return nil }
func (vc *CounterVecWithContext) WithLabelValues(lvs ...string) CounterMetric { return nil }
func (vc *CounterVecWithContext) With(labels map[string]string) CounterMetric { return nil }
func (v *GaugeVec) WithLabelValues(lvs ...string) GaugeMetric                 { return nil }
func (v *GaugeVec) WithLabelValuesChecked(lvs ...string) (GaugeMetric, error) { return nil, nil }
func (v *GaugeVec) With(labels map[string]string) GaugeMetric                 { return nil }
func (v *HistogramVec) WithLabelValues(lvs ...string) ObserverMetric          { return nil }
func (v *HistogramVec) ObserveSince(start time.Time, lvs ...string) func()    { return nil }
func (v *SummaryVec) WithLabelValues(lvs ...string) ObserverMetric            { return nil }
func (v *TimingHistogramVec) WithLabelValues(lvs ...string) GaugeMetric       { return nil }

type Desc struct{}

func NewDesc(fqName string, help string, variableLabels []string, constLabels Labels, stabilityLevel StabilityLevel, deprecatedVersion string) *Desc {
	return nil
}

type ValueType int

const (
	_ ValueType = iota
	CounterValue
	GaugeValue
	UntypedValue
)

func NewLazyConstMetric(desc *Desc, valueType ValueType, value float64, labelValues ...string) Metric {
	return nil
}

func NewConstMetric(desc *Desc, valueType ValueType, value float64, labelValues ...string) (Metric, error) {
	return nil, nil
}

func BuildFQName(namespace, subsystem, name string) string { return "" }

var DefBuckets = prometheus.DefBuckets

func LinearBuckets(start, width float64, count int) []float64       { return nil }
func ExponentialBuckets(start, factor float64, count int) []float64 { return nil }
func MergeBuckets(buckets ...[]float64) []float64                   { return nil }

type KubeRegistry interface {
	MustRegister(...Registerable)
	RawMustRegister(...prometheus.Collector)
	Register(Registerable) error
	Registerer() prometheus.Registerer
}

func NewKubeRegistry() KubeRegistry { return nil }

func RegisterBuildInfo(r KubeRegistry) {}

func RegisterProcessStartTime(registrationFunc func(Registerable) error) error { return nil }
