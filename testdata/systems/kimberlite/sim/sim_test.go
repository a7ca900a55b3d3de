package sim_test

import (
	"testing"

	"github.com/dashgen/dashgen/testdata/systems/internal/simtest"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/sim"
)

func TestSim(t *testing.T) {
	simtest.Test(t, sim.New, simtest.Health{
		Most: map[string]float64{"kmb_projection_lag": 1000},
	})
}
