package sim

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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

// A network is what talks to the node: RPC and WebSocket clients and read nodes.
type network struct {
	rnd  random
	rpc  *rpc.Metrics
	ws   *ws.Metrics
	sync *blocksync.Metrics

	connections float64
	synced      int       // height of the read node
	outage      time.Time // when the read node loses its connection next
	back        time.Time // when it has its connection again
}

func newNetwork(reg prometheus.Registerer, rnd random, start time.Time) *network {
	n := &network{
		rnd:         rnd,
		rpc:         rpc.NewMetrics(reg),
		ws:          ws.NewMetrics(reg),
		sync:        blocksync.NewMetrics(reg),
		connections: 90,
		synced:      firstHeight,
		back:        start,
	}
	n.outage = n.nextOutage(start)
	for _, m := range methods {
		n.rpc.Handle(m.name)
	}
	n.sync.Client.Connected.Set(1)
	return n
}

func (n *network) advance(t tick, w work) {
	n.answer(t)
	n.push(t, w)
	n.follow(t, w)
}

// answer answers RPC requests.
func (n *network) answer(t tick) {
	slow := 0.6 + 0.4*t.load
	busy := 0.0
	for _, m := range methods {
		for range n.rnd.count(m.rate * t.load * t.dt) {
			took := n.rnd.around(m.median*slow, 0.6)
			if n.rnd.chance(0.001) {
				took *= 20
			}
			n.rpc.Answered(m.name, !n.rnd.chance(m.errors), took)
			busy += took
		}
	}
	n.rpc.Active.Set(float64(n.rnd.count(2*t.load + busy/t.dt)))
}

// push sends events to WebSocket clients. Connections follow the load, minutes
// behind it.
func (n *network) push(t tick, w work) {
	n.connections += (110*t.load-n.connections)*t.dt/180 + 0.8*math.Sqrt(t.dt)*n.rnd.NormFloat64()
	n.connections = max(n.connections, 5)
	connections := math.Round(n.connections)
	n.ws.Connections.Set(connections)
	n.ws.Received.Add(float64(n.rnd.count(0.04 * connections * t.dt)))

	n.event(ws.EventNewBlock, 0.10*t.load*t.dt, 0.3*connections*float64(w.blocks))
	n.event(ws.EventTransaction, 0.05*t.load*t.dt, 0.02*connections*float64(w.txs))
	n.event(ws.EventOraclePrice, 0.15*t.load*t.dt, 0.5*connections*3*t.dt)
	n.event(ws.EventRfqUpdate, 0.08*t.load*t.dt, 0.05*connections*2*t.dt)
}

// event makes so many subscriptions to and messages of an event, on average.
func (n *network) event(e ws.Event, subscriptions, messages float64) {
	n.ws.Subscriptions[e].Add(float64(n.rnd.count(subscriptions)))
	n.ws.Sent[e].Add(float64(n.rnd.count(messages)))
}

// follow lets the read node take over blocks. It loses its connection about
// every forty minutes, for less than half a minute.
func (n *network) follow(t tick, w work) {
	for !n.outage.After(t.now) {
		n.sync.Client.Errors.Inc()
		n.back = n.outage.Add(seconds(n.rnd.around(9, 0.4), 25))
		n.outage = n.nextOutage(n.back)
	}
	connected := !t.now.Before(n.back)
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
func (n *network) take(t tick, w work) {
	behind := w.height - n.synced
	count := min(behind, int(100*t.dt)+1)
	for i := range count {
		download, apply := n.rnd.around(0.012, 0.4), n.rnd.around(0.008, 0.35)
		waited := max(0, float64(behind-i-w.blocks)) / blocksPerSecond
		n.sync.Client.Download.Observe(download)
		n.sync.Client.Apply.Observe(apply)
		n.sync.Client.Latency.Observe(waited + download + apply)
	}
	// The latest block is often still under way.
	if count == behind && count > 0 && n.rnd.chance(0.3) {
		count--
	}
	n.synced += count
	n.sync.Client.Synced.Add(float64(count))
	n.sync.Server.Served.Add(float64(count))
	if n.rnd.chance(t.dt / 3000) {
		n.sync.Client.Errors.Inc()
	}
}

func (n *network) nextOutage(after time.Time) time.Time {
	return after.Add(10*time.Minute + seconds(1800*n.rnd.ExpFloat64(), 4*3600))
}

// seconds converts to a duration, at most limit seconds long.
func seconds(s, limit float64) time.Duration {
	return time.Duration(min(s, limit) * float64(time.Second))
}
