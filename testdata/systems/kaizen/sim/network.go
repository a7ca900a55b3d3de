package sim

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/blocksync"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/rpc"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/ws"
)

// A method is an RPC method that the server routes.
type method struct {
	name   string
	rate   float64 // requests a second under a load of 1
	median float64 // seconds to answer under a load of 1
	errors float64 // share of requests that fail
}

var methods = []method{
	{"kaizen_getAccount", 14, 0.0016, 0.003},
	{"kaizen_getBlockByHeight", 9, 0.0035, 0.005},
	{"kaizen_getOraclePrice", 8, 0.0009, 0.001},
	{"kaizen_getOrders", 5, 0.006, 0.004},
	{"kaizen_getTransaction", 4, 0.0028, 0.012},
	{"kaizen_sendTransaction", 30, 0.0042, 0.011},
}

// The read node loses its connection about every forty minutes.
const (
	outageGap  = 10 * time.Minute
	outageMean = 30 * time.Minute
)

// A network is what talks to the node: RPC and WebSocket clients and read nodes.
type network struct {
	rnd  draw.Source
	rpc  *rpc.Metrics
	ws   *ws.Metrics
	sync *blocksync.Metrics

	connections float64
	synced      int       // height of the read node
	outage      time.Time // when the read node loses its connection next
	back        time.Time // when it has its connection again
}

func newNetwork(reg prometheus.Registerer, rnd draw.Source, start time.Time) *network {
	n := &network{
		rnd:         rnd,
		rpc:         rpc.NewMetrics(reg),
		ws:          ws.NewMetrics(reg),
		sync:        blocksync.NewMetrics(reg),
		connections: 90,
		synced:      firstHeight,
		back:        start,
	}
	n.outage = start.Add(n.rnd.Wait(outageGap, outageMean))
	for _, m := range methods {
		n.rpc.Handle(m.name)
	}
	n.sync.Client.Connected.Set(1)
	return n
}

func (n *network) advance(t clock.Tick, w work) {
	n.answer(t)
	n.push(t, w)
	n.follow(t, w)
}

// answer answers RPC requests.
func (n *network) answer(t clock.Tick) {
	slow := 0.6 + 0.4*t.Load
	busy := 0.0
	for _, m := range methods {
		for range n.rnd.Count(m.rate * t.Load * t.Seconds) {
			took := n.rnd.LogNormal(m.median*slow, 0.6)
			if n.rnd.Chance(0.001) {
				took *= 20
			}
			n.rpc.Answered(m.name, !n.rnd.Chance(m.errors), took)
			busy += took
		}
	}
	n.rpc.Active.Set(float64(n.rnd.Count(2*t.Load + busy/t.Seconds)))
}

// push sends events to WebSocket clients. Connections follow the load, minutes
// behind it.
func (n *network) push(t clock.Tick, w work) {
	n.connections += (110*t.Load-n.connections)*t.Seconds/180 + 0.8*math.Sqrt(t.Seconds)*n.rnd.NormFloat64()
	n.connections = max(n.connections, 5)
	connections := math.Round(n.connections)
	n.ws.Connections.Set(connections)
	n.ws.Received.Add(float64(n.rnd.Count(0.04 * connections * t.Seconds)))

	n.event(ws.EventNewBlock, 0.10*t.Load*t.Seconds, 0.3*connections*float64(w.blocks))
	n.event(ws.EventTransaction, 0.05*t.Load*t.Seconds, 0.02*connections*float64(w.txs))
	n.event(ws.EventOraclePrice, 0.15*t.Load*t.Seconds, 0.5*connections*3*t.Seconds)
	n.event(ws.EventRfqUpdate, 0.08*t.Load*t.Seconds, 0.05*connections*2*t.Seconds)
}

// event makes so many subscriptions to and messages of an event, on average.
func (n *network) event(e ws.Event, subscriptions, messages float64) {
	n.ws.Subscriptions[e].Add(float64(n.rnd.Count(subscriptions)))
	n.ws.Sent[e].Add(float64(n.rnd.Count(messages)))
}

// follow lets the read node take over blocks, unless it has lost its connection,
// which it does for less than half a minute.
func (n *network) follow(t clock.Tick, w work) {
	for !n.outage.After(t.Now) {
		n.sync.Client.Errors.Inc()
		n.back = n.outage.Add(n.rnd.Lasting(9*time.Second, 0.4, 25*time.Second))
		n.outage = n.back.Add(n.rnd.Wait(outageGap, outageMean))
	}
	connected := !t.Now.Before(n.back)
	clients := 3.0
	if connected {
		n.sync.Client.Connected.Set(1)
		n.take(t, w)
	} else {
		n.sync.Client.Connected.Set(0)
		clients--
	}
	n.sync.Server.Clients.Set(clients)
	n.sync.Server.Served.Add((clients - 1) * float64(w.blocks))
	n.sync.Client.Height.Set(float64(n.synced))
}

// take takes over what the read node is behind, at most 100 blocks a second.
func (n *network) take(t clock.Tick, w work) {
	behind := w.height - n.synced
	count := min(behind, int(100*t.Seconds)+1)
	for i := range count {
		download, apply := n.rnd.LogNormal(0.012, 0.4), n.rnd.LogNormal(0.008, 0.35)
		waited := max(0, float64(behind-i-w.blocks)) / blocksPerSecond
		n.sync.Client.Download.Observe(download)
		n.sync.Client.Apply.Observe(apply)
		n.sync.Client.Latency.Observe(waited + download + apply)
	}
	// The latest block is often still under way.
	if count == behind && count > 0 && n.rnd.Chance(0.3) {
		count--
	}
	n.synced += count
	n.sync.Client.Synced.Add(float64(count))
	n.sync.Server.Served.Add(float64(count))
	if n.rnd.Chance(t.Seconds / 3000) {
		n.sync.Client.Errors.Inc()
	}
}
