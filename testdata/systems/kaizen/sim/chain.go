package sim

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/auth"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/blocks"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/exec"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/mempool"
)

const (
	blocksPerSecond = 10 // under a load of 1
	mempoolCapacity = 10000
	firstHeight     = 4_180_000
)

// A kind is a sort of transaction that clients send.
type kind struct {
	name   string  // as its envelope says
	weight float64 // share of all transactions, in percent
	median float64 // seconds to execute
}

var kinds = []kind{
	{"Transfer", 38, 0.00025},
	{"OracleFeed", 22, 0.00015},
	{"RfqSubmit", 14, 0.0006},
	{"RfqSettle", 12, 0.0009},
	{"Deposit", 6, 0.0004},
	{"Withdraw", 4, 0.0005},
	{"CreateApiWallet", 2, 0.0003},
	{"RevokeApiWallet", 2, 0.0003},
}

// work is what the chain did in a tick.
type work struct {
	height    int // of the latest block
	blocks    int // produced in the tick
	txs       int // executed in the tick
	transfers int // among them
}

// A chain takes transactions in and makes blocks of them.
type chain struct {
	rnd     draw.Source
	mempool *mempool.Metrics
	blocks  *blocks.Metrics
	exec    *exec.Metrics
	auth    *auth.Metrics

	weights      []float64 // of kinds
	height       int
	high, normal int     // transactions that wait
	due          float64 // blocks that should have been produced and were not yet
}

func newChain(reg prometheus.Registerer, rnd draw.Source) *chain {
	c := &chain{
		rnd:     rnd,
		mempool: mempool.NewMetrics(reg),
		blocks:  blocks.NewMetrics(reg),
		exec:    exec.NewMetrics(reg),
		auth:    auth.NewMetrics(reg),
		height:  firstHeight,
	}
	for _, k := range kinds {
		c.weights = append(c.weights, k.weight)
		c.exec.Handle(k.name)
	}
	return c
}

func (c *chain) advance(t clock.Tick) work {
	c.arrivals(t)
	w := work{}
	for c.due += (blocksPerSecond + 0.3*(1-t.Load)) * t.Seconds; c.due >= 1; c.due-- {
		c.produce(&w)
	}
	w.height = c.height
	if w.blocks > 0 {
		c.blocks.Height.Set(float64(c.height))
		c.blocks.Timestamp.Set(float64(t.Now.UnixMilli()) / 1000)
	}
	c.evict(t)
	c.mempool.Pending.Set(float64(c.high + c.normal))
	c.mempool.HighPriority.Set(float64(c.high))
	c.mempool.NormalPriority.Set(float64(c.normal))
	c.mempool.UniqueSenders.Set(math.Ceil(0.6 * float64(c.high+c.normal)))
	return w
}

// arrivals lets transactions into the mempool, and now and then a burst of them.
func (c *chain) arrivals(t clock.Tick) {
	n := c.rnd.Count(30 * t.Load * t.Seconds)
	burst := c.rnd.Chance(t.Seconds / 1300)
	if burst {
		n += 300 + c.rnd.IntN(900)
	}
	for range n {
		c.auth.Verifications.Inc()
		if reason, ok := c.reject(burst); ok {
			c.mempool.Rejected[reason].Inc()
			continue
		}
		c.mempool.Added.Inc()
		c.mempool.TxSize.Observe(math.Round(c.rnd.LogNormal(260, 0.6)))
		if c.rnd.Chance(0.2) {
			c.high++
		} else {
			c.normal++
		}
	}
}

// reject says whether, and why, the next transaction is not let in. One sender
// causes most of a burst and runs into its limit.
func (c *chain) reject(burst bool) (mempool.RejectReason, bool) {
	if c.rnd.Chance(0.002) {
		c.auth.Failures.Inc()
		return mempool.RejectInvalidSignature, true
	}
	greedy := 0.002
	if burst {
		greedy = 0.15
	}
	switch {
	case c.high+c.normal >= mempoolCapacity:
		return mempool.RejectMempoolFull, true
	case c.rnd.Chance(0.006):
		return mempool.RejectDuplicate, true
	case c.rnd.Chance(greedy):
		return mempool.RejectTooManyFromSender, true
	case c.rnd.Chance(0.0015):
		return mempool.RejectInvalidTimestamp, true
	}
	return "", false
}

// produce makes one block, or fails to, which is repeated in the next slot. The
// high priority queue gets twice the share of the block that it has of the
// mempool.
func (c *chain) produce(w *work) {
	if c.rnd.Chance(0.0002) {
		c.blocks.Errors.Inc()
		return
	}
	n := min(c.high+c.normal, c.rnd.Count(min(0.02*float64(c.high+c.normal), 50)))
	high := min(c.high, int(math.Ceil(float64(2*n*c.high)/float64(max(1, 2*c.high+c.normal)))), n)
	n = min(n, high+c.normal)
	c.high -= high
	c.normal -= n - high

	validation, execution := c.rnd.LogNormal(0.0008, 0.3), c.rnd.LogNormal(0.0006, 0.3)
	for range n {
		k := kinds[c.rnd.Pick(c.weights)]
		check, run := c.rnd.LogNormal(0.00008, 0.4), c.rnd.LogNormal(k.median, 0.5)
		c.exec.Executed(k.name, !c.rnd.Chance(0.008), check, run)
		validation, execution = validation+check, execution+run
		if k.name == "Transfer" {
			w.transfers++
		}
	}
	c.measure(validation, execution)
	c.blocks.TxCount.Observe(float64(n))
	c.blocks.Produced.Inc()
	if n == 0 {
		c.blocks.Empty.Inc()
	}
	c.height++
	w.blocks++
	w.txs += n
}

// measure records how long a block took. A commit in some hundred meets a
// compaction and takes ten times as long; that is too few to move a 99th
// percentile past 90 ms.
func (c *chain) measure(validation, execution float64) {
	commit := c.rnd.LogNormal(0.004, 0.35)
	if c.rnd.Chance(0.003) {
		commit *= 10
	}
	c.blocks.Validation.Observe(validation)
	c.blocks.Execution.Observe(execution)
	c.blocks.Commit.Observe(commit)
	c.blocks.Production.Observe(validation + execution + commit + c.rnd.LogNormal(0.0015, 0.3))
}

// evict throws some of what waits out again.
func (c *chain) evict(t clock.Tick) {
	drop := func(reason mempool.EvictReason, n int) {
		n = min(n, c.normal)
		c.normal -= n
		c.mempool.Evicted[reason].Add(float64(n))
	}
	drop(mempool.EvictReplaced, c.rnd.Count(0.05*t.Load*t.Seconds))
	drop(mempool.EvictExpired, c.rnd.Count(0.0001*float64(c.normal)*t.Seconds))
	if c.normal > 800 {
		drop(mempool.EvictLowPriority, c.rnd.Count(0.5*t.Seconds))
	}
}
