package scanner

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
)

// This file writes the modules that BenchmarkScan scans.

// A benchModule is a synthetic module: a program whose packages stand in layers, each
// importing some of the layer below. One package in five has metrics, defined in one of
// the ways of benchMetrics, and calls them from ordinary code.
type benchModule struct {
	dir     string
	metrics int          // how many families there are to be found
	last    benchPackage // the last one that has metrics
}

// maxLayers is how many layers of packages a module has.
const maxLayers = 20

// A benchPackage is one package of a layer.
type benchPackage struct {
	Name    string   // also the subsystem of its metrics
	Imports []string // names of packages of the layer below
	Layer   int
	Kind    string // of its metrics; empty: it has none
}

// Dir is the package's folder below the module's root.
func (p benchPackage) Dir() string { return fmt.Sprintf("internal/l%02d/%s", p.Layer, p.Name) }

// newBenchModule writes a module of n packages, below a fixed folder: the go command's
// build cache knows packages by where they are.
func newBenchModule(b *testing.B, n int) *benchModule {
	b.Helper()
	m := &benchModule{dir: filepath.Join(os.TempDir(), "dashgen-bench", fmt.Sprint(n))}
	m.write(b, "go.mod", goMod(b, benchPath))
	m.write(b, "internal/kit/kit.go", []byte(benchKit))
	layers := benchLayers(n - 2) // beside kit and main
	for _, layer := range layers {
		for _, p := range layer {
			m.write(b, p.Dir()+"/"+p.Name+".go", execute(b, benchCode, p))
			if p.Kind != "" {
				m.write(b, p.Dir()+"/metrics.go", execute(b, benchMetrics[p.Kind].code, p))
				m.metrics += benchMetrics[p.Kind].families
				m.last = p
			}
		}
	}
	m.change(b, "changed", "")
	m.write(b, "cmd/server/main.go", execute(b, benchMain, layers))
	return m
}

const benchPath = "bench.test/m"

// benchLayers arranges n packages in layers of the same width.
func benchLayers(n int) [][]benchPackage {
	depth := max(2, min(maxLayers, n/8))
	width := (n + depth - 1) / depth
	layers := make([][]benchPackage, depth)
	for i := range n {
		at, j := i/width, i%width
		p := benchPackage{Name: fmt.Sprintf("p%05d", i), Layer: at}
		if i%5 == 0 {
			p.Kind = benchKinds[i/5%len(benchKinds)]
		}
		if at > 0 {
			below := layers[at-1]
			seen := map[int]bool{}
			for _, k := range []int{j, j*7 + 3, j*13 + 5} {
				if k %= len(below); !seen[k] {
					seen[k] = true
					p.Imports = append(p.Imports, below[k].Name)
				}
			}
		}
		layers[at] = append(layers[at], p)
	}
	return layers
}

// write writes a file of the module where it differs.
func (m *benchModule) write(b *testing.B, name string, data []byte) {
	b.Helper()
	file := filepath.Join(m.dir, filepath.FromSlash(name))
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.Fatal(err)
	}
	if err == nil && bytes.Equal(old, data) {
		return
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		b.Fatal(err)
	}
}

// change changes what a constant of a package with metrics says.
func (m *benchModule) change(b *testing.B, name, to string) {
	b.Helper()
	m.write(b, m.last.Dir()+"/changed.go", fmt.Appendf(nil, "package %s\n\nconst %s = %q\n", m.last.Name, name, to))
}

func execute(b *testing.B, t *template.Template, data any) []byte {
	b.Helper()
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func benchTemplate(text string) *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"below": func(p benchPackage, name string) string {
			return benchPath + "/" + benchPackage{Name: name, Layer: p.Layer - 1}.Dir()
		},
		"path": func(p benchPackage) string { return benchPath + "/" + p.Dir() },
	}).Parse(strings.ReplaceAll(text, "MODULE", benchPath)))
}

// benchKit holds what the metrics of a whole program share.
const benchKit = `// Package kit has the program's conventions for metrics.
package kit

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Namespace begins the name of every metric.
const Namespace = "bench"

// Counter makes a counter of a subsystem.
func Counter(reg prometheus.Registerer, subsystem, name, help string, labels ...string) *prometheus.CounterVec {
	return promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Namespace: Namespace,
		Subsystem: subsystem,
		Name:      name + "_total",
		Help:      help,
	}, labels)
}
`

// benchMain wires the packages that take a registerer, a function for each layer.
var benchMain = benchTemplate(`package main

import (
	"log"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"MODULE/internal/kit"
{{range .}}{{range .}}	"{{path .}}"
{{end}}{{end}})

func main() {
	log.SetPrefix(kit.Namespace)
	var reg prometheus.Registerer = prometheus.DefaultRegisterer
{{range $i, $layer := .}}	if err := wire{{$i}}(reg); err != nil {
		log.Fatal(err)
	}
{{end}}	os.Exit(0)
}
{{range $i, $layer := .}}
func wire{{$i}}(reg prometheus.Registerer) error {
{{range .}}{{if eq .Kind "struct"}}	{{.Name}}.Start(reg, kit.Namespace)
{{else if eq .Kind "helper"}}	{{.Name}}.Start(reg)
{{else if eq .Kind "prefix"}}	{{.Name}}.Start(prometheus.WrapRegistererWithPrefix("bench_{{.Name}}_", reg))
{{else if eq .Kind "table" "collector"}}	if err := reg.Register({{.Name}}.NewCollector()); err != nil {
		return err
	}
{{end}}	if _, err := {{.Name}}.New("wired", nil).Load("a=1;b=2"); err != nil {
		return err
	}
{{end}}	return nil
}
{{end}}`)

// benchCode is the ordinary code of a package.
var benchCode = benchTemplate(`// Package {{.Name}} keeps records of one kind.
package {{.Name}}

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
{{range .Imports}}
	"{{below $ .}}"{{end}}
)

// ErrNotFound says that there is no such record.
var ErrNotFound = errors.New("{{.Name}}: not found")

// A Record is what is kept.
type Record struct {
	Key     string
	Value   int
	Tags    map[string]string
	Changed time.Time
}

// A Store holds records in memory.
type Store struct {
	name    string
	mu      sync.RWMutex
	records map[string]*Record
	notify  func(context.Context, Record) error
{{range .Imports}}	{{.}} *{{.}}.Store
{{end}}}

// New returns an empty store.
func New(name string, notify func(context.Context, Record) error) *Store {
	s := &Store{name: name, records: map[string]*Record{}, notify: notify}
{{range .Imports}}	s.{{.}} = {{.}}.New(name+".{{.}}", nil)
{{end}}	return s
}

// Get returns a record.
func (s *Store) Get(key string) (Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.records[key]
	if !ok {
		return Record{}, fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	return *r, nil
}

// Put keeps a record and tells whoever asked for it.
func (s *Store) Put(ctx context.Context, r Record) error {
	s.mu.Lock()
	old, ok := s.records[r.Key]
	if ok && old.Changed.After(r.Changed) {
		s.mu.Unlock()
		return fmt.Errorf("%s: %q is older than what is there", s.name, r.Key)
	}
	s.records[r.Key] = &r
	s.mu.Unlock()
	if s.notify == nil {
		return nil
	}
	return s.notify(ctx, r)
}

// Load parses records, key=value;key=value, and keeps them.
func (s *Store) Load(text string) (int, error) {
	n := 0
	for i, part := range strings.Split(text, ";") {
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			return n, fmt.Errorf("part %d: no =", i)
		}
		v, err := strconv.Atoi(strings.TrimSpace(value))
		switch {
		case err != nil:
			return n, fmt.Errorf("part %d: %w", i, err)
		case v < 0:
			continue
		}
		if err := s.Put(context.Background(), Record{Key: key, Value: v, Changed: time.Now()}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Sorted returns the records that match, by value.
func (s *Store) Sorted(match func(Record) bool) []Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Record
	for _, r := range s.records {
		if match == nil || match(*r) {
			out = append(out, *r)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Value != out[j].Value {
			return out[i].Value < out[j].Value
		}
		return out[i].Key < out[j].Key
	})
	return out
}

// Sum adds up the values of the store and of those that it is made of.
func (s *Store) Sum() int {
	sum := 0
	for _, r := range s.Sorted(nil) {
		sum += r.Value
	}
{{range .Imports}}	for _, r := range s.{{.}}.Sorted(func(r {{.}}.Record) bool { return r.Value > sum }) {
		sum += r.Value
	}
{{end}}	return sum
}
`)

// benchKinds are the keys of benchMetrics, sorted.
var benchKinds = []string{"collector", "helper", "literal", "prefix", "struct", "table"}

// benchMetrics are the ways in which packages define metrics, and how many families
// each defines.
var benchMetrics = map[string]struct {
	families int
	code     *template.Template
}{
	"literal": {4, benchTemplate(`package {{.Name}}

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"MODULE/internal/kit"
)

const subsystem = "{{.Name}}"

var (
	requests = promauto.NewCounterVec(prometheus.CounterOpts{
		Namespace: kit.Namespace,
		Subsystem: subsystem,
		Name:      "requests_total",
		Help:      "Requests, by operation and result.",
	}, []string{"operation", "result"})
	entries = promauto.NewGauge(prometheus.GaugeOpts{
		Namespace: kit.Namespace,
		Subsystem: subsystem,
		Name:      "entries",
		Help:      "Records that are kept.",
	})
	latency = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: kit.Namespace,
		Subsystem: subsystem,
		Name:      "request_duration_seconds",
		Help:      "How long requests take.",
		Buckets:   prometheus.ExponentialBuckets(0.001, 2, 12),
	}, []string{"operation"})
	size = promauto.NewSummary(prometheus.SummaryOpts{
		Namespace:  kit.Namespace,
		Subsystem:  subsystem,
		Name:       "record_size_bytes",
		Help:       "Size of records.",
		Objectives: map[float64]float64{0.5: 0.05, 0.99: 0.001},
	})
)

func (s *Store) measured(operation string, f func() error) error {
	start := time.Now()
	err := f()
	result := "ok"
	if err != nil {
		result = "error"
	}
	requests.WithLabelValues(operation, result).Inc()
	latency.WithLabelValues(operation).Observe(time.Since(start).Seconds())
	entries.Set(float64(len(s.records)))
	size.Observe(float64(len(s.name)))
	return err
}

// Reload loads records anew.
func (s *Store) Reload(text string) error {
	return s.measured("reload", func() error { _, err := s.Load(text); return err })
}

// Check loads nothing.
func (s *Store) Check() error { return s.measured("check", func() error { return nil }) }
`)},
	"struct": {3, benchTemplate(`package {{.Name}}

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	puts    *prometheus.CounterVec
	pending prometheus.Gauge
	failed  prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, namespace string) *metrics {
	factory := promauto.With(reg)
	return &metrics{
		puts:    factory.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Subsystem: "{{.Name}}", Name: "puts_total", Help: "Records put."}, []string{"kind"}),
		pending: factory.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Subsystem: "{{.Name}}", Name: "pending", Help: "Records that wait."}),
		failed:  factory.NewCounter(prometheus.CounterOpts{Namespace: namespace, Subsystem: "{{.Name}}", Name: "failures_total", Help: "Records not put."}),
	}
}

// Start counts from now on.
func Start(reg prometheus.Registerer, namespace string) {
	m := newMetrics(reg, namespace)
	for _, kind := range []string{"small", "large"} {
		m.puts.WithLabelValues(kind).Inc()
	}
	m.pending.Set(0)
	m.failed.Inc()
}
`)},
	"helper": {3, benchTemplate(`package {{.Name}}

import (
	"github.com/prometheus/client_golang/prometheus"

	"MODULE/internal/kit"
)

// Start counts from now on.
func Start(reg prometheus.Registerer) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return kit.Counter(reg, "{{.Name}}", name, help, labels...)
	}
	hits := counter("hits", "Records found.", "tier")
	misses := counter("misses", "Records not found.", "tier")
	for _, tier := range []string{"memory", "disk"} {
		hits.WithLabelValues(tier).Inc()
		misses.WithLabelValues(tier).Inc()
	}
	kit.Counter(reg, "{{.Name}}", "evictions", "Records dropped.").WithLabelValues().Inc()
}
`)},
	"prefix": {2, benchTemplate(`package {{.Name}}

import "github.com/prometheus/client_golang/prometheus"

// Start counts from now on, under the registerer's prefix.
func Start(reg prometheus.Registerer) {
	sent := prometheus.NewCounter(prometheus.CounterOpts{Name: "sent_total", Help: "Records sent."})
	received := prometheus.NewCounter(prometheus.CounterOpts{Name: "received_total", Help: "Records received."})
	reg.MustRegister(sent, received)
	sent.Inc()
	received.Inc()
}
`)},
	"table": {5, benchTemplate(`package {{.Name}}

import (
	"github.com/prometheus/client_golang/prometheus"

	"MODULE/internal/kit"
)

type metric struct {
	name, help string
	kind       prometheus.ValueType
	value      func() float64
}

var table = []metric{
	{"reads_total", "Records read.", prometheus.CounterValue, func() float64 { return 1 }},
	{"writes_total", "Records written.", prometheus.CounterValue, func() float64 { return 2 }},
	{"deletes_total", "Records deleted.", prometheus.CounterValue, func() float64 { return 3 }},
	{"open_files", "Files that are open.", prometheus.GaugeValue, func() float64 { return 4 }},
	{"free_bytes", "Bytes that are free.", prometheus.GaugeValue, func() float64 { return 5 }},
}

// A Collector sends what the table says.
type Collector struct{ descs map[string]*prometheus.Desc }

// NewCollector returns a collector.
func NewCollector() *Collector {
	c := &Collector{descs: map[string]*prometheus.Desc{}}
	for _, m := range table {
		c.descs[m.name] = prometheus.NewDesc(prometheus.BuildFQName(kit.Namespace, "{{.Name}}", m.name), m.help, nil, nil)
	}
	return c
}

// Describe sends the descriptors.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		ch <- d
	}
}

// Collect sends the values.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	for _, m := range table {
		ch <- prometheus.MustNewConstMetric(c.descs[m.name], m.kind, m.value())
	}
}
`)},
	"collector": {3, benchTemplate(`package {{.Name}}

import (
	"github.com/prometheus/client_golang/prometheus"

	"MODULE/internal/kit"
)

// A Collector sends what the store holds.
type Collector struct{ size, age, errors *prometheus.Desc }

// NewCollector returns a collector.
func NewCollector() *Collector {
	const sub = "{{.Name}}"
	return &Collector{
		size:   prometheus.NewDesc(prometheus.BuildFQName(kit.Namespace, sub, "size_bytes"), "Size, by shard.", []string{"shard"}, nil),
		age:    prometheus.NewDesc(prometheus.BuildFQName(kit.Namespace, sub, "age_seconds"), "Age of the oldest record.", nil, nil),
		errors: prometheus.NewDesc(prometheus.BuildFQName(kit.Namespace, sub, "errors_total"), "Errors.", nil, nil),
	}
}

// Describe sends the descriptors.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) { ch <- c.size; ch <- c.age; ch <- c.errors }

// Collect sends the values.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	for _, shard := range []string{"a", "b"} {
		ch <- prometheus.MustNewConstMetric(c.size, prometheus.GaugeValue, 1, shard)
	}
	ch <- prometheus.MustNewConstMetric(c.age, prometheus.GaugeValue, 1)
	ch <- prometheus.MustNewConstMetric(c.errors, prometheus.CounterValue, 1)
}
`)},
}
