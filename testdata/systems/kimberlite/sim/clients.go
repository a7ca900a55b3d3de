package sim

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/server"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/tenant"
)

const (
	firstTenants = 12
	maxTenants   = 30
)

// clients are the tenants and their requests. Later tenants are smaller ones.
type clients struct {
	rnd    random
	server *server.Metrics
	tenant *tenant.Metrics

	ids     []string
	awake   []bool
	weights []float64 // share of the writes; 0 while the tenant sleeps
}

func newClients(reg prometheus.Registerer, rnd random) *clients {
	c := &clients{
		rnd:    rnd,
		server: server.NewMetrics(reg),
		tenant: tenant.NewMetrics(reg),
	}
	for range firstTenants {
		c.signUp()
	}
	return c
}

// signUp adds a tenant.
func (c *clients) signUp() {
	id := fmt.Sprintf("t-%05d", 10000+c.rnd.IntN(90000))
	c.tenant.Entries.WithLabelValues(id)
	c.ids = append(c.ids, id)
	c.awake = append(c.awake, true)
	c.weights = append(c.weights, 0)
}

// advance makes the requests of a tick and returns how many entries the writes
// among them have.
func (c *clients) advance(t tick, leader bool) int {
	c.comeAndGo(t)
	slow := 0.6 + 0.4*t.load
	entries, busy := 0, 0.0
	if leader {
		entries, busy = c.write(c.rnd.count(85*t.load*t.dt), slow)
	} else {
		// Clients back off while writes fail.
		for range c.rnd.count(12 * t.load * t.dt) {
			c.server.Answered(server.MethodWrite, false)
		}
	}
	for range c.rnd.count(60 * t.load * t.dt) {
		took := c.rnd.around(0.004*slow, 0.8)
		c.server.QueryDuration.Observe(took)
		c.server.Answered(server.MethodQuery, !c.rnd.chance(0.006))
		busy += took
	}
	for range c.rnd.count(8 * t.load * t.dt) {
		c.server.Answered(server.MethodReadLog, !c.rnd.chance(0.002))
	}
	for range c.rnd.count(0.5 * t.load * t.dt) {
		c.server.Answered(server.MethodSubscribe, !c.rnd.chance(0.01))
	}
	c.server.InFlight(c.rnd.count(3*t.load + busy/t.dt))
	return entries
}

// write makes n writes and returns their entries and the seconds that they took.
func (c *clients) write(n int, slow float64) (entries int, busy float64) {
	for range n {
		took := c.rnd.around(0.006*slow, 0.55)
		if c.rnd.chance(0.001) {
			took *= 15
		}
		busy += took
		if c.rnd.chance(0.002) {
			c.server.Answered(server.MethodWrite, false)
			continue
		}
		c.server.Answered(server.MethodWrite, true)
		c.server.WriteDuration.Observe(took)
		batch := 1
		if c.rnd.chance(0.1) {
			batch += c.rnd.IntN(8)
		}
		c.tenant.Entries.WithLabelValues(c.ids[c.rnd.pick(c.weights)]).Add(float64(batch))
		entries += batch
	}
	return entries, busy
}

// comeAndGo lets tenants sign up, connect and disconnect. The first one is
// always there.
func (c *clients) comeAndGo(t tick) {
	if len(c.ids) < maxTenants && c.rnd.chance(t.dt/2400) {
		c.signUp()
	}
	active := 0
	for i := range c.ids {
		rate := 1.0 / 2400
		if !c.awake[i] {
			rate = t.load / 600
		}
		if i > 0 && c.rnd.chance(rate*t.dt) {
			c.awake[i] = !c.awake[i]
		}
		c.weights[i] = 0
		if c.awake[i] {
			c.weights[i] = 1 / float64(i+2)
			active++
		}
	}
	c.tenant.Active.Set(float64(active))
}
