package sim

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/server"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/tenant"
)

const (
	firstTenants = 12
	maxTenants   = 30
)

// clients are the tenants and their requests. Later tenants are smaller ones.
type clients struct {
	rnd    draw.Source
	server *server.Metrics
	tenant *tenant.Metrics

	ids     []string
	awake   []bool
	weights []float64 // share of the writes; 0 while the tenant sleeps
}

func newClients(reg prometheus.Registerer, rnd draw.Source) *clients {
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
func (c *clients) advance(t clock.Tick, leader bool) int {
	c.comeAndGo(t)
	slow := 0.6 + 0.4*t.Load
	entries, busy := 0, 0.0
	if leader {
		entries, busy = c.write(c.rnd.Count(85*t.Load*t.Seconds), slow)
	} else {
		// Clients back off while writes fail.
		for range c.rnd.Count(12 * t.Load * t.Seconds) {
			c.server.Answered(server.MethodWrite, false)
		}
	}
	for range c.rnd.Count(60 * t.Load * t.Seconds) {
		took := c.rnd.LogNormal(0.004*slow, 0.8)
		c.server.QueryDuration.Observe(took)
		c.server.Answered(server.MethodQuery, !c.rnd.Chance(0.006))
		busy += took
	}
	for range c.rnd.Count(8 * t.Load * t.Seconds) {
		c.server.Answered(server.MethodReadLog, !c.rnd.Chance(0.002))
	}
	for range c.rnd.Count(0.5 * t.Load * t.Seconds) {
		c.server.Answered(server.MethodSubscribe, !c.rnd.Chance(0.01))
	}
	c.server.InFlight(c.rnd.Count(3*t.Load + busy/t.Seconds))
	return entries
}

// write makes n writes and returns their entries and the seconds that they took.
func (c *clients) write(n int, slow float64) (entries int, busy float64) {
	for range n {
		took := c.rnd.LogNormal(0.006*slow, 0.55)
		if c.rnd.Chance(0.001) {
			took *= 15
		}
		busy += took
		if c.rnd.Chance(0.002) {
			c.server.Answered(server.MethodWrite, false)
			continue
		}
		c.server.Answered(server.MethodWrite, true)
		c.server.WriteDuration.Observe(took)
		batch := 1
		if c.rnd.Chance(0.1) {
			batch += c.rnd.IntN(8)
		}
		c.tenant.Entries.WithLabelValues(c.ids[c.rnd.Pick(c.weights)]).Add(float64(batch))
		entries += batch
	}
	return entries, busy
}

// comeAndGo lets tenants sign up, connect and disconnect. The first one is
// always there.
func (c *clients) comeAndGo(t clock.Tick) {
	if len(c.ids) < maxTenants && c.rnd.Chance(t.Seconds/2400) {
		c.signUp()
	}
	active := 0
	for i := range c.ids {
		rate := 1.0 / 2400
		if !c.awake[i] {
			rate = t.Load / 600
		}
		if i > 0 && c.rnd.Chance(rate*t.Seconds) {
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
