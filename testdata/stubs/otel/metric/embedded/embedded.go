// Package embedded has the signatures of the real one and none of its code.
package embedded

type MeterProvider interface{ meterProvider() }

type Meter interface{ meter() }

type Registration interface{ registration() }

type Observer interface{ observer() }

type Int64Observer interface{ int64Observer() }

type Float64Observer interface{ float64Observer() }

type Int64Counter interface{ int64Counter() }

type Int64UpDownCounter interface{ int64UpDownCounter() }

type Int64Histogram interface{ int64Histogram() }

type Int64Gauge interface{ int64Gauge() }

type Int64ObservableCounter interface{ int64ObservableCounter() }

type Int64ObservableUpDownCounter interface{ int64ObservableUpDownCounter() }

type Int64ObservableGauge interface{ int64ObservableGauge() }

type Float64Counter interface{ float64Counter() }

type Float64UpDownCounter interface{ float64UpDownCounter() }

type Float64Histogram interface{ float64Histogram() }

type Float64Gauge interface{ float64Gauge() }

type Float64ObservableCounter interface{ float64ObservableCounter() }

type Float64ObservableUpDownCounter interface{ float64ObservableUpDownCounter() }

type Float64ObservableGauge interface{ float64ObservableGauge() }
