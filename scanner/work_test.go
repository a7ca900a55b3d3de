package scanner

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestWorkPerCommand reads programs in which n commands load the same settings and open the
// same store with them, each under a name of its own: one more adds a few evaluations to
// those of the others.
func TestWorkPerCommand(t *testing.T) {
	const few, many, most = 10, 40, 250
	a, b := workOf(t, few), workOf(t, many)
	if each := (b - a) / (many - few); each > most {
		t.Errorf("%d evaluations for %d commands, %d for %d: %d for each more, want at most %d", a, few, b, many, each, most)
	}
}

// workOf returns how many evaluations a program of n commands takes.
func workOf(t *testing.T, n int) int {
	t.Helper()
	var commands strings.Builder
	for i := range n {
		fmt.Fprintf(&commands, "\nfunc Command%d() error {\n\tcfg, err := load(os.Args[1])\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn open(\"c%d\", cfg)\n}\n", i, i)
	}
	return workIn(t, n, `package shop

import (
	"errors"
	"os"

	"github.com/prometheus/client_golang/prometheus"
)

type settings struct {
	dir, engine string
	cache       int
}

func load(path string) (*settings, error) {
	cfg := &settings{engine: "tree", cache: 16}
	if path == "" {
		return nil, errors.New("no path")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(data) > 0 {
		cfg.dir = string(data)
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return cfg, nil
}

func (cfg *settings) check() error {
	if cfg.cache < 1 {
		return errors.New("no cache")
	}
	if cfg.engine != "tree" && cfg.engine != "log" {
		return errors.New("no such engine")
	}
	return nil
}

func open(name string, cfg *settings) error {
	if err := cfg.check(); err != nil {
		return err
	}
	if cfg.engine == "tree" {
		return openTree(name, cfg.dir, cfg.cache)
	}
	return nil
}

func openTree(name, dir string, cache int) error {
	if dir == "" {
		return errors.New("no folder")
	}
	if cache < 4 {
		cache = 4
	}
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	prometheus.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: name + "_reads"}))
	return nil
}
`+commands.String())
}

// TestWorkPerField reads a program that writes n elements of one field of a struct before it
// names a gauge by another: what is written is not looked at.
func TestWorkPerField(t *testing.T) {
	const few, many, most = 10, 40, 2
	a, b := workBeside(t, few), workBeside(t, many)
	if each := (b - a) / (many - few); each > most {
		t.Errorf("%d evaluations beside %d writes, %d beside %d: %d for each more, want at most %d", a, few, b, many, each, most)
	}
}

func workBeside(t *testing.T, n int) int {
	t.Helper()
	return workIn(t, 1, `package shop

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

type pool struct {
	name string
	seen map[string]bool
}

func key(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return s + strconv.Itoa(n)
}

func (p *pool) open(id string) {
	p.seen = map[string]bool{}
`+strings.Repeat("\tif key(id, 3) != \"\" {\n\t\tp.seen[key(id, 4)] = true\n\t}\n", n)+`
	prometheus.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: p.name + "_reads"}))
}

func Open(id string) {
	p := &pool{name: "blobs"}
	p.open(id)
}
`)
}

// workIn returns how many evaluations a program takes that defines n metrics or more.
func workIn(t *testing.T, n int, src string) int {
	t.Helper()
	cfg := cachedModule(t).withDefaults()
	writeFile(t, filepath.Join(cfg.Dir, "commands.go"), []byte(src))
	programs := [][]string{cfg.Patterns}
	tree, err := load(t.Context(), cfg, cfg.Platforms[0], programs)
	if err != nil {
		t.Fatal(err)
	}
	prog := tree.program(tree.matched(cfg.Patterns))
	s := newScan(t.Context(), newIndex(prog, nil), prog, cfg)
	s.matched = map[int]bool{}
	s.tell(cfg)
	if got := len(s.defs); got < n {
		t.Fatalf("%d definitions for %d commands", got, n)
	}
	return s.ev.work
}
