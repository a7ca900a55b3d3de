package sim_test

import (
	"testing"

	"github.com/dashgen/dashgen/testdata/systems/internal/simtest"
	"github.com/dashgen/dashgen/testdata/systems/theblock/sim"
)

func TestSim(t *testing.T) {
	simtest.Test(t, sim.New, simtest.Health{
		Still: []string{
			"consumer_fee_comfort_p90_microunits",
			"gov_quorum_required",
			"mobile_cache_sweep_window_seconds",
			"settle_audit_mismatch_total",
			"the_block_light_client_battery_threshold_ratio",
		},
		Rare: []string{"SETTLE_MODE_CHANGE_TOTAL", "gov_rollback_total", "kill_switch_trigger_total"},
	})
}
