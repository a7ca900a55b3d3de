// Package metrics stands for the real one in the scanner's tests.
package metrics

type Registry interface {
	GetOrRegister(string, interface{}) interface{}
	Register(string, interface{}) error
}

var DefaultRegistry Registry = NewRegistry()

func NewRegistry() Registry { return nil }

func NewPrefixedRegistry(prefix string) Registry { return nil }

func NewPrefixedChildRegistry(parent Registry, prefix string) Registry { return nil }

func Register(name string, i interface{}) error { return nil }

type Sample interface{ Clear() }

type Histogram interface{ Update(int64) }

func NewHistogram(s Sample) Histogram { return nil }

type Counter interface{ Inc(int64) }

func NewCounter() Counter { return nil }

func NewRegisteredCounter(name string, r Registry) Counter { return nil }

func GetOrRegisterCounter(name string, r Registry) Counter { return nil }

type Gauge interface{ Update(int64) }

func NewGauge() Gauge { return nil }

func NewRegisteredGauge(name string, r Registry) Gauge { return nil }

func GetOrRegisterGauge(name string, r Registry) Gauge { return nil }

type Meter interface{ Mark(int64) }

func NewMeter() Meter { return nil }

func NewRegisteredMeter(name string, r Registry) Meter { return nil }

func GetOrRegisterMeter(name string, r Registry) Meter { return nil }

type Timer interface{ Time(func()) }

func NewTimer() Timer { return nil }

func NewRegisteredTimer(name string, r Registry) Timer { return nil }

func GetOrRegisterTimer(name string, r Registry) Timer { return nil }
