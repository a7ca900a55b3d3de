package sim_test

import (
	"testing"

	"github.com/dashgen/dashgen/testdata/systems/internal/simtest"
	"github.com/dashgen/dashgen/testdata/systems/prism/sim"
)

func TestSim(t *testing.T) {
	simtest.Test(t, sim.New, simtest.Health{
		Still: []string{"rpc_block_cache_hot_window_size"},
		Rate:  map[string]float64{"rpc_requests_total": 1},
	})
}
