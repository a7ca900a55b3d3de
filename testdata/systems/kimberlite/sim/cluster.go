package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/consensus"
)

const clusterSize = 3

// A cluster is the three replicas as one of them sees them.
type cluster struct {
	rnd     random
	replica *consensus.Replica
	lost    time.Time // when the leader is lost next
	elected time.Time // when the next leader is elected; zero: there is one
}

func newCluster(reg prometheus.Registerer, rnd random, start time.Time) *cluster {
	c := &cluster{
		rnd:     rnd,
		replica: consensus.NewReplica(consensus.State{Commits: firstPosition, View: 5, Leader: 3}),
	}
	c.lost = c.nextLoss(start)
	reg.MustRegister(consensus.NewCollector(c.replica))
	return c
}

// advance changes the view about once an hour and reports whether there is a
// leader. An election takes seconds.
func (c *cluster) advance(t tick) bool {
	for {
		switch {
		case c.elected.IsZero() && !c.lost.After(t.now):
			c.replica.LoseLeader()
			c.elected = c.lost.Add(seconds(c.rnd.around(2.5, 0.4), 8))
		case !c.elected.IsZero() && !c.elected.After(t.now):
			c.replica.Elect(int(c.replica.State().View%clusterSize) + 1)
			c.lost, c.elected = c.nextLoss(c.elected), time.Time{}
		default:
			return c.elected.IsZero()
		}
	}
}

func (c *cluster) nextLoss(after time.Time) time.Time {
	return after.Add(15*time.Minute + seconds(2700*c.rnd.ExpFloat64(), 4*3600))
}

// seconds converts to a duration, at most limit seconds long.
func seconds(s, limit float64) time.Duration {
	return time.Duration(min(s, limit) * float64(time.Second))
}
