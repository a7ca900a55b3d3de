package scanner

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
)

// TestProvenance scans a program with Explain and compares what each metric says of
// itself, as lines: position, value, expression and what it is, parts indented.
func TestProvenance(t *testing.T) {
	for name, test := range provenanceTests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, "explain.test"))
			writeFile(t, filepath.Join(dir, "p.go"), []byte(test.source))
			res, err := Scan(t.Context(), Config{Dir: dir, Offline: true, Explain: true, parts: 2})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range res.Metrics {
				for _, p := range m.How {
					got = append(got, provenanceLines(dir, p)...)
				}
			}
			want := strings.Split(strings.TrimSpace(test.want), "\n")
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// TestNoProvenance checks that nothing is recorded where nobody asks.
func TestNoProvenance(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, "explain.test"))
	writeFile(t, filepath.Join(dir, "p.go"), []byte(provenanceTests["parameters"].source))
	res, err := Scan(t.Context(), Config{Dir: dir, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range res.Metrics {
		if m.How != nil {
			t.Errorf("%s: %v", m.Name, m.How)
		}
	}
	if len(res.Metrics) == 0 {
		t.Error("no metrics")
	}
}

func provenanceLines(dir string, p schema.Provenance) []string {
	at := func(p schema.Pos) string { return fmt.Sprintf("%s:%d:%d", inside(dir, p.File), p.Line, p.Col) }
	var lines []string
	var add func(o schema.Origin, indent string)
	add = func(o schema.Origin, indent string) {
		line := fmt.Sprintf("%s%s %q %s", indent, at(o.Pos), o.Value, o.Text)
		if o.Note != "" {
			line += ", " + o.Note
		}
		lines = append(lines, strings.ReplaceAll(line, dir+"/", ""))
		for _, from := range o.From {
			add(from, indent+"  ")
		}
	}
	add(p.Name, "")
	for _, r := range p.Type {
		lines = append(lines, "type "+at(r.Pos)+" "+r.Message)
	}
	for _, g := range p.Values {
		lines = append(lines, fmt.Sprintf("value %s %s %q open=%t", at(g.Pos), g.Label, g.Value, g.Open))
	}
	return lines
}

var provenanceTests = map[string]struct{ source, want string }{
	"parameters": {
		source: `package main

import "github.com/prometheus/client_golang/prometheus"

const ns = "shop"

func main() {
	cart := "cart"
	newCounter(ns, cart)
	newCounter(ns+"_x", "desk")
}

func newCounter(namespace, subsystem string) prometheus.Counter {
	return named(namespace, subsystem+"_items")
}

func named(space, name string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: space, Name: name + "_total"})
}
`,
		want: `
p.go:18:9 "shop_cart_items_total" prometheus.NewCounter
  p.go:18:65 "shop" space, parameter of named
    p.go:14:15 "shop" namespace, parameter of newCounter
      p.go:9:13 "shop" ns, constant at p.go:5:7
  p.go:18:78 "cart_items_total" name + "_total"
    p.go:18:78 "cart_items" name, parameter of named
      p.go:14:26 "cart_items" subsystem + "_items"
        p.go:14:26 "cart" subsystem, parameter of newCounter
          p.go:9:17 "cart" cart, variable
            p.go:8:10 "cart" "cart"
p.go:18:9 "shop_x_desk_items_total" prometheus.NewCounter
  p.go:18:65 "shop_x" space, parameter of named
    p.go:14:15 "shop_x" namespace, parameter of newCounter
      p.go:10:13 "shop_x" ns + "_x"
        p.go:10:13 "shop" ns, constant at p.go:5:7
  p.go:18:78 "desk_items_total" name + "_total"
    p.go:18:78 "desk_items" name, parameter of named
      p.go:14:26 "desk_items" subsystem + "_items"
        p.go:14:26 "desk" subsystem, parameter of newCounter
          p.go:10:22 "desk" "desk"
`,
	},
	"table": {
		source: `package main

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

var table = []struct{ name string }{{"reads"}, {"writes"}}

type collector struct{ descs []*prometheus.Desc }

func main() {
	c := &collector{}
	for _, m := range table {
		c.descs = append(c.descs, prometheus.NewDesc(fmt.Sprintf("disk_%s_total", m.name), "", []string{"disk"}, nil))
	}
	prometheus.MustRegister(c)
}

func (c *collector) Describe(ch chan<- *prometheus.Desc) {}

func (c *collector) Collect(ch chan<- prometheus.Metric) {
	for _, d := range c.descs {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, 1, "sda")
	}
}
`,
		want: `
p.go:16:29 "disk_reads_total" prometheus.NewDesc
  p.go:16:48 "disk_reads_total" fmt.Sprintf("disk_%s_total", m.name)
    p.go:16:77 "reads" m.name, field
      p.go:9:38 "reads" "reads"
type p.go:25:9 by prometheus.MustNewConstMetric
value p.go:25:9 disk "sda" open=false
p.go:16:29 "disk_writes_total" prometheus.NewDesc
  p.go:16:48 "disk_writes_total" fmt.Sprintf("disk_%s_total", m.name)
    p.go:16:77 "writes" m.name, field
      p.go:9:49 "writes" "writes"
type p.go:25:9 by prometheus.MustNewConstMetric
value p.go:25:9 disk "sda" open=false
`,
	},
	"prefix": {
		source: `package main

import "github.com/prometheus/client_golang/prometheus"

type options struct{ prefix string }

func main() {
	start(options{prefix: "db_"})
	start(options{prefix: "cache_"})
}

func start(o options) {
	reg := prometheus.WrapRegistererWithPrefix(o.prefix, prometheus.DefaultRegisterer)
	up := prometheus.NewGauge(prometheus.GaugeOpts{Name: "up"})
	reg.MustRegister(up)
}
`,
		want: `
p.go:14:8 "cache_up" prometheus.NewGauge
  p.go:13:9 "cache_" prometheus.WrapRegistererWithPrefix(o.prefix, prometheus.DefaultRegisterer)
    p.go:13:45 "cache_" o.prefix, field
      p.go:9:24 "cache_" "cache_"
  p.go:14:55 "up" "up"
p.go:14:8 "db_up" prometheus.NewGauge
  p.go:13:9 "db_" prometheus.WrapRegistererWithPrefix(o.prefix, prometheus.DefaultRegisterer)
    p.go:13:45 "db_" o.prefix, field
      p.go:8:24 "db_" "db_"
  p.go:14:55 "up" "up"
`,
	},
	"run time": {
		source: `package main

import (
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

func main() {
	prefix := "job_" + os.Args[1]
	c := promauto.NewCounterVec(prometheus.CounterOpts{Name: prefix + "_total"}, []string{"user", "state"})
	c.WithLabelValues(os.Args[2], "on").Inc()
	c.WithLabelValues("root", "off").Inc()
}
`,
		want: `
p.go:12:7 "job_*_total" promauto.NewCounterVec
  p.go:12:59 "job_*_total" prefix + "_total"
    p.go:12:59 "job_*" prefix, variable
      p.go:11:12 "job_*" "job_" + os.Args[1]
        p.go:11:21 "*" os.Args[1], element, known only at run time
value p.go:14:2 state "off" open=false
value p.go:13:2 state "on" open=false
value p.go:13:2 user "os.Args[2]" open=true
value p.go:14:2 user "root" open=false
`,
	},
}
