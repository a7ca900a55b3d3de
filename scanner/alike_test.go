package scanner

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestManyRows reads a table whose rows take more evaluations than are given to all of
// them together: what could not be told is not taken to be the same.
func TestManyRows(t *testing.T) {
	cfg := cachedModule(t)
	const rows = 900
	var table strings.Builder
	for i := range rows {
		fmt.Fprintf(&table, "\t\t\"n%d\": {\"Row %d.\", nil},\n", i, i)
	}
	writeFile(t, filepath.Join(cfg.Dir, "rows.go"), []byte(`package shop

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

func prefix(s string) string {
	for _, old := range []string{"-", ".", "/", " ", ":", "+", "*", "%"} {
		s = strings.ReplaceAll(s, old, "_")
	}
	return s
}

func describe(namespace, name, help string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, nil, nil)
}

func Rows(ch chan<- *prometheus.Desc) {
	for name, row := range map[string]struct{ help string; labels []string }{
`+table.String()+`	} {
		ch <- describe(prefix(prefix("a.b")), name, row.help)
	}
}
`))
	res, _ := recalled(t, cfg)
	exact := 0
	for _, m := range res.Metrics {
		if strings.HasPrefix(m.Name, "a_b_n") && m.Certainty == "" {
			exact++
		}
	}
	if exact != rows {
		t.Errorf("%d of %d rows; %v", exact, rows, res.Findings)
	}
}
