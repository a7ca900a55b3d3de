// Package aggregator holds the metrics of the metrics-aggregator service, which
// collects the peer statistics of a fleet of nodes. In production it is a program
// of its own; the simulation runs it in the node's process.
//
// It imports client_golang only.
package aggregator

import "github.com/prometheus/client_golang/prometheus"

// prefix is that of the aggregator's own work, as against what it tells of the
// cluster.
const prefix = "aggregator_"

var pruneOpts = prometheus.CounterOpts{
	Name: prefix + "retention_pruned_total",
	Help: "Peer snapshots dropped because they were older than the retention.",
}

var exportOpts = prometheus.CounterOpts{
	Name: "bulk_export_total",
	Help: "Downloads of all peer snapshots at once.",
}

// Metrics holds the metrics of one aggregator. Its zero value is not useful: use New.
type Metrics struct {
	Ingested         prometheus.Counter
	Pruned           prometheus.Counter
	ReplicationLag   prometheus.Gauge // seconds
	ActivePeers      prometheus.Gauge
	Exports          prometheus.Counter
	CorrelationFails prometheus.Counter
}

// New makes the metrics of an aggregator and registers them with reg. It panics if
// one of their names is taken.
func New(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		//dashgen:alert AggregatorIngestStalled when="== 0" severity=warning summary="The aggregator takes in no peer snapshots"
		Ingested: prometheus.NewCounter(prometheus.CounterOpts{
			Name: prefix + "ingest_total",
			Help: "Peer snapshots taken in from nodes.",
		}),
		Pruned: prometheus.NewCounter(pruneOpts),
		ReplicationLag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: prefix + "replication_lag_seconds",
			Help: "Age of the last write-ahead log entry that this follower has applied.",
		}),
		//dashgen:ignore counter-total the document's name for a gauge: peers come and go
		ActivePeers: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "cluster_peer_active_total",
			Help: "Peers of the cluster that reported within the last minute.",
		}),
		Exports: prometheus.NewCounter(exportOpts),
		CorrelationFails: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "log_correlation_fail_total",
			Help: "Searches in a node's log that found no record for a metric's correlation id.",
		}),
	}
	for _, c := range []prometheus.Collector{
		m.Ingested, m.Pruned, m.ReplicationLag, m.ActivePeers, m.Exports, m.CorrelationFails,
	} {
		reg.MustRegister(c)
	}
	return m
}
