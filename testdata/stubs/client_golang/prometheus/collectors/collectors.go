// Package collectors is a stub of github.com/prometheus/client_golang/prometheus/collectors.
package collectors

import (
	"database/sql"
	"regexp"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/internal"
)

type ProcessCollectorOpts struct {
	PidFn        func() (int, error)
	Namespace    string
	ReportErrors bool
}

type GoRuntimeMetricsRule struct{ Matcher *regexp.Regexp }

var MetricsAll, MetricsGC, MetricsMemory, MetricsScheduler, MetricsDebug GoRuntimeMetricsRule

type GoCollectionOption uint32

const (
	GoRuntimeMemStatsCollection GoCollectionOption = 1 << iota
	GoRuntimeMetricsCollection
)

func WithGoCollections(flags GoCollectionOption) func(options *internal.GoCollectorOptions) {
	return nil
}

func WithGoCollectorMemStatsMetricsDisabled() func(options *internal.GoCollectorOptions) { return nil }

func WithGoCollectorRuntimeMetrics(rules ...GoRuntimeMetricsRule) func(options *internal.GoCollectorOptions) {
	return nil
}

func WithoutGoCollectorRuntimeMetrics(matchers ...*regexp.Regexp) func(options *internal.GoCollectorOptions) {
	return nil
}

func NewGoCollector(opts ...func(o *internal.GoCollectorOptions)) prometheus.Collector { return nil }

func NewProcessCollector(opts ProcessCollectorOpts) prometheus.Collector { return nil }

func NewBuildInfoCollector() prometheus.Collector { return nil }

func NewDBStatsCollector(db *sql.DB, dbName string) prometheus.Collector { return nil }

func NewExpvarCollector(exports map[string]*prometheus.Desc) prometheus.Collector { return nil }
