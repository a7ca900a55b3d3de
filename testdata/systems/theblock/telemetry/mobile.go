package telemetry

import "github.com/prometheus/client_golang/prometheus"

const mobileCache = "mobile_cache"

// Mobile holds the metrics of a mobile gateway: its cache and its queue of
// transactions that wait for a connection.
type Mobile struct {
	Hits        prometheus.Counter
	Misses      prometheus.Counter
	Rejects     prometheus.Counter
	Sweeps      prometheus.Counter
	SweepWindow prometheus.Gauge // seconds
	Entries     prometheus.Gauge
	EntryBytes  prometheus.Gauge
	Queued      prometheus.Gauge
	QueuedBytes prometheus.Gauge
	TxQueue     prometheus.Gauge
}

func newMobile(reg prometheus.Registerer) *Mobile {
	m := newMobileCache()
	m.newQueues()
	for _, c := range []prometheus.Collector{
		m.Hits, m.Misses, m.Rejects, m.Sweeps, m.SweepWindow,
		m.Entries, m.EntryBytes, m.Queued, m.QueuedBytes, m.TxQueue,
	} {
		reg.MustRegister(c)
	}
	return m
}

// newMobileCache makes the metrics of the cache; the others are still nil.
func newMobileCache() *Mobile {
	return &Mobile{
		Hits: prometheus.NewCounter(prometheus.CounterOpts{
			Subsystem: mobileCache,
			Name:      "hit_total",
			Help:      "Lookups that the cache answered.",
		}),
		Misses: prometheus.NewCounter(prometheus.CounterOpts{
			Subsystem: mobileCache,
			Name:      "miss_total",
			Help:      "Lookups that the cache could not answer.",
		}),
		//dashgen:alert MobileCacheRejects when="> 0.5" severity=warning summary="The mobile cache rejects insertions"
		Rejects: prometheus.NewCounter(prometheus.CounterOpts{
			Subsystem: mobileCache,
			Name:      "reject_total",
			Help:      "Insertions that exceeded the configured limits of payload or count.",
		}),
		Sweeps: prometheus.NewCounter(prometheus.CounterOpts{
			Subsystem: mobileCache,
			Name:      "sweep_total",
			Help:      "Sweeps over the cache that removed expired entries.",
		}),
		SweepWindow: prometheus.NewGauge(prometheus.GaugeOpts{
			Subsystem: mobileCache,
			Name:      "sweep_window_seconds",
			Help:      "Time between two sweeps.",
		}),
		//dashgen:ignore counter-total the document's name for a gauge: entries expire
		Entries: prometheus.NewGauge(prometheus.GaugeOpts{
			Subsystem: mobileCache,
			Name:      "entry_total",
			Help:      "Entries in the cache.",
		}),
		EntryBytes: prometheus.NewGauge(prometheus.GaugeOpts{
			Subsystem: mobileCache,
			Name:      "entry_bytes",
			Help:      "Size of the entries in the cache.",
		}),
	}
}

// newQueues makes the metrics of what waits for a connection.
func (m *Mobile) newQueues() {
	//dashgen:ignore counter-total the document's name for a gauge: the queue drains after a reconnect
	m.Queued = prometheus.NewGauge(prometheus.GaugeOpts{
		Subsystem: mobileCache,
		Name:      "queue_total",
		Help:      "Updates that are queued while the device is offline.",
	})
	m.QueuedBytes = prometheus.NewGauge(prometheus.GaugeOpts{
		Subsystem: mobileCache,
		Name:      "queue_bytes",
		Help:      "Size of the updates that are queued while the device is offline.",
	})
	//dashgen:alert MobileTxQueueDeep when="> 500" severity=page summary="Queued mobile transactions exceed the expected range"
	m.TxQueue = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: prometheus.BuildFQName("", "mobile", "tx_queue_depth"),
		Help: "Transactions that are queued while the device is offline.",
	})
}
