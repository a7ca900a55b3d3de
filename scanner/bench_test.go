package scanner

import (
	"bytes"
	"fmt"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/dashgen/dashgen/schema"
)

// BenchmarkScan shows how time and memory grow with the size of a module:
//
//	go test -run='^$' -bench=Scan -benchtime=1x -timeout=2h ./scanner
//
// Of modules of 10, 100, 1,000 and 10,000 packages it measures go list, which has to list
// and compile them whoever scans, and scans with the go command's cache warm: cold, with
// nothing remembered; warm, with nothing changed since; changed, with one file changed where
// that makes no difference to the metrics; rescanned, where it may; beside what go list
// takes after a change. peak-MB is what this process grows by; the go command is
// not in it. The first run compiles the modules, which takes minutes for the largest;
// -short leaves out the two larger ones.
func BenchmarkScan(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // garbage is collected as late as by the command
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 30))
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("packages=%d", n), func(b *testing.B) {
			if testing.Short() && n > 100 {
				b.Skip("takes minutes")
			}
			m := newBenchModule(b, n)
			m.list(b)
			cache := b.TempDir()
			remembered := func() string { return cache }
			change := func() { m.change(b, "changed", fmt.Sprint(time.Now())) }
			export := func() { m.change(b, "Changed", fmt.Sprint(time.Now())) }
			b.Run("golist", func(b *testing.B) {
				for b.Loop() {
					m.list(b)
				}
			})
			b.Run("cold", func(b *testing.B) { m.scan(b, b.TempDir, func() {}) })
			b.Run("warm", func(b *testing.B) {
				m.check(b, Config{CacheDir: cache})
				m.scan(b, remembered, func() {})
			})
			b.Run("golist-changed", func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					change()
					b.StartTimer()
					m.list(b)
				}
			})
			b.Run("changed", func(b *testing.B) {
				m.check(b, Config{CacheDir: cache})
				m.scan(b, remembered, change)
			})
			b.Run("rescanned", func(b *testing.B) {
				m.check(b, Config{CacheDir: cache})
				m.scan(b, remembered, export)
			})
		})
	}
}

// list has the go command list the module, as a scan must have it do.
func (m *benchModule) list(b *testing.B) {
	b.Helper()
	cmd := exec.Command("go", "list", "-deps", "-export", "-f", "{{.Export}}", "./...")
	cmd.Dir = m.dir
	env, err := goEnv("linux/amd64", true)
	if err != nil {
		b.Fatal(err)
	}
	cmd.Env = env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		b.Fatalf("go list: %v\n%s", err, errs.Bytes())
	}
}

// scan measures scans, each after prepare.
func (m *benchModule) scan(b *testing.B, cache func() string, prepare func()) {
	b.Helper()
	var peak uint64
	for b.Loop() {
		b.StopTimer()
		cfg := Config{CacheDir: cache()}
		prepare()
		stop := watchMemory()
		b.StartTimer()
		m.check(b, cfg)
		b.StopTimer()
		peak = max(peak, stop())
		b.StartTimer()
	}
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
	b.ReportMetric(float64(m.metrics), "metrics")
}

// check scans the module, and says where that does not find what is in it.
func (m *benchModule) check(b *testing.B, cfg Config) {
	b.Helper()
	cfg.Dir, cfg.Offline = m.dir, true
	res, err := Scan(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	found, _ := schema.New(res.Metrics)
	if len(found.Metrics) != m.metrics || len(res.Findings) > 0 {
		b.Fatalf("found %d of %d metrics, %v", len(found.Metrics), m.metrics, res.Findings[:min(3, len(res.Findings))])
	}
}

// watchMemory returns a function that says by how much the memory of this process has
// grown at most since.
func watchMemory() (stop func() uint64) {
	runtime.GC()
	debug.FreeOSMemory()
	before := memoryInUse()
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		highest := before
		for {
			select {
			case <-done:
				peak <- max(highest, memoryInUse()) - before
				return
			case <-time.After(2 * time.Millisecond):
				highest = max(highest, memoryInUse())
			}
		}
	}()
	return func() uint64 { close(done); return <-peak }
}

// memoryInUse is what the Go runtime has from the operating system.
func memoryInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
