package scanner

import (
	"cmp"
	"database/sql"
	"database/sql/driver"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	promcollectors "github.com/prometheus/client_golang/prometheus/collectors"
	promhandlers "github.com/prometheus/client_golang/prometheus/promhttp"
)

var update = flag.Bool("update", false, "write lib_prometheus_collectors.txt anew")

// dataVersion is the Go version whose runtime/metrics lib_prometheus_collectors.txt lists.
const dataVersion = "go1.26"

// TestCollectors holds lib_prometheus_collectors.txt against what client_golang's
// collectors expose in this process.
func TestCollectors(t *testing.T) {
	if runtime.GOOS != "linux" || !strings.HasPrefix(runtime.Version(), dataVersion) {
		t.Skipf("the list is of Linux and %s", dataVersion)
	}
	want := "# What client_golang exposes by itself, on Linux with " + dataVersion + ". Written by go test ./scanner -run TestCollectors -update.\n" +
		"# collector, name, type, labels, metric of runtime/metrics, since client_golang, help\n" + strings.Join(exposedByCollectors(t), "")
	if *update {
		if err := os.WriteFile("lib_prometheus_collectors.txt", []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if clientGolang != want {
		t.Errorf("lib_prometheus_collectors.txt is not what the collectors expose: go test ./scanner -run TestCollectors -update\n%s", want)
	}
}

// since20 are what client_golang 1.20 added. Source: its CHANGELOG.md, #1559 and #1555.
var since20 = []string{
	"go_gc_gogc_percent", "go_gc_gomemlimit_bytes", "go_sched_gomaxprocs_threads",
	"process_network_receive_bytes_total", "process_network_transmit_bytes_total",
}

func exposedByCollectors(t *testing.T) []string {
	var lines []string
	add := func(collector string, register func(*prometheus.Registry)) {
		lines = append(lines, exposed(t, collector, register)...)
	}
	collect := func(c prometheus.Collector) func(*prometheus.Registry) {
		return func(r *prometheus.Registry) { r.MustRegister(c) }
	}
	none := promcollectors.WithoutGoCollectorRuntimeMetrics(regexp.MustCompile("/.*"))
	add("go", collect(promcollectors.NewGoCollector(none, promcollectors.WithGoCollectorMemStatsMetricsDisabled())))
	add("memstats", collect(promcollectors.NewGoCollector(none)))
	add("runtime", collect(promcollectors.NewGoCollector(promcollectors.WithGoCollectorRuntimeMetrics(promcollectors.MetricsAll), promcollectors.WithGoCollectorMemStatsMetricsDisabled())))
	add("process", collect(promcollectors.NewProcessCollector(promcollectors.ProcessCollectorOpts{})))
	add("build", collect(promcollectors.NewBuildInfoCollector()))
	add("sql", collect(promcollectors.NewDBStatsCollector(sql.OpenDB(noDatabase{}), "db")))
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	add("promhttp", func(r *prometheus.Registry) { promhandlers.InstrumentMetricHandler(r, ok) })
	add("promhttp errors", func(r *prometheus.Registry) {
		promhandlers.HandlerFor(r, promhandlers.HandlerOpts{Registry: r}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	})
	base := map[string]bool{} // what the Go collector exposes with any options
	var out []string
	for _, line := range lines {
		name := strings.Split(line, "\t")[1]
		if collector, _, _ := strings.Cut(line, "\t"); base[name] && (collector == "memstats" || collector == "runtime") {
			continue
		}
		base[name] = true
		out = append(out, line)
	}
	return out
}

type noDatabase struct{ driver.Connector }

// exposed returns a line for each family that a registry exposes.
func exposed(t *testing.T, collector string, register func(*prometheus.Registry)) []string {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	register(r)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range families {
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
		help, since := f.GetHelp(), ""
		source := ""
		if _, from, ok := strings.Cut(help, " Sourced from "); ok && collector == "runtime" {
			source = strings.TrimSuffix(from, ".")
			if !slices.ContainsFunc(metrics.All(), func(d metrics.Description) bool { return d.Name == source }) {
				t.Errorf("%s: no metric %s", f.GetName(), source)
			}
		}
		if slices.Contains(since20, f.GetName()) {
			since = "v1.20.0"
		}
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", collector, f.GetName(), strings.ToLower(f.GetType().String()),
			strings.Join(labels, " "), source, since, strings.Join(strings.Fields(help), " ")))
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(a, b) })
	return lines
}
