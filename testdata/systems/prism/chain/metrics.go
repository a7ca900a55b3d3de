// Package chain follows the chain's tip: the highest block, how late Prism hears
// of it, and reorganisations.
package chain

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/prism/telemetry"
)

// Metrics are the metrics of the chain's state.
type Metrics struct {
	updateLatency prometheus.Histogram
	reorgs        prometheus.Counter
	reorgDepth    prometheus.Histogram
	blocks        *blocks
}

// NewMetrics makes the metrics of the chain's state and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	updateOpts := prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Subsystem: "chain_tip",
		Name:      "update_latency_seconds",
		Help:      "Time from a block's appearance at the first upstream to the update of the tip.",
		Buckets:   prometheus.ExponentialBucketsRange(0.01, 10.24, 11),
	}
	depthOpts := prometheus.HistogramOpts{
		Namespace: telemetry.Namespace,
		Name:      "reorg_depth",
		Help:      "Blocks that a reorganisation replaced.",
		Buckets:   []float64{1, 2, 3, 5, 10, 20, 50},
	}
	m := &Metrics{
		updateLatency: promauto.With(reg).NewHistogram(updateOpts),
		reorgs: promauto.With(reg).NewCounter(prometheus.CounterOpts{
			Namespace: telemetry.Namespace,
			Name:      "reorgs_detected_total",
			Help:      "Reorganisations of the chain.",
		}),
		reorgDepth: promauto.With(reg).NewHistogram(depthOpts),
		blocks:     newBlocks(),
	}
	reg.MustRegister(m.blocks)
	return m
}

// Advanced records a new tip, heard of after that many seconds.
func (m *Metrics) Advanced(tip int64, seconds float64) {
	m.blocks.tip.Store(tip)
	m.updateLatency.Observe(seconds)
}

// Reorganised records that the chain changed from that block on, so many blocks
// deep.
func (m *Metrics) Reorganised(block int64, depth int) {
	m.blocks.lastReorg.Store(block)
	m.reorgs.Inc()
	m.reorgDepth.Observe(float64(depth))
}

// blocks exposes block numbers, which are read where they are kept.
type blocks struct {
	tip, lastReorg         atomic.Int64
	tipDesc, lastReorgDesc *prometheus.Desc
}

func newBlocks() *blocks {
	return &blocks{
		tipDesc: prometheus.NewDesc(
			prometheus.BuildFQName(telemetry.Namespace, "chain_tip", "block"),
			"Number of the highest block seen at any upstream.",
			nil, nil,
		),
		lastReorgDesc: prometheus.NewDesc(
			prometheus.BuildFQName(telemetry.Namespace, "last_reorg", "block"),
			"Number of the first block that the last reorganisation replaced, 0 if there was none.",
			nil, nil,
		),
	}
}

// Describe implements prometheus.Collector.
func (b *blocks) Describe(ch chan<- *prometheus.Desc) {
	ch <- b.tipDesc
	ch <- b.lastReorgDesc
}

// Collect implements prometheus.Collector.
func (b *blocks) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.MustNewConstMetric(b.tipDesc, prometheus.GaugeValue, float64(b.tip.Load()))
	ch <- prometheus.MustNewConstMetric(b.lastReorgDesc, prometheus.GaugeValue, float64(b.lastReorg.Load()))
}
