package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/consensus"
)

const clusterSize = 3

// The view changes about once an hour.
const (
	viewGap  = 15 * time.Minute
	viewMean = 45 * time.Minute
)

// A cluster is the three replicas as one of them sees them.
type cluster struct {
	rnd     draw.Source
	replica *consensus.Replica
	lost    time.Time // when the leader is lost next
	elected time.Time // when the next leader is elected; zero: there is one
}

func newCluster(reg prometheus.Registerer, rnd draw.Source, start time.Time) *cluster {
	c := &cluster{
		rnd:     rnd,
		replica: consensus.NewReplica(consensus.State{Commits: firstPosition, View: 5, Leader: 3}),
	}
	c.lost = start.Add(rnd.Wait(viewGap, viewMean))
	reg.MustRegister(consensus.NewCollector(c.replica))
	return c
}

// advance changes the view when its time has come and reports whether there is a
// leader. An election takes seconds.
func (c *cluster) advance(t clock.Tick) bool {
	for {
		switch {
		case c.elected.IsZero() && !c.lost.After(t.Now):
			c.replica.LoseLeader()
			c.elected = c.lost.Add(c.rnd.Lasting(2500*time.Millisecond, 0.4, 8*time.Second))
		case !c.elected.IsZero() && !c.elected.After(t.Now):
			c.replica.Elect(int(c.replica.State().View%clusterSize) + 1)
			c.lost, c.elected = c.elected.Add(c.rnd.Wait(viewGap, viewMean)), time.Time{}
		default:
			return c.elected.IsZero()
		}
	}
}
