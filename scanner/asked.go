package scanner

import (
	"go/types"
	"slices"
)

// This file answers what is asked of the index, and notes what was asked: who knows it can
// tell that a change elsewhere makes no difference (see inert.go).

// An ask is a kind of question about an object.
type ask uint16

const (
	askFunction ask = 1 << iota // what a function is
	askCallers
	askValues
	askWrites // what is written to a variable or field, in whichever way, or left zero
	askDecoded
	askConstants // of a type, and what is converted to it
	askMentions
	askObjects
)

// Asked is what was asked of an index.
type asked struct {
	of       map[types.Object]ask // nil: nobody wants to know
	methods  map[string]bool      // names of methods, of any interface
	assigned map[string]bool      // full names of package variables
}

func newAsked() asked {
	return asked{of: map[types.Object]ask{}, methods: map[string]bool{}, assigned: map[string]bool{}}
}

func (a *asked) note(obj types.Object, what ask) {
	if a.of != nil && obj != nil && a.of[obj]&what == 0 {
		a.of[obj] |= what
	}
}

func (a *asked) noteType(t types.Type, what ask) {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		a.note(n.Obj(), what)
	}
}

// function returns the declared function or method, or the closure that a variable holds.
func (ix *index) function(obj types.Object) *function {
	ix.asked.note(obj, askFunction)
	return ix.facts.funcs[obj]
}

func (ix *index) callers(obj types.Object) []*site {
	ix.asked.note(obj, askCallers)
	return ix.facts.callers[obj]
}

func (ix *index) values(obj types.Object) []mention {
	ix.asked.note(obj, askValues)
	return ix.facts.values[obj]
}

func (ix *index) mentions(obj types.Object) []naming {
	ix.asked.note(obj, askMentions)
	return ix.facts.mentions[obj]
}

func (ix *index) tables(obj types.Object) []*site {
	ix.asked.note(obj, askMentions)
	return ix.facts.tables[obj]
}

func (ix *index) isBoxed(field types.Object) bool {
	ix.asked.note(field, askMentions)
	return ix.facts.boxed[field]
}

func (ix *index) methods(name string) []*types.Func {
	if ix.asked.of != nil {
		ix.asked.methods[name] = true
	}
	return ix.facts.methods[name]
}

func (ix *index) writes(obj types.Object) []write {
	ix.asked.note(obj, askWrites)
	return ix.facts.writes[obj]
}

func (ix *index) elements(obj types.Object) []write {
	ix.asked.note(obj, askWrites)
	return ix.facts.elements[obj]
}

func (ix *index) inside(obj types.Object) []write {
	ix.asked.note(obj, askWrites)
	return ix.facts.inside[obj]
}

func (ix *index) isOmitted(field types.Object) bool {
	ix.asked.note(field, askWrites)
	return ix.facts.omitted[field]
}

// zeroed returns where structs of a type begin with fields that are zero.
func (ix *index) zeroed(st *types.Struct) []zeroed {
	for f := range st.Fields() {
		ix.asked.note(f.Origin(), askWrites)
	}
	var found []zeroed
	for _, z := range ix.facts.zeroed {
		if z.st == st {
			found = append(found, z)
		}
	}
	return found
}

// assigned reports whether a function assigns to the package variable of that full name.
func (ix *index) assigned(name string) bool {
	if ix.asked.of != nil {
		ix.asked.assigned[name] = true
	}
	for obj, writes := range ix.facts.writes {
		v, ok := obj.(*types.Var)
		if ok && !v.IsField() && qualified(v) == name && slices.ContainsFunc(writes, func(w write) bool { return w.fn != nil }) {
			return true
		}
	}
	return false
}

func (ix *index) isDecoded(field types.Object) bool {
	ix.asked.note(field, askDecoded)
	return ix.facts.decoded[field]
}

// tag returns the default that the struct tag of a field that is decoded says.
func (ix *index) tag(field types.Object) (string, bool) {
	ix.asked.note(field, askDecoded)
	v, ok := ix.facts.tagged[field]
	return v, ok
}

func (ix *index) consts(t types.Type) []string {
	ix.asked.noteType(t, askConstants)
	return ix.facts.consts[t]
}

func (ix *index) isMade(t types.Type) bool {
	ix.asked.noteType(t, askConstants)
	return ix.facts.made[t]
}

func (ix *index) objects(name types.Object) []madeStruct {
	ix.asked.note(name, askObjects)
	return ix.facts.objects[name]
}

func (ix *index) sends(name types.Object) []sentStruct {
	ix.asked.note(name, askObjects)
	return ix.facts.sends[name]
}
