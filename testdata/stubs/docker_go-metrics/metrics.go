// Package metrics stands for the real one in the scanner's tests.
package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type Labels = prometheus.Labels

type Unit string

const (
	Seconds Unit = "seconds"
	Bytes   Unit = "bytes"
	Total   Unit = "total"
)

type Counter interface{ Inc(vs ...float64) }

type LabeledCounter interface{ WithValues(vs ...string) Counter }

type Gauge interface{ Set(float64) }

type LabeledGauge interface{ WithValues(labels ...string) Gauge }

type Timer interface {
	Update(duration time.Duration)
	UpdateSince(time.Time)
}

type LabeledTimer interface {
	WithValues(labels ...string) *labeledTimerObserver
}

type labeledTimerObserver struct{ _ int }

type HTTPMetric struct{ _ int }

type HTTPHandlerOpts struct{ DurationBuckets, RequestSizeBuckets, ResponseSizeBuckets []float64 }

type Namespace struct{ _ int }

func NewNamespace(name, subsystem string, labels Labels) *Namespace { return nil }

func Register(n *Namespace) {}

func (n *Namespace) WithConstLabels(labels Labels) *Namespace { return nil }

func (n *Namespace) NewCounter(name, help string) Counter { return nil }

func (n *Namespace) NewLabeledCounter(name, help string, labels ...string) LabeledCounter { return nil }

func (n *Namespace) NewGauge(name, help string, unit Unit) Gauge { return nil }

func (n *Namespace) NewLabeledGauge(name, help string, unit Unit, labels ...string) LabeledGauge {
	return nil
}

func (n *Namespace) NewTimer(name, help string) Timer { return nil }

func (n *Namespace) NewLabeledTimerWithBuckets(name, help string, buckets []float64, labels ...string) LabeledTimer {
	return nil
}

func (n *Namespace) NewDesc(name, help string, unit Unit, labels ...string) *prometheus.Desc {
	return nil
}

func (n *Namespace) NewHttpMetrics(handlerName string, durationBuckets, requestSizeBuckets, responseSizeBuckets []float64) []*HTTPMetric {
	return nil
}

func (n *Namespace) NewDefaultHttpMetrics(handlerName string) []*HTTPMetric { return nil }
