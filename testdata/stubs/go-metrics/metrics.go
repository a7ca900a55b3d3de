// Package metrics stands for the real one in the scanner's tests.
package metrics

import "time"

type Label struct {
	Name  string
	Value string
}

type Config struct {
	ServiceName          string
	HostName             string
	EnableHostname       bool
	EnableHostnameLabel  bool
	EnableServiceLabel   bool
	EnableRuntimeMetrics bool
	EnableTypePrefix     bool
	TimerGranularity     time.Duration
	ProfileInterval      time.Duration
	FilterDefault        bool
}

type Metrics struct {
	Config
}

type MetricSink interface {
	EmitKey(key []string, val float32)
}

func DefaultConfig(serviceName string) *Config { return nil }

func New(conf *Config, sink MetricSink) (*Metrics, error) { return nil, nil }

func NewGlobal(conf *Config, sink MetricSink) (*Metrics, error) { return nil, nil }

func Default() *Metrics { return nil }

func SetGauge(key []string, val float32) {}

func SetGaugeWithLabels(key []string, val float32, labels []Label) {}

func SetPrecisionGauge(key []string, val float64) {}

func EmitKey(key []string, val float32) {}

func IncrCounter(key []string, val float32) {}

func IncrCounterWithLabels(key []string, val float32, labels []Label) {}

func AddSample(key []string, val float32) {}

func AddSampleWithLabels(key []string, val float32, labels []Label) {}

func MeasureSince(key []string, start time.Time) {}

func (m *Metrics) SetGauge(key []string, val float32) {}

func (m *Metrics) IncrCounter(key []string, val float32) {}

func (m *Metrics) AddSampleWithLabels(key []string, val float32, labels []Label) {}

func (m *Metrics) MeasureSince(key []string, start time.Time) {}
