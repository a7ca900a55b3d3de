// Package enginetest holds what internal/query infers of expressions against Prometheus'
// engine.
//
//	NewState(world, seed) -> *State   // series of programs that do what the schema says
//	state.Confirm(inferred) -> error  // what is inferred and not so there
//
// A state varies what nobody can know from the source: which targets there are, how they are
// labelled and which version scrapes them, label values (the empty one among them), resets,
// gaps, staleness, NaN, infinities, and series that are missing. Whatever is inferred for
// certain must hold in all of them.
//
// It is for tests only. It imports schema, internal/query and internal/engine.
package enginetest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// A State is what Prometheus has stored, half an hour from the epoch on, of programs that
// do what a schema says.
type State struct {
	Series []string // in promtool's notation, without what recording rules made of them

	store  *engine.Store
	engine *engine.Engine      // over it
	typed  *engine.Store       // the same with __type__, as far as it was asked for
	more   map[string][]string // what typed lacks, by __name__
	r      *rand.Rand
	have   map[string]bool // labels of Series
	held   map[string]bool // expressions that are confirmed: what is inferred of one depends on nothing around it
	err    error
}

// Engines that all states share, since making one takes longer than most queries.
var (
	plainEngine = engine.New(nil, engine.Options{})
	typedEngine = engine.New(nil, engine.Options{TypeLabels: true})
)

// scrapes is how many there are, one a minute.
const scrapes = 31

// NewState makes a state; the same seed makes the same.
func NewState(w *query.World, seed uint64) (*State, error) {
	s := &State{r: rand.New(rand.NewPCG(seed, 1)), store: &engine.Store{}, typed: &engine.Store{}, more: map[string][]string{}, have: map[string]bool{}, held: map[string]bool{}}
	s.engine = plainEngine.Over(s.store)
	for i := range 1 + s.r.IntN(3) {
		s.target(w, i)
	}
	for i := range s.r.IntN(4) {
		s.add("other_total", map[string]string{"job": "other", "k": fmt.Sprint(i), "route": s.pick("", "a")}, s.counter(true))
	}
	if s.err != nil {
		return nil, s.err
	}
	g := engine.Group{Name: "recorded"}
	for _, r := range w.Recorded {
		g.Rules = append(g.Rules, engine.Rule{Record: r.Name, Expr: r.Expr, Labels: r.Labels})
	}
	from := epoch.Add(time.Duration(s.r.IntN(3)) * 10 * time.Minute) // the rules may be new
	_, err := s.engine.Run(context.Background(), []engine.Group{g}, from, epoch.Add((scrapes-1)*time.Minute))
	return s, err
}

var epoch = time.Unix(0, 0)

// target adds what one target exposes. Labels that scraping may add are there or not.
func (s *State) target(w *query.World, i int) {
	target := map[string]string{}
	for _, l := range w.Targets.Certain {
		target[l] = s.pick("a", "b", "shop")
	}
	if _, ok := target["instance"]; ok {
		target["instance"] = fmt.Sprintf("h%d", i)
	}
	if s.r.IntN(2) == 0 {
		for _, l := range w.Targets.Possible {
			target[l] = s.pick("", "x", "y")
		}
	}
	maps.DeleteFunc(target, func(_, v string) bool { return v == "" })
	s.add("up", target, s.values(0, 1))
	if w.Schema == nil {
		return
	}
	for _, m := range w.Schema.Metrics {
		if m.RemovedIn == "" && s.r.IntN(8) > 0 {
			s.metric(m, target)
		}
	}
}

func (s *State) pick(words ...string) string { return words[s.r.IntN(len(words))] }

// add appends a series, unless there is one with these labels.
func (s *State) add(name string, ls map[string]string, values string) {
	s.addOf(nil, name, ls, values)
}

func (s *State) addOf(m *schema.Metric, name string, ls map[string]string, values string) {
	all := engine.Labels{"__name__": name}
	for k, v := range ls {
		if v != "" {
			all[k] = v
		}
	}
	if text := all.String(); s.err == nil && !s.have[text] {
		s.have[text] = true
		s.Series = append(s.Series, text+" "+values)
		s.err = s.store.Add(epoch, time.Minute, text+" "+values)
		if m != nil {
			all["__type__"] = string(m.Type)
			s.more[name] = append(s.more[name], all.String()+" "+values)
		}
	}
}

// withTypes returns an engine over the series that an expression selects, with their types,
// and perhaps others.
func (s *State) withTypes(e parser.Expr) (*engine.Engine, error) {
	for _, sel := range query.Selectors(e) {
		for name, lines := range s.more {
			if sel.Name != "" && sel.Name != name {
				continue
			}
			for _, line := range lines {
				if err := s.typed.Add(epoch, time.Minute, line); err != nil {
					return nil, err
				}
			}
			delete(s.more, name)
		}
	}
	return typedEngine.Over(s.typed), nil
}

// with returns labels with one more.
func with(ls map[string]string, name, value string) map[string]string {
	c := maps.Clone(ls)
	c[name] = value
	return c
}

// metric adds series of a metric as one target exposes them.
func (s *State) metric(m *schema.Metric, target map[string]string) {
	if strings.Contains(m.Name, "*") {
		c := *m
		c.Name = strings.ReplaceAll(m.Name, "*", s.pick("a", "b_c"))
		m = &c
	}
	for range 1 + s.r.IntN(3) {
		own := maps.Clone(m.ConstLabels)
		if own == nil {
			own = map[string]string{}
		}
		for _, l := range m.Labels {
			name := strings.ReplaceAll(l.Name, "*", s.pick("a", "b"))
			switch {
			case l.Optional && s.r.IntN(2) == 0:
			case l.Values != nil:
				own[name] = s.pick(l.Values...)
			default:
				own[name] = s.pick("", "a", "a", "b", "1", "500")
			}
		}
		labels := maps.Clone(target)
		for _, k := range slices.Sorted(maps.Keys(own)) {
			name := k
			if target[k] != "" {
				name = "exported_" + k
			}
			labels[name] = own[k]
		}
		s.series(m, labels)
	}
}

func (s *State) series(m *schema.Metric, labels map[string]string) {
	switch m.Type {
	case schema.Counter:
		s.addOf(m, m.Name, labels, s.counter(s.r.IntN(2) == 0))
	case schema.Info:
		s.addOf(m, m.Name, labels, s.values(1))
	case schema.StateSet:
		s.addOf(m, m.Name, with(labels, m.Name, s.pick("on", "off")), s.values(0, 1))
	case schema.Summary:
		spelt := s.spelling()
		for _, o := range m.Objectives {
			s.addOf(m, m.Name, with(labels, "quantile", spelt(o.Quantile)), s.gauge())
		}
		s.addOf(m, m.Name+"_sum", labels, s.gauge())
		s.addOf(m, m.Name+"_count", labels, s.counter(true))
	case schema.Histogram:
		s.histogram(m, labels)
	default:
		s.addOf(m, m.Name, labels, s.gauge())
	}
}

// spelling returns how one version of Prometheus writes le and quantile.
func (s *State) spelling() func(float64) string {
	long := s.r.IntN(2) == 0
	return func(v float64) string {
		short := strconv.FormatFloat(v, 'g', -1, 64)
		if long && !strings.ContainsAny(short, ".e") {
			return short + ".0"
		}
		return short
	}
}

func (s *State) histogram(m *schema.Metric, labels map[string]string) {
	if m.Native != nil {
		s.addOf(m, m.Name, labels, fmt.Sprintf("{{schema:0 sum:5 count:7 buckets:[4 2 1]}}+{{schema:0 sum:3 count:3 buckets:[1 1 1]}}x%d", scrapes-1))
		if len(m.Buckets) == 0 {
			return
		}
	}
	bounds := m.Buckets
	if len(bounds) == 0 {
		bounds = []float64{0.7, 7} // which the source does not tell
	}
	spelt, values := s.spelling(), s.counters(len(bounds)+1)
	for i, b := range bounds {
		if s.r.IntN(20) > 0 {
			s.addOf(m, m.Name+"_bucket", with(labels, "le", spelt(b)), values[i])
		}
	}
	s.addOf(m, m.Name+"_bucket", with(labels, "le", "+Inf"), values[len(bounds)])
	s.addOf(m, m.Name+"_count", labels, values[len(bounds)])
	s.addOf(m, m.Name+"_sum", labels, s.gauge())
}

// line writes the values of a series; a few are missing, and some series end.
func (s *State) line(value func(i int) string) string {
	words := make([]string, scrapes)
	end := scrapes
	if s.r.IntN(5) == 0 {
		end = s.r.IntN(scrapes)
	}
	gaps := s.r.IntN(3) == 0
	for i := range words {
		words[i] = value(i)
		switch {
		case i == end:
			words[i] = "stale"
		case i > end, gaps && s.r.IntN(4) == 0:
			words[i] = "_"
		}
	}
	return strings.Join(words, " ")
}

// values are one of a few, all the time or in turns.
func (s *State) values(of ...float64) string {
	steady, flaps := of[s.r.IntN(len(of))], s.r.IntN(2) == 0
	return s.line(func(int) string {
		if flaps {
			return number(of[s.r.IntN(len(of))])
		}
		return number(steady)
	})
}

func number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func (s *State) counter(whole bool) string {
	v, step := 0.0, []float64{0, 1, 7, 1e6}[s.r.IntN(4)]
	if !whole {
		step /= 3
	}
	resets := s.r.IntN(3) == 0
	return s.line(func(int) string {
		v += step * float64(s.r.IntN(3))
		if resets && s.r.IntN(6) == 0 {
			v = step * float64(s.r.IntN(2))
		}
		return number(v)
	})
}

// counters are the buckets of a histogram: each counts what the one before counts, as far
// as one scrape catches them.
func (s *State) counters(n int) []string {
	lines, at, torn := make([][]string, n), make([]int, n), s.r.IntN(4) == 0
	for range scrapes {
		if s.r.IntN(12) == 0 {
			clear(at)
		}
		sum := 0
		for i := range at {
			at[i] += s.r.IntN(3) * s.r.IntN(3)
			sum += at[i]
			v := sum
			if torn {
				v = at[i]
			}
			lines[i] = append(lines[i], number(float64(v)))
		}
	}
	var all []string
	for _, l := range lines {
		all = append(all, s.line(func(i int) string { return l[i] }))
	}
	return all
}

func (s *State) gauge() string {
	switch s.r.IntN(6) {
	case 0:
		return s.values(0)
	case 1:
		return s.values(math.NaN(), 1, -1)
	case 2:
		return s.values(math.Inf(1), math.Inf(-1), 0, 3)
	case 3:
		return s.values(0.1, 0.5, 1)
	case 4:
		return s.values(-5, 0, 5, 1e9, 1.5)
	}
	return s.line(func(int) string { return number(s.r.NormFloat64() * 100) })
}
