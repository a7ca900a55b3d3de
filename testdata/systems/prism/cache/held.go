package cache

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// held are the gauges of what the caches hold.
type held struct {
	blockHotWindow, blockEntries, blockBytes             prometheus.Gauge
	logChunks, logBlocks, logBitmaps, logBytes           prometheus.Gauge
	transactionEntries, receiptEntries, transactionBytes prometheus.Gauge
}

func newHeld(reg prometheus.Registerer) held {
	auto := promauto.With(prometheus.WrapRegistererWithPrefix("rpc_", reg))
	const block, log, transaction = "block_cache", "log_cache", "transaction_cache"
	return held{
		blockHotWindow: auto.NewGauge(prometheus.GaugeOpts{Subsystem: block, Name: "hot_window_size",
			Help: "Blocks behind the chain tip that are always kept."}),
		blockEntries: auto.NewGauge(prometheus.GaugeOpts{Subsystem: block, Name: "lru_entries",
			Help: "Blocks kept beyond the hot window, least recently used first to go."}),
		blockBytes: auto.NewGauge(prometheus.GaugeOpts{Subsystem: block, Name: "bytes",
			Help: "Memory held by the block cache."}),
		logChunks: auto.NewGauge(prometheus.GaugeOpts{Subsystem: log, Name: "chunks",
			Help: "Chunks of consecutive blocks in the log cache."}),
		logBlocks: auto.NewGauge(prometheus.GaugeOpts{Subsystem: log, Name: "indexed_blocks",
			Help: "Blocks whose logs are indexed."}),
		logBitmaps: auto.NewGauge(prometheus.GaugeOpts{Subsystem: log, Name: "bitmap_entries",
			Help: "Bitmaps of the log index, one an address or topic."}),
		logBytes: auto.NewGauge(prometheus.GaugeOpts{Subsystem: log, Name: "bytes",
			Help: "Memory held by the log cache."}),
		transactionEntries: auto.NewGauge(prometheus.GaugeOpts{Subsystem: transaction, Name: "entries",
			Help: "Transactions in the transaction cache."}),
		receiptEntries: auto.NewGauge(prometheus.GaugeOpts{Subsystem: "receipt_cache", Name: "entries",
			Help: "Receipts in the transaction cache."}),
		transactionBytes: auto.NewGauge(prometheus.GaugeOpts{Subsystem: transaction, Name: "bytes",
			Help: "Memory held by transactions and receipts."}),
	}
}

// SetBlocks records what the block cache holds.
func (m *Metrics) SetBlocks(hotWindow, entries, bytes int) {
	m.held.blockHotWindow.Set(float64(hotWindow))
	m.held.blockEntries.Set(float64(entries))
	m.held.blockBytes.Set(float64(bytes))
}

// SetLogs records what the log cache holds.
func (m *Metrics) SetLogs(chunks, blocks, bitmaps, bytes int) {
	m.held.logChunks.Set(float64(chunks))
	m.held.logBlocks.Set(float64(blocks))
	m.held.logBitmaps.Set(float64(bitmaps))
	m.held.logBytes.Set(float64(bytes))
}

// SetTransactions records what the transaction cache holds.
func (m *Metrics) SetTransactions(transactions, receipts, bytes int) {
	m.held.transactionEntries.Set(float64(transactions))
	m.held.receiptEntries.Set(float64(receipts))
	m.held.transactionBytes.Set(float64(bytes))
}
