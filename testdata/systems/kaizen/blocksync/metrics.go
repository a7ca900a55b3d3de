// Package blocksync measures how blocks reach read nodes: the gRPC server on the
// write node and the client on a read node.
package blocksync

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/dashgen/dashgen/testdata/systems/kaizen/telemetry"
)

// The parts of metric names.
const (
	subsystemSync = "sync"
	subsystemGRPC = "grpc"
)

// Metrics are the metrics of block synchronisation.
type Metrics struct {
	Client ClientMetrics
	Server ServerMetrics
}

// ClientMetrics are the metrics of the read node's end.
type ClientMetrics struct {
	Synced    prometheus.Counter
	Height    prometheus.Gauge
	Connected prometheus.Gauge
	Errors    prometheus.Counter
	Latency   prometheus.Histogram
	Download  prometheus.Histogram
	Apply     prometheus.Histogram
}

// ServerMetrics are the metrics of the write node's end.
type ServerMetrics struct {
	Clients prometheus.Gauge
	Served  prometheus.Counter
}

// NewMetrics registers the metrics of both ends with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		Client: newClientMetrics(factory),
		Server: ServerMetrics{
			Clients: factory.NewGauge(prometheus.GaugeOpts{
				Name: prometheus.BuildFQName(telemetry.Namespace, subsystemGRPC, "clients_connected"),
				Help: "Read nodes connected to this write node.",
			}),
			Served: factory.NewCounter(prometheus.CounterOpts{
				Name: prometheus.BuildFQName(telemetry.Namespace, subsystemGRPC, "blocks_served_total"),
				Help: "Blocks sent to read nodes.",
			}),
		},
	}
}

func newClientMetrics(factory promauto.Factory) ClientMetrics {
	return ClientMetrics{
		Synced: factory.NewCounter(prometheus.CounterOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, "", "blocks_synced_total"),
			Help: "Blocks taken over from the write node.",
		}),
		Height: factory.NewGauge(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystemSync, "height"),
			Help: "Height of the latest block taken over from the write node.",
		}),
		//dashgen:alert SyncDisconnected when="== 0" for=1m severity=critical summary="Read node disconnected from write node"
		Connected: factory.NewGauge(prometheus.GaugeOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystemSync, "connected"),
			Help: "Whether the read node is connected to the write node (1) or not (0).",
		}),
		Errors: factory.NewCounter(prometheus.CounterOpts{
			Name: prometheus.BuildFQName(telemetry.Namespace, subsystemSync, "errors_total"),
			Help: "Errors while taking over blocks, lost connections among them.",
		}),
		Latency: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    prometheus.BuildFQName(telemetry.Namespace, subsystemSync, "latency_seconds"),
			Help:    "Time from the production of a block to its being applied on the read node, in seconds.",
			Buckets: prometheus.ExponentialBucketsRange(0.005, 60, 14),
		}),
		Download: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    prometheus.BuildFQName(telemetry.Namespace, subsystemSync, "block_download_seconds"),
			Help:    "Time to download a block from the write node, in seconds.",
			Buckets: prometheus.ExponentialBucketsRange(0.001, 2, 12),
		}),
		Apply: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    prometheus.BuildFQName(telemetry.Namespace, subsystemSync, "block_apply_seconds"),
			Help:    "Time to apply a downloaded block, in seconds.",
			Buckets: prometheus.ExponentialBucketsRange(0.001, 2, 12),
		}),
	}
}
