package schema

import "testing"

// TestUnitOfRates checks that what something is counted per is not taken for its unit.
func TestUnitOfRates(t *testing.T) {
	for name, want := range map[string]string{
		"shop_speed_meters_per_second":        "",
		"shop_requests_seen_per_second_total": "",
		"shop_read_bytes_per_second":          "",
		"shop_wait_per_call_seconds":          "seconds",
		"shop_wait_seconds_total":             "seconds",
	} {
		if got := UnitOf(&Metric{Name: name}); got != want {
			t.Errorf("UnitOf(%s) = %q, want %q", name, got, want)
		}
	}
}
