package scanner

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

const cachedSource = `package shop

import "github.com/prometheus/client_golang/prometheus"

//dashgen:unit bytes
var a = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "a", ConstLabels: prometheus.Labels{"zone": "eu"}}, []string{"l"})

var b = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "b", Buckets: []float64{1, 2}, NativeHistogramBucketFactor: 1.1})

func Name(name string) { prometheus.NewCounter(prometheus.CounterOpts{Name: name}) }
`

// cachedModule writes a module and returns how to scan it.
func cachedModule(t *testing.T) Config {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, "example.com/shop"))
	writeFile(t, filepath.Join(dir, "shop.go"), []byte(cachedSource))
	writeFile(t, filepath.Join(dir, "store", "store.go"), []byte("package store\n"))
	time.Sleep(2 * clockTick)
	return Config{Dir: dir, Offline: true, CacheDir: t.TempDir()}
}

// recalled scans and reports whether the result was remembered.
func recalled(t *testing.T, cfg Config) (*Result, bool) {
	t.Helper()
	loaded := false
	cfg.Progress = func(string) { loaded = true }
	res, err := Scan(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return res, !loaded
}

// TestCacheSame holds what is remembered against what is told anew.
func TestCacheSame(t *testing.T) {
	cfg := cachedModule(t)
	for _, explain := range []bool{false, true} {
		cfg.Explain = explain
		first, hit := recalled(t, cfg)
		if hit {
			t.Fatal("remembered before it was told")
		}
		again, hit := recalled(t, cfg)
		if !hit {
			t.Fatal("not remembered")
		}
		first.matched = nil
		if len(first.Metrics) != 2 || len(first.Findings) != 1 || !reflect.DeepEqual(first, again) {
			t.Errorf("not the same:\n%s\n%s", said(first), said(again))
		}
	}
	cfg.NoCache = true
	if _, hit := recalled(t, cfg); hit {
		t.Error("remembered against NoCache")
	}
}

// TestCacheChanges changes, one by one, what a result depends on, and what it does not.
func TestCacheChanges(t *testing.T) {
	write := func(name, text string) func(*testing.T, *Config) {
		return func(t *testing.T, cfg *Config) { writeFile(t, filepath.Join(cfg.Dir, name), []byte(text)) }
	}
	for _, c := range []struct {
		name   string
		change func(*testing.T, *Config)
		same   bool
	}{
		{"a file", write("shop.go", strings.Replace(cachedSource, `"b"`, `"c"`, 1)), false},
		{"a file without metrics", write("store/store.go", "package store\n\nvar A int\n"), false},
		{"a new file", write("more.go", "package shop\n"), false},
		{"a new package", write("new/new.go", "package new\n"), false},
		{"a removed file", func(t *testing.T, cfg *Config) { os.Remove(filepath.Join(cfg.Dir, "store", "store.go")) }, false},
		{"go.mod", func(t *testing.T, cfg *Config) {
			file := filepath.Join(cfg.Dir, "go.mod")
			mod, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, file, append(mod, "// changed\n"...))
		}, false},
		{"go.work", write("go.work", "go 1.26\n\nuse .\n"), false},
		{"the environment", func(t *testing.T, cfg *Config) { t.Setenv("CGO_ENABLED", "0") }, false},
		{"tags", func(t *testing.T, cfg *Config) { cfg.Tags = []string{"pro"} }, false},
		{"the platform", func(t *testing.T, cfg *Config) { cfg.Platforms = []string{"windows/amd64"} }, false},
		{"a damaged file of the cache", damage, false},
		{"a test", write("shop_test.go", "package shop\n"), true},
		{"a text", write("README.md", "# Shop\n"), true},
		{"a time", func(t *testing.T, cfg *Config) {
			if err := os.Chtimes(filepath.Join(cfg.Dir, "shop.go"), time.Now(), time.Now()); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := cachedModule(t)
			recalled(t, cfg)
			if _, hit := recalled(t, cfg); !hit {
				t.Fatal("not remembered")
			}
			c.change(t, &cfg)
			if _, hit := recalled(t, cfg); hit != c.same {
				t.Errorf("remembered: %t, want %t", hit, c.same)
			}
		})
	}
}

// damage flips a bit in the middle of every file of the cache.
func damage(t *testing.T, cfg *Config) {
	files, err := filepath.Glob(filepath.Join(cfg.CacheDir, "??", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		writeFile(t, file, data)
	}
}

// TestCacheAtOnce scans with one cache several times at once.
func TestCacheAtOnce(t *testing.T) {
	cfg := cachedModule(t)
	var wg sync.WaitGroup
	all := make([]*Result, 4)
	for i := range all {
		wg.Go(func() { all[i], _ = Scan(context.Background(), cfg) })
	}
	wg.Wait()
	for _, res := range all {
		if res == nil || said(res) != said(all[0]) {
			t.Fatal("not the same")
		}
	}
	if _, hit := recalled(t, cfg); !hit {
		t.Error("not remembered")
	}
}

// TestCachePrune removes what was not used for long.
func TestCachePrune(t *testing.T) {
	dir := t.TempDir()
	old, used := filepath.Join(dir, "aa", "old"), filepath.Join(dir, "bb", "used")
	writeFile(t, old, []byte("x"))
	writeFile(t, used, []byte("x"))
	long := time.Now().Add(-2 * cacheAge)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	prune(dir)
	if _, err := os.Stat(old); err == nil {
		t.Error("what is old is still there")
	}
	if _, err := os.Stat(used); err != nil {
		t.Error(err)
	}
}
