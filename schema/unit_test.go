package schema

import "testing"

// TestUnitOf checks that what something is counted per is not taken for its unit, and that
// what scales it belongs to it.
func TestUnitOf(t *testing.T) {
	for name, want := range map[string]string{
		"usage_last_activity_nano_seconds": "nanoseconds", "disk_free_kilo_bytes_total": "kilobytes",
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
