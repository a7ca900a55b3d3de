package sim_test

import (
	"testing"

	"github.com/dashgen/dashgen/testdata/systems/internal/simtest"
	"github.com/dashgen/dashgen/testdata/systems/zerostate/sim"
)

func TestSim(t *testing.T) {
	simtest.Test(t, sim.New, simtest.Health{
		Rate: map[string]float64{"execution_tasks_total": 1},
	})
}
