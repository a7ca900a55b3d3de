package scanner

import (
	"go/token"
	"maps"
	"sync"
)

// This file decodes the calls that define metrics in two parts at once, each with an
// evaluator of its own. Which calls are in which part does not depend on the machine, nor
// does what is told of them: what limits cut off depends on what an evaluator was asked
// before, and each is asked the same each time.

// minParts is how many calls there are at least where they are decoded in parts: both may
// tell the same of what they have in common.
const minParts = 100

// define decodes the calls that define metrics: in parts where there are that many.
func (s *scan) define(ds decoders, parts int) {
	var defining []int // the places of those calls among all
	for i, at := range s.ix.sites {
		if name, obj := s.ix.callee(at.pkg.TypesInfo, at.call); obj != nil && ds.of(name, obj) != nil {
			defining = append(defining, i)
		}
	}
	if len(defining) < parts {
		s.run(s.ix.sites, ds, true)
		return
	}
	half := defining[len(defining)/2]
	second := s.part()
	var wg sync.WaitGroup
	var failed any
	wg.Go(func() {
		defer func() { failed = recover() }()
		second.run(s.ix.sites[half:], ds, true)
	})
	func() {
		defer wg.Wait()
		s.run(s.ix.sites[:half], ds, true)
	}()
	if failed != nil {
		panic(failed)
	}
	s.join(second)
}

// part returns a scan of the same program that has told nothing yet.
func (s *scan) part() *scan {
	p, ix := *s, *s.ix
	ix.names = maps.Clone(ix.names)
	if ix.asked.of != nil {
		ix.asked = newAsked()
	}
	p.ix, p.ev = &ix, newEvaluator(s.ev.ctx, &ix)
	p.ev.tracing = s.ev.tracing
	p.defs, p.findings, p.nameless = nil, nil, nil
	p.byCall, p.notes = map[token.Pos][]*Definition{}, map[string][]Value{}
	p.own, p.saysAll, p.called, p.sent = map[*site]bool{}, map[*site]bool{}, map[string]bool{}, map[sending]bool{}
	return &p
}

// join adds what a part told of calls that come after those of s.
func (s *scan) join(p *scan) {
	for _, d := range p.defs {
		if d.trace != nil {
			d.trace.scan = s
		}
	}
	s.defs = append(s.defs, p.defs...)
	s.findings = append(s.findings, p.findings...)
	s.nameless = append(s.nameless, p.nameless...)
	joinLists(&s.byCall, p.byCall)
	joinLists(&s.notes, p.notes)
	maps.Copy(s.own, p.own)
	maps.Copy(s.saysAll, p.saysAll)
	maps.Copy(s.called, p.called)
	maps.Copy(s.sent, p.sent)
	for obj, what := range p.ix.asked.of {
		s.ix.asked.of[obj] |= what
	}
	maps.Copy(s.ix.asked.methods, p.ix.asked.methods)
	maps.Copy(s.ix.asked.assigned, p.ix.asked.assigned)
}
