// Package metrics has the signatures of the real one and none of its code.
package metrics

import (
	"io"
	"time"
)

type (
	Set                 struct{ _ int }
	Counter             struct{ _ int }
	FloatCounter        struct{ _ int }
	Gauge               struct{ _ int }
	Histogram           struct{ _ int }
	PrometheusHistogram struct{ _ int }
	Summary             struct{ _ int }
)

func (c *Counter) Inc() {}

func NewSet() *Set { return nil }

func RegisterSet(s *Set) {}

func RegisterMetricsWriter(writeMetrics func(w io.Writer)) {}

func WritePrometheus(w io.Writer, exposeProcessMetrics bool) {}

func WriteGaugeUint64(w io.Writer, name string, value uint64) {}

func WriteGaugeFloat64(w io.Writer, name string, value float64) {}

func WriteCounterUint64(w io.Writer, name string, value uint64) {}

func WriteCounterFloat64(w io.Writer, name string, value float64) {}

func WriteMetadataIfNeeded(w io.Writer, metricName, metricType string) {}

var PrometheusHistogramDefaultBuckets []float64

func LinearBuckets(start, width float64, count int) []float64 { return nil }

func ExponentialBuckets(start, factor float64, count int) []float64 { return nil }

func NewCounter(name string) *Counter { return nil }

func (s *Set) NewCounter(name string) *Counter { return nil }

func GetOrCreateCounter(name string) *Counter { return nil }

func (s *Set) GetOrCreateCounter(name string) *Counter { return nil }

func NewFloatCounter(name string) *FloatCounter { return nil }

func (s *Set) NewFloatCounter(name string) *FloatCounter { return nil }

func GetOrCreateFloatCounter(name string) *FloatCounter { return nil }

func (s *Set) GetOrCreateFloatCounter(name string) *FloatCounter { return nil }

func NewGauge(name string, f func() float64) *Gauge { return nil }

func (s *Set) NewGauge(name string, f func() float64) *Gauge { return nil }

func GetOrCreateGauge(name string, f func() float64) *Gauge { return nil }

func (s *Set) GetOrCreateGauge(name string, f func() float64) *Gauge { return nil }

func NewHistogram(name string) *Histogram { return nil }

func (s *Set) NewHistogram(name string) *Histogram { return nil }

func GetOrCreateHistogram(name string) *Histogram { return nil }

func (s *Set) GetOrCreateHistogram(name string) *Histogram { return nil }

func NewSummary(name string) *Summary { return nil }

func (s *Set) NewSummary(name string) *Summary { return nil }

func GetOrCreateSummary(name string) *Summary { return nil }

func (s *Set) GetOrCreateSummary(name string) *Summary { return nil }

func NewSummaryExt(name string, window time.Duration, quantiles []float64) *Summary { return nil }

func (s *Set) NewSummaryExt(name string, window time.Duration, quantiles []float64) *Summary {
	return nil
}

func GetOrCreateSummaryExt(name string, window time.Duration, quantiles []float64) *Summary {
	return nil
}

func (s *Set) GetOrCreateSummaryExt(name string, window time.Duration, quantiles []float64) *Summary {
	return nil
}

func NewPrometheusHistogram(name string) *PrometheusHistogram { return nil }

func (s *Set) NewPrometheusHistogram(name string) *PrometheusHistogram { return nil }

func GetOrCreatePrometheusHistogram(name string) *PrometheusHistogram { return nil }

func (s *Set) GetOrCreatePrometheusHistogram(name string) *PrometheusHistogram { return nil }

func NewPrometheusHistogramExt(name string, upperBounds []float64) *PrometheusHistogram { return nil }

func (s *Set) NewPrometheusHistogramExt(name string, upperBounds []float64) *PrometheusHistogram {
	return nil
}

func GetOrCreatePrometheusHistogramExt(name string, upperBounds []float64) *PrometheusHistogram {
	return nil
}

func (s *Set) GetOrCreatePrometheusHistogramExt(name string, upperBounds []float64) *PrometheusHistogram {
	return nil
}
