package prove

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
)

// A Prover makes tests of alerts that are loaded together.
type Prover struct {
	world    *query.World
	groups   []engine.Group
	recorded []engine.Rule
}

// New returns a prover of the groups that are loaded together, in the order in which they
// are evaluated. The world is what their expressions are judged against.
func New(w *query.World, groups []engine.Group) *Prover {
	p := &Prover{world: w, groups: groups}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				p.recorded = append(p.recorded, r)
			}
		}
	}
	return p
}

// A Proof is what could be shown of one alert.
type Proof struct {
	Alert  string
	Tests  []*ruletest.Test // none: not proven
	Reason string           // why it is not proven; or that it fires in the quietest scenario, too
	Never  bool             // scenarios were tried, and none makes it fire
}

// Proven reports whether the alert was shown to fire, and to stay quiet.
func (p *Proof) Proven() bool { return len(p.Tests) > 0 && p.Reason == "" }

// File returns the file of a group's tests, without its name and the rule files, which the
// caller knows, and without the tests. Its interval of evaluations suits all alerts.
func (p *Prover) File(group string) *ruletest.File {
	f := &ruletest.File{Evaluation: time.Minute, Order: p.order(group)}
	for _, r := range p.Alerts(group) {
		f.Evaluation = min(f.Evaluation, p.step(r))
	}
	return f
}

// Alerts returns the alerts of a group in their order.
func (p *Prover) Alerts(group string) []engine.Rule {
	var list []engine.Rule
	for _, g := range p.groups {
		for _, r := range g.Rules {
			if g.Name == group && r.Alert != "" {
				list = append(list, r)
			}
		}
	}
	return list
}

// Prove makes tests of alerts, several at a time, and returns what could be shown of each.
// The interval of evaluations is that of the file that they will stand in.
func (p *Prover) Prove(ctx context.Context, alerts []engine.Rule, interval time.Duration) []*Proof {
	proofs := make([]*Proof, len(alerts))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, r := range alerts {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			proofs[i] = p.alert(ctx, r, interval)
		})
	}
	wg.Wait()
	return proofs
}

// Tests returns the tests of proofs, in their order.
func Tests(proofs []*Proof) []*ruletest.Test {
	var list []*ruletest.Test
	for _, one := range proofs {
		list = append(list, one.Tests...)
	}
	return list
}

// Recorded returns the recording rules that an alert draws on, through others too, in the order
// in which they are evaluated.
func (p *Prover) Recorded(alert engine.Rule) []engine.Rule {
	need := map[string]bool{}
	var visit func(expr string)
	visit = func(expr string) {
		for _, name := range query.Names(expr) {
			if need[name] {
				continue
			}
			need[name] = true
			for _, r := range p.recorded {
				if r.Record == name {
					visit(r.Expr)
				}
			}
		}
	}
	visit(alert.Expr)
	return slices.DeleteFunc(slices.Clone(p.recorded), func(r engine.Rule) bool { return !need[r.Record] })
}

// Needs returns the groups that must be loaded to test a group: itself, and those that record
// what it draws on, sorted by their place.
func (p *Prover) Needs(group string) []string {
	need := map[string]bool{group: true}
	for more := true; more; {
		more = false
		for _, g := range p.groups {
			if !need[g.Name] {
				continue
			}
			for _, r := range g.Rules {
				names := query.Names(r.Expr)
				for _, o := range p.groups {
					if !need[o.Name] && slices.ContainsFunc(o.Rules, func(u engine.Rule) bool { return u.Record != "" && slices.Contains(names, u.Record) }) {
						need[o.Name], more = true, true
					}
				}
			}
		}
	}
	var list []string
	for _, g := range p.groups {
		if need[g.Name] {
			list = append(list, g.Name)
		}
	}
	return slices.Compact(list)
}

// order returns the order of groups where there is more than one.
func (p *Prover) order(group string) []string {
	list := slices.DeleteFunc(p.Needs(group), func(name string) bool { return name == group })
	if len(list) == 0 {
		return nil
	}
	return append(list, group)
}

// step returns the longest interval of evaluations that suits an alert: half of for and ranges
// are whole numbers of it, and a range has four.
func (p *Prover) step(alert engine.Rule) time.Duration {
	s, _ := newSubject(p.world, p.recorded, alert)
	for _, d := range []time.Duration{time.Minute, 30 * time.Second, 15 * time.Second, 10 * time.Second, 5 * time.Second} {
		ok := alert.For%(2*d) == 0 && alert.KeepFiringFor%d == 0
		if s != nil {
			for _, r := range s.ranges {
				ok = ok && r%d == 0 && r >= 4*d
			}
		}
		if ok {
			return d
		}
	}
	return time.Second
}

// alert makes the tests of one alert.
func (p *Prover) alert(ctx context.Context, alert engine.Rule, step time.Duration) *Proof {
	proof := &Proof{Alert: alert.Alert}
	s, err := newSubject(p.world, p.recorded, alert)
	if err != nil {
		proof.Reason = err.Error()
		return proof
	}
	if s.reach+alert.For > longest*step {
		proof.Reason = fmt.Sprintf("it looks back %s, which is too long for tests every %s", model.Duration(s.reach+alert.For), model.Duration(step))
		return proof
	}
	f, err := newSearcher(ctx, s, alert, step)
	if err != nil {
		proof.Reason = err.Error()
		return proof
	}
	whole, quiet := f.tree, false
	d := &deriver{searcher: f, proof: proof}
	f.takes = d.portable
	branches := operandsOf(whole)
	for i, one := range branches {
		f.tree, f.tried, f.spare = one, 0, nil
		found, fires, rests := f.find()
		if !fires && i == 0 && s.twins() {
			f.tried = 0
			found, fires, rests = f.find()
		}
		f.tree = whole
		if !fires {
			proof.Never = proof.Never || len(branches) == 1
			proof.Reason = fmt.Sprintf("none of %d scenarios makes it fire", f.tried)
			if len(branches) > 1 {
				proof.Reason = fmt.Sprintf("none of %d scenarios makes it fire because of %s", f.tried, one)
			}
			continue
		}
		quiet = quiet || rests
		if d.when = ""; i > 0 {
			d.when = fmt.Sprintf(", by operand %d of or", i+1)
		}
		d.all(found)
	}
	switch {
	case ctx.Err() != nil:
		proof.Tests, proof.Reason, proof.Never = nil, "time is up", false
	case proof.Reason != "":
	case len(proof.Tests) == 0:
		proof.Reason = "in no scenario does it fire for as long as for says, and with the same annotations in Prometheus 2 and 3"
	case !quiet:
		proof.Reason = "no scenario keeps it quiet"
	}
	return proof
}

// operandsOf returns the operands of or at the top of an expression; the expression itself
// where it is none.
func operandsOf(e parser.Expr) []parser.Expr {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return operandsOf(n.Expr)
	case *parser.BinaryExpr:
		if n.Op == parser.LOR {
			return append(operandsOf(n.LHS), operandsOf(n.RHS)...)
		}
	}
	return []parser.Expr{e}
}
