package sim

import (
	"fmt"
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/process"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/storage"
)

const (
	blockBytes = 2200 // what a block adds to the database
	txBytes    = 610  // what a transaction adds to it
	pruneEvery = 100  // blocks
)

// A node is the process and the store below the chain.
type node struct {
	rnd     draw.Source
	process *process.Metrics
	store   *storage.Metrics

	cpu      float64 // seconds
	size     float64 // bytes of the database
	waste    float64 // bytes that a compaction would free
	cached   float64 // entries of the cache
	hitRatio float64
	unpruned int // blocks since the last run of pruning
}

func newNode(reg prometheus.Registerer, rnd draw.Source) *node {
	n := &node{
		rnd:      rnd,
		process:  process.NewMetrics(reg),
		store:    storage.NewMetrics(reg),
		size:     18 << 30,
		cached:   40000,
		hitRatio: 0.9,
	}
	n.process.Started(process.Build{Version: fmt.Sprintf("0.14.%d", rnd.IntN(8)), Mode: "both"})
	return n
}

func (n *node) advance(t clock.Tick, w work) {
	n.state(t, w)
	n.compact(t)
	n.prune(w)
	n.store.RocksDB.Size.Set(math.Round(n.size))

	n.cpu += (0.25 + 0.4*t.Load) * t.Seconds
	n.process.CPU.Set(n.cpu)
	n.process.Memory.Set(math.Round(900e6 + 2000*n.cached + 40e6*t.Load + 1e6*n.rnd.NormFloat64()))
	n.process.Uptime.Set(t.Age.Seconds())
}

// state reads and writes what the transactions of a tick touch; what the cache
// does not hold is read from RocksDB.
func (n *node) state(t clock.Tick, w work) {
	misses := 0
	reads, writes := 4*w.txs+w.blocks, 2*w.txs+w.blocks
	for range reads {
		took := n.rnd.LogNormal(0.000012, 0.5)
		if !n.rnd.Chance(n.hitRatio) {
			disk := n.rnd.LogNormal(0.00028, 0.7)
			n.store.RocksDB.ReadDuration.Observe(disk)
			took += disk
			misses++
		}
		n.store.State.ReadDuration.Observe(took)
	}
	for range writes {
		n.store.State.WriteDuration.Observe(n.rnd.LogNormal(0.00002, 0.5))
	}
	for range w.blocks {
		n.store.State.CommitDuration.Observe(n.rnd.LogNormal(0.0042, 0.35))
		n.store.RocksDB.WriteDuration.Observe(n.rnd.LogNormal(0.0016, 0.5))
	}
	n.store.State.Reads.Add(float64(reads))
	n.store.State.Writes.Add(float64(writes))
	n.store.RocksDB.Reads.Add(float64(misses))
	n.store.RocksDB.Writes.Add(float64(w.blocks))

	grown := float64(w.blocks*blockBytes + w.txs*txBytes)
	n.size += grown
	n.waste += 0.5 * grown
	n.cached += (65000*(0.8+0.2*t.Load) - n.cached) * t.Seconds / 600
	n.hitRatio += (0.97 - 0.05*t.Load - n.hitRatio) * t.Seconds / 300
	n.store.State.CacheSize.Set(math.Round(n.cached))
	n.store.State.CacheHitRatio.Set(n.hitRatio)
}

// compact frees what was overwritten, about every two minutes.
func (n *node) compact(t clock.Tick) {
	if !n.rnd.Chance(t.Seconds / 120) {
		return
	}
	n.size -= n.waste
	n.waste = 0
	n.store.RocksDB.Compactions.Inc()
	n.store.RocksDB.CompactionDuration.Observe(n.rnd.LogNormal(1.8, 0.6))
}

// prune removes as many old blocks as were added since the last run.
func (n *node) prune(w work) {
	for n.unpruned += w.blocks; n.unpruned >= pruneEvery; n.unpruned -= pruneEvery {
		n.size -= 0.45 * pruneEvery * (blockBytes + 3*txBytes)
		n.store.Pruning.Blocks.Add(pruneEvery)
		n.store.Pruning.Duration.Observe(n.rnd.LogNormal(0.06, 0.5))
	}
}
