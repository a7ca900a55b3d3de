// Package prometheus stands for the real one in the scanner's tests.
package prometheus

import "github.com/uber-go/tally/v4"

const DefaultSeparator = "_"

var DefaultSanitizerOpts = tally.SanitizeOptions{}

type TimerType int

const (
	SummaryTimerType TimerType = iota
	HistogramTimerType
)

type Options struct{ DefaultTimerType TimerType }

type Reporter interface{ tally.CachedStatsReporter }

func NewReporter(opts Options) Reporter { return nil }
