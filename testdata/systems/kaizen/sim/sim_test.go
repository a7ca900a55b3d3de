package sim_test

import (
	"testing"

	"github.com/dashgen/dashgen/testdata/systems/internal/simtest"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/sim"
)

func TestSim(t *testing.T) {
	simtest.Test(t, sim.New, simtest.Health{
		Still: []string{"kaizen_info", "kaizen_oracle_stale_total"},
		Most:  map[string]float64{"kaizen_mempool_pending_txs": 5000},
	})
}
