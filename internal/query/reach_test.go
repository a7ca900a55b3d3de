package query

import (
	"fmt"
	"testing"
)

func TestReach(t *testing.T) {
	for expr, want := range map[string]string{
		`a > 3 * rate(b[30m] offset 1h)`:                     "map[a:0s b:1h30m0s]",
		`max_over_time(rate(a[5m])[1h:1m] offset 2h)`:        "map[a:3h5m0s]",
		`a or a offset 90m`:                                  "map[a:1h30m0s]",
		`{job="x"} offset 1m + {__name__="b"} + c @ start()`: "map[:1m0s b:0s]",
		`a[`: "map[]",
	} {
		if got := fmt.Sprint(Reach(expr)); got != want {
			t.Errorf("%s: got %s, want %s", expr, got, want)
		}
	}
}
