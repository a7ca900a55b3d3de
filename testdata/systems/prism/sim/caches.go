package sim

import (
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/prism/cache"
)

// Capacities of the caches, in entries.
const (
	hotWindow       = 200
	maxBlocks       = 10_000
	maxTransactions = 30_000
	blocksAChunk    = 1_000
	maxChunks       = 60
)

// held is what the caches hold.
type held struct {
	blocks, logBlocks, transactions, receipts int
	// what was dropped and not yet counted
	evictedBlocks, evictedLogs, evictedTransactions int
}

func newHeld() held {
	return held{blocks: 8_500, logBlocks: 50_000, transactions: 25_000, receipts: 25_000}
}

// block adds a new block with its logs and transactions.
func (h *held) block(r draw.Source) {
	h.blocks++
	h.logBlocks++
	h.transactions += r.Count(40)
	h.receipts += r.Count(38)
	h.trim(r)
}

// fill adds what requests for old blocks brought.
func (h *held) fill(r draw.Source, n int) {
	h.blocks += r.Among(n, 0.002)
	h.logBlocks += r.Among(n, 0.02)
	h.transactions += r.Among(n, 0.03)
	h.receipts += r.Among(n, 0.03)
	h.trim(r)
}

// trim drops some tenths of a cache that is full.
func (h *held) trim(r draw.Source) {
	drop := func(entries *int, limit int) int {
		if *entries <= limit {
			return 0
		}
		n := int(r.Around(float64(limit)/8, 0.3))
		*entries -= n
		return n
	}
	h.evictedBlocks += drop(&h.blocks, maxBlocks)
	h.evictedLogs += drop(&h.logBlocks, maxChunks*blocksAChunk) / blocksAChunk
	h.evictedTransactions += drop(&h.transactions, maxTransactions)
	h.evictedTransactions += drop(&h.receipts, maxTransactions)
}

func (h *held) publish(m *cache.Metrics) {
	const hotBytes, blockBytes, logBytes, transactionBytes, receiptBytes = 9_000, 5_900, 2_000, 900, 700
	chunks := (h.logBlocks + blocksAChunk - 1) / blocksAChunk
	m.SetBlocks(hotWindow, h.blocks, hotWindow*hotBytes+h.blocks*blockBytes)
	m.SetLogs(chunks, h.logBlocks, h.logBlocks/2, h.logBlocks*logBytes)
	m.SetTransactions(h.transactions, h.receipts, h.transactions*transactionBytes+h.receipts*receiptBytes)
	m.Evicted(h.evictedBlocks, h.evictedLogs, h.evictedTransactions)
	h.evictedBlocks, h.evictedLogs, h.evictedTransactions = 0, 0, 0
}

// stepCaches looks up what can be cached. What it misses fills the caches.
func (s *Sim) stepCaches(dt float64) {
	for _, m := range s.traffic.Methods {
		if m.HitRatio == 0 {
			continue
		}
		misses := s.rng.Count(m.Rate * s.load * dt)
		ratio := min(0.98, s.rng.Around(m.HitRatio, 0.03))
		s.cache.Looked(m.Name, int(float64(misses)*ratio/(1-ratio)), misses)
		s.held.fill(s.rng, misses)
		if m.Ranges {
			for range s.rng.Among(misses, 0.3) {
				s.cache.Partial(m.Name, min(1, 0.2+0.8*s.rng.Float64()))
			}
		}
	}
}
