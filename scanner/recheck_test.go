package scanner

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The program that these tests change: KIT stands for its helpers and does not change.
const changedKit = `package kit

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Prefix is written to by others.
var Prefix = "shop"

type Mode string

const Fast Mode = "fast"

type Namer interface{ Name() string }

type hidden interface{ secret() string }

type Options struct{ Name, Help string }

var Default = Options{Name: "default", Help: "h"}

var Modes = promauto.NewCounterVec(prometheus.CounterOpts{Name: "modes_total"}, []string{"mode"})

func Count(m Mode) { Modes.WithLabelValues(string(m)).Inc() }

var Hook = func(m Mode) { Modes.WithLabelValues(string(m)).Inc() }

func Counter(name string) { promauto.NewCounter(prometheus.CounterOpts{Name: Prefix + "_" + name}) }

func Of(n Namer) { Counter(n.Name()) }

func Make(o *Options) { promauto.NewGauge(prometheus.GaugeOpts{Name: o.Name, Help: o.Help}) }

func Plain(text string) int { return len(text) }

func Fill(any) {}

func Secret(h any) string {
	if h, ok := h.(hidden); ok {
		return h.secret()
	}
	return ""
}
`

const changedMain = `package main

import (
	"example.com/shop/kit"
	"example.com/shop/store"
)

func main() {
	s := store.New()
	kit.Count(kit.Fast)
	kit.Make(&kit.Default)
	kit.Of(s)
	s.Run("x")
}
`

// changedStore is the package that changes; BODIES stands for its functions.
const changedStore = `package store

import (
	"encoding/json"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"example.com/shop/kit"
)

type Store struct {
	prefix, other string
	labels        map[string]string
	mode          kit.Mode
	hook          func(string)
	more          *Store
}

type Second struct{ prefix string }

func (s Second) Name() string { return "second" }

func New() *Store { return &Store{prefix: "a", other: "b", labels: map[string]string{"x": "y"}} }

var total int

var requests = promauto.NewCounterVec(prometheus.CounterOpts{Name: "requests_total"}, []string{"code"})

var _ = json.Unmarshal

var _ = strings.ToUpper

func (s *Store) Name() string { return s.prefix + "_named" }

func (s *Store) named(name string) {
	promauto.NewGauge(prometheus.GaugeOpts{Name: s.other + "_" + name})
}

func (s *Store) unused(name string) { s.named("unused_" + name) }

func (s *Store) secret() string { s.named("secret"); return "x" }

BODIES`

// changedStatements may stand anywhere in a function of the store, whose parameter is x.
var changedStatements = []string{
	"total += len(x)",
	"for i := range 3 {\n\t\ttotal += i\n\t}",
	"if x == \"\" {\n\t\treturn \"none\"\n\t}",
	"total += kit.Plain(strings.ToUpper(x))",
	"m := map[string]int{x: 1}\n\ttotal += m[\"a\"]",
	"func() { total++ }()",
	"// Nothing happens here.",
	"total += len(s.more.prefix)",
	"var t Second\n\ttotal += len(t.Name())",
	"kit.Counter(\"K\")",
	"s.named(\"K\")",
	"s.unused(\"K\")",
	"s.prefix = \"K\"",
	"s.other = \"K\"",
	"s.other += x",
	"s.labels[\"K\"] = x",
	"kit.Prefix = \"K\"",
	"kit.Default.Name = \"K\"",
	"kit.Default = kit.Options{Name: \"K\"}",
	"kit.Make(&kit.Options{Name: \"K\"})",
	"o := kit.Options{Help: \"K\"}\n\tkit.Make(&o)",
	"requests.WithLabelValues(\"K\").Inc()",
	"requests.WithLabelValues(x).Inc()",
	"v := requests\n\tv.WithLabelValues(\"K\").Inc()",
	"kit.Fill(requests)",
	"kit.Count(\"K\")",
	"kit.Count(kit.Mode(x))",
	"s.mode = \"K\"\n\tkit.Count(s.mode)",
	"var m kit.Mode = \"K\"\n\ttotal += len(m)",
	"total += len(kit.Mode(x))",
	"json.Unmarshal([]byte(x), s)",
	"json.Unmarshal([]byte(x), &kit.Default)",
	"kit.Fill(&s.prefix)",
	"kit.Fill(s.Name)",
	"s.hook = kit.Counter\n\ts.hook(\"K\")",
	"f := s.named\n\tf(\"K\")",
	"s.hook = s.named",
	"if s.hook != nil {\n\t\ts.hook(\"K\")\n\t}",
	"var n kit.Namer = Second{x}\n\tkit.Of(n)",
	"var n kit.Namer = s\n\ttotal += len(n.Name())",
	"s.more = &Store{prefix: \"K\"}",
	"s.more = &Store{}",
	"s.more = new(Store)",
	"total += len(kit.Secret(s))",
	"//dashgen:unit bytes\n\ttotal++",
	"promauto.NewCounter(prometheus.CounterOpts{Name: \"K\"})",
	"d := prometheus.NewDesc(\"K\", \"help\", nil, nil)\n\tkit.Fill(d)",
	"total += len(f0(x))",
	"total += len(f1(\"K\"))",
	"s.m0(\"K\")",
	"s.m1(x)",
	"return \"K\"",
	"if x == \"K\" {\n\t\treturn s.prefix\n\t}",
	"kit.Counter(f1(x))",
	"kit.Counter(s.m1(\"K\"))",
}

// A changedProgram is a program that is changed at random.
type changedProgram struct {
	rand   *rand.Rand
	bodies map[string][]string // statements, by the function's head
	extra  []string            // other declarations
	next   int
}

var changedHeads = []string{
	"func f0(x string) string", "func f1(x string) string", "func F2(x string) string",
	"func (s *Store) m0(x string) string", "func (s *Store) m1(x string) string", "func (s *Store) Run(x string) string",
}

func newChangedProgram(seed uint64) *changedProgram {
	p := &changedProgram{rand: rand.New(rand.NewPCG(seed, 1)), bodies: map[string][]string{}}
	for _, head := range changedHeads {
		p.bodies[head] = p.statements(p.rand.IntN(4))
	}
	return p
}

func (p *changedProgram) statements(n int) []string {
	var list []string
	for range n {
		list = append(list, p.statement())
	}
	return list
}

func (p *changedProgram) statement() string {
	p.next++
	s := changedStatements[p.rand.IntN(len(changedStatements))]
	if p.rand.IntN(3) == 0 { // more of what makes no difference
		s = changedStatements[p.rand.IntN(9)]
	}
	return strings.ReplaceAll(s, "K", fmt.Sprintf("k%d", p.next))
}

// change changes one thing.
func (p *changedProgram) change() {
	head := changedHeads[p.rand.IntN(len(changedHeads))]
	body := slices.Clone(p.bodies[head])
	switch n := p.rand.IntN(8); {
	case n < 4 || len(body) == 0 && n < 6:
		body = slices.Insert(body, p.rand.IntN(len(body)+1), p.statement())
	case n < 6:
		at := p.rand.IntN(len(body))
		body = slices.Delete(body, at, at+1)
	case n == 6 && len(p.extra) > 0 && p.rand.IntN(2) == 0:
		p.extra = p.extra[1:]
	case n == 6:
		p.next++
		p.extra = append(p.extra, []string{
			fmt.Sprintf("const unused%d = \"k%d\"", p.next, p.next),
			fmt.Sprintf("const mode%d kit.Mode = \"k%d\"", p.next, p.next),
			fmt.Sprintf("func g%d() { kit.Counter(\"k%d\") }", p.next, p.next),
			fmt.Sprintf("func g%d() { total++ }", p.next),
			fmt.Sprintf("var v%d = f1(\"k%d\")", p.next, p.next),
			fmt.Sprintf("// Deprecated: use k%d.", p.next),
		}[p.rand.IntN(6)])
	default:
		body = append(body, fmt.Sprintf("{\n\t\t%s\n\t}", p.statement()))
	}
	p.bodies[head] = body
}

// source returns the source of the store.
func (p *changedProgram) source() string {
	var b strings.Builder
	for i, head := range changedHeads {
		recv := ""
		if !strings.Contains(head, "(s *Store)") {
			recv = "\ts := New()\n"
		}
		fmt.Fprintf(&b, "%s {\n%s", head, recv)
		for _, s := range p.bodies[head] {
			fmt.Fprintf(&b, "\t{\n\t%s\n\t}\n", s) // a scope of its own
		}
		fmt.Fprintf(&b, "\t_ = s\n\treturn x\n}\n\n")
		if i < len(p.extra) {
			fmt.Fprintf(&b, "%s\n\n", p.extra[i])
		}
	}
	return strings.Replace(changedStore, "BODIES", b.String(), 1)
}

// changedModule writes the program and returns how to scan it.
func changedModule(t *testing.T, store string) Config {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), goMod(t, "example.com/shop"))
	writeFile(t, filepath.Join(dir, "kit", "kit.go"), []byte(changedKit))
	writeFile(t, filepath.Join(dir, "main.go"), []byte(changedMain))
	writeStore(t, dir, store)
	return Config{Dir: dir, Offline: true, CacheDir: t.TempDir(), Patterns: []string{"."}}
}

// writeStore writes what changes, long enough before the next scan.
func writeStore(t *testing.T, dir, store string) {
	t.Helper()
	writeFile(t, filepath.Join(dir, "store", "store.go"), []byte(store))
	time.Sleep(2 * clockTick)
}

// TestRecheckRandom changes a program many times, and holds what is said of it against
// what a scan that remembers nothing says. More with DASHGEN_RECHECK=STEPS.
func TestRecheckRandom(t *testing.T) {
	seeds, steps := 3, 12
	if testing.Short() {
		seeds, steps = 1, 6
	}
	if n, err := strconv.Atoi(os.Getenv("DASHGEN_RECHECK")); err == nil {
		seeds, steps = max(1, n/25), 25
	}
	answered := 0
	for seed := range seeds {
		p := newChangedProgram(uint64(seed))
		cfg := changedModule(t, p.source())
		recalled(t, cfg)
		for step := range steps {
			before := p.source()
			p.change()
			writeStore(t, cfg.Dir, p.source())
			known, hit := recalled(t, cfg)
			if hit {
				answered++
				anew := cfg
				anew.NoCache = true
				if full, _ := recalled(t, anew); said(full) != said(known) {
					t.Fatalf("seed %d step %d: stale\n%s\nwant\n%s\nbefore\n%s\nafter\n%s", seed, step, said(known), said(full), before, p.source())
				}
			}
		}
	}
	if answered == 0 {
		t.Error("every change was scanned")
	}
	t.Logf("%d of %d changes were answered without a scan", answered, seeds*steps)
}

// TestRecheckDepends changes what a result depends on in one way only. With that one
// dependency forgotten the answer is stale: nothing else would notice.
func TestRecheckDepends(t *testing.T) {
	for _, c := range []struct {
		name, statement string // what is added
		forget          ask
	}{
		{"a caller", `kit.Counter("called")`, askCallers},
		{"a write to a field", `s.prefix = "written"`, askWrites},
		{"a write to a variable", `kit.Prefix = "written"`, askWrites},
		{"a function as a value", `s.hook = kit.Counter`, askValues},
		{"a constant of a type", `var m kit.Mode = "slow"; total += len(m)`, askConstants},
		{"a decoder", `json.Unmarshal([]byte(x), &kit.Default)`, askDecoded},
		{"a function that was not run", `s.unused("k")`, askNames},
	} {
		t.Run(c.name, func(t *testing.T) {
			with := func(statement string) string {
				return strings.Replace(changedStore, "BODIES", "func (s *Store) Run(x string) { m0(s, x) }\n\nfunc m0(s *Store, x string) {\n\t"+statement+"\n}\n", 1)
			}
			cfg := changedModule(t, with("total++"))
			recalled(t, cfg)
			forgotten := cfg
			forgotten.CacheDir = t.TempDir()
			recalled(t, forgotten)
			forget(t, forgotten.CacheDir, c.forget)
			writeStore(t, cfg.Dir, with(c.statement))
			want, hit := recalled(t, cfg)
			if hit {
				t.Error("answered without a scan")
			}
			if stale, hit := recalled(t, forgotten); !hit || said(stale) == said(want) {
				t.Errorf("answered without a scan: %t; says\n%s", hit, said(stale))
			}
		})
	}
}

// TestAskedWhole lists the functions that look at the index as a whole. What they look for
// is not noted as asked: observer.inert must look for the same in a function that changed.
func TestAskedWhole(t *testing.T) {
	want := []string{
		"*scan.know", "*scan.namedValues", // values of functions that define: shares
		"*scan.given", "*scan.escapes", // calls and writes that share: matters, shares
		"*scan.define", "*scan.tell", "*evaluator.declare", // calls of libraries, settings: matters
		"*scan.literals", // described literals: inert
		"*scan.kind",     // whether a function is declared, as its head says
		"*index.join",    // what was found of one part of the packages
	}
	got := wholeIndex(t)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// forget removes the answers to one question from what is remembered.
func forget(t *testing.T, cache string, what ask) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cache, "??", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files of the cache: %v %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := decodeMemory(data)
	if err != nil {
		t.Fatal(err)
	}
	o := new(outline)
	if err := gob.NewDecoder(bytes.NewReader(r.Outline)).Decode(o); err != nil {
		t.Fatal(err)
	}
	before := len(o.Observer.Asked) + len(o.Observer.Unseen)
	of := func(key uint64, _ bool) bool { return ask(key>>48)&what != 0 }
	maps.DeleteFunc(o.Observer.Asked, of)
	maps.DeleteFunc(o.Observer.Unseen, of)
	if len(o.Observer.Asked)+len(o.Observer.Unseen) == before {
		t.Fatal("nothing to forget")
	}
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(o); err != nil {
		t.Fatal(err)
	}
	r.Outline = body.Bytes()
	if data, err = encodeMemory(r); err != nil {
		t.Fatal(err)
	}
	writeFile(t, files[0], data)
}

// wholeIndex returns the functions that name facts, or lists that are not asked for, sorted.
func wholeIndex(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	own := []string{"index.go", "walk.go", "asked.go", "inert.go"}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || slices.Contains(own, file) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			ast.Inspect(decl, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if ok && slices.Contains([]string{"facts", "sites", "literals", "flags", "handed"}, sel.Sel.Name) && strings.HasSuffix(types.ExprString(sel.X), "ix") {
					d := decl.(*ast.FuncDecl)
					found[strings.TrimPrefix(types.ExprString(d.Recv.List[0].Type)+"."+d.Name.Name, ".")] = true
				}
				return true
			})
		}
	}
	return slices.Sorted(maps.Keys(found))
}
