// Package discard stands for the real one in the scanner's tests.
package discard

import "github.com/go-kit/kit/metrics"

func NewCounter() metrics.Counter { return nil }

func NewGauge() metrics.Gauge { return nil }

func NewHistogram() metrics.Histogram { return nil }
