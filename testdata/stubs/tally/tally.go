// Package tally stands for the real one in the scanner's tests.
package tally

import (
	"io"
	"time"
)

type Scope interface {
	Counter(name string) Counter
	Gauge(name string) Gauge
	Timer(name string) Timer
	Histogram(name string, buckets Buckets) Histogram
	Tagged(tags map[string]string) Scope
	SubScope(name string) Scope
}

type Counter interface{ Inc(delta int64) }

type Gauge interface{ Update(value float64) }

type Timer interface{ Record(value time.Duration) }

type Histogram interface{ RecordValue(value float64) }

type Buckets interface{ Len() int }

type ValueBuckets []float64

func (v ValueBuckets) Len() int { return 0 }

type DurationBuckets []time.Duration

func (v DurationBuckets) Len() int { return 0 }

type CachedStatsReporter interface{ Flush() }

type SanitizeOptions struct{ ReplacementCharacter rune }

type ScopeOptions struct {
	Tags            map[string]string
	Prefix          string
	CachedReporter  CachedStatsReporter
	Separator       string
	DefaultBuckets  Buckets
	SanitizeOptions *SanitizeOptions
}

var NoopScope Scope

func NewRootScope(opts ScopeOptions, interval time.Duration) (Scope, io.Closer) { return nil, nil }
