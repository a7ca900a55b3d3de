package view

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/query"
)

// Every value is written as Grafana writes it.
func TestText(t *testing.T) {
	data, err := os.ReadFile("testdata/units.txt")
	if err != nil {
		t.Fatal(err)
	}
	now, n := time.UnixMilli(1700000000000).UTC(), 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 4 {
			continue
		}
		v, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		var decimals *int
		if d, err := strconv.Atoi(f[2]); err == nil {
			decimals = &d
		}
		if got := Text(f[0], v, decimals, now); got != f[3] {
			t.Errorf("%s %s with %s decimals: %q, Grafana writes %q", f[0], f[1], f[2], got, f[3])
		}
		n++
	}
	if n < 3000 {
		t.Errorf("read %d lines only", n)
	}
}

// Every unit that the linter knows can be written.
func TestFormatOf(t *testing.T) {
	for _, unit := range query.Units() {
		if f, ok := formats()[unit]; !ok || f.Func == "" {
			t.Errorf("unit %q has no format", unit)
		}
	}
}
