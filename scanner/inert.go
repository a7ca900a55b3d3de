package scanner

import (
	"go/ast"
	"go/token"
	"go/types"
	"hash/fnv"
	"slices"

	"golang.org/x/tools/go/packages"
)

// This file tells what makes no difference to a result: functions that were never looked
// into, and that say nothing of what was asked (asked.go).
//
// A scan looks into a function where what it asks of the index leads there: a call of a
// library's, a call of a function whose callers are asked for, a write to a field that is.
// A function that holds none of these is inert. It may be replaced by another that is
// inert, too, without any difference to what the scan would find, as long as the program
// still runs the same other functions.

// An observer says what the scans of a run depended on.
type observer struct {
	Asked    map[uint64]bool // what was asked of what
	Unseen   map[uint64]bool // functions and types that some program does not run
	Called   map[string]bool // methods of interfaces, not exported, that every program names
	Defines  map[string]bool // the functions that define metrics, as the user says, too
	Indirect bool            // one of them is used as a value
	Reads    map[string]bool // import paths of the packages read from source

	run     map[*ast.FuncDecl]bool     // in one program or another
	leads   map[*ast.FuncDecl][]uint64 // what a function was the first to name
	structs map[string]bool
}

func newObserver(cfg Config) *observer {
	return &observer{Asked: map[uint64]bool{}, Unseen: map[uint64]bool{}, Defines: map[string]bool{}, Reads: map[string]bool{},
		run: map[*ast.FuncDecl]bool{}, leads: map[*ast.FuncDecl][]uint64{}, structs: structsOf(cfg.Constructors)}
}

// add notes what one scan depended on.
func (o *observer) add(s *scan) {
	for obj, what := range s.ix.asked.of {
		for bit := askFunction; bit <= askObjects; bit <<= 1 {
			if name := askedName(obj); name != "" && what&bit != 0 {
				o.Asked[keyOfAsk(bit, name)] = true
			}
		}
	}
	for name := range s.ix.asked.methods {
		o.Asked[keyOfAsk(askMethods, name)] = true
	}
	for name := range s.ix.asked.assigned {
		o.Asked[keyOfAsk(askWrites, name)] = true
	}
	for name := range s.defines {
		o.Defines[name] = true
	}
	o.Indirect = o.Indirect || len(s.asValues) > 0
	for _, p := range s.ix.pkgs {
		o.Reads[p.PkgPath] = true
	}
	o.addReach(s.ix.reach)
}

// addReach notes what one program runs.
func (o *observer) addReach(r *reacher) {
	for f, c := range r.funcs {
		if r.seen[f] {
			o.run[c.node.(*ast.FuncDecl)] = true
		} else {
			o.Unseen[keyOfName(f)] = true
		}
	}
	for tn := range r.types {
		if !r.seen[tn] {
			o.Unseen[keyOfName(tn)] = true
		}
	}
	for node, objs := range r.leads {
		if d, ok := node.(*ast.FuncDecl); ok {
			for _, obj := range objs {
				o.leads[d] = append(o.leads[d], keyOfName(obj))
			}
		}
	}
	if o.Called == nil {
		o.Called = r.called
		return
	}
	both := map[string]bool{}
	for name := range r.called {
		both[name] = o.Called[name]
	}
	o.Called = both
}

// askMethods and askNames are no questions about objects; keys tell them from those.
const (
	askMethods ask = askObjects << (1 + iota)
	askNames
)

// keyOfAsk begins with the question.
func keyOfAsk(what ask, name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return uint64(what)<<48 | h.Sum64()>>16
}

func keyOfName(obj types.Object) uint64 { return keyOfAsk(askNames, askedName(obj)) }

// askedName names an object for another run; empty: it is of one function alone. Fields of
// one name in one package are not told apart.
func askedName(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		if obj != nil {
			return obj.Origin().FullName()
		}
	case *types.Var:
		switch {
		case obj == nil || isLocal(obj):
		case obj.IsField():
			return "." + qualified(obj)
		default:
			return qualified(obj)
		}
	case *types.TypeName:
		if obj.Pkg() != nil {
			return obj.Pkg().Path() + "." + obj.Name()
		}
	}
	return ""
}

func (o *observer) asked(what ask, obj types.Object) bool {
	name := askedName(obj)
	return name != "" && o.Asked[keyOfAsk(what, name)]
}

// inert reports whether a function of a file, in which gathers looks, is inert. One that is
// not run says no more than which constants there are.
func (o *observer) inert(p *packages.Package, f *ast.File, gathers gatherer, d *ast.FuncDecl, run bool) bool {
	speaking := func(g *ast.CommentGroup) bool { return contains(d.Body, g.Pos()) && speaks(g) }
	if slices.ContainsFunc(f.Comments, speaking) || o.says(p.TypesInfo, d) {
		return false
	}
	if !run {
		return true
	}
	if gathers.names(d.Body, gathers.by.Named) {
		return false
	}
	ix := emptyIndex(o.structs)
	ix.paths = o.Reads
	(&walker{ix: ix, pkg: p, info: p.TypesInfo}).walk(d)
	for _, h := range ix.handed {
		if !o.declared(h.to) || h.hides() {
			ix.decode(h.t)
		}
	}
	ix.interfaceMethods()
	return len(ix.literals)+len(ix.flags) == 0 && !slices.ContainsFunc(ix.sites, o.matters) && !o.answers(ix) && !o.shares(ix) && !outward(ix)
}

// declared reports whether obj is a function that is read.
func (o *observer) declared(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.Pkg() != nil && o.Reads[f.Pkg().Path()] && !isInterfaceMethod(f)
}

// says reports whether a node has constants of a type whose constants were asked for.
func (o *observer) says(info *types.Info, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if tv := info.Types[e]; tv.Value != nil && isString(tv.Type) {
				if n, ok := types.Unalias(tv.Type).(*types.Named); ok {
					found = found || o.asked(askConstants, n.Obj())
				}
			}
		}
		return !found
	})
	return found
}

// matters reports whether a scan looks at a call wherever it stands.
func (o *observer) matters(at *site) bool {
	info := at.pkg.TypesInfo
	name, obj := callee(info, at.call)
	if obj == nil || !isDeclared(obj) {
		if o.Indirect {
			return true
		}
	}
	if _, ok := settings[name]; ok || o.Defines[name] || used(name) || isInterfaceMethod(obj) && (o.Defines["."+obj.Name()] || used("."+obj.Name())) {
		return true
	}
	if o.declared(obj) || info.Types[at.call.Fun].IsType() || isBuiltin(info, at.call) || isLiteral(at.call.Fun) {
		return false
	}
	for i, arg := range at.call.Args {
		if sharedByAny(info.TypeOf(arg), parameterType(info, at.call, i)) {
			return true
		}
	}
	return false
}

// used reports whether a library has an entry for calls of that name.
func used(name string) bool {
	return slices.ContainsFunc(Libraries(), func(l *Library) bool { return l.Defines[name] != nil || l.Uses[name] != nil })
}

// sharedByAny reports whether a library wants to know that a value of type t is given away as to.
func sharedByAny(t, to types.Type) bool {
	return slices.ContainsFunc(Libraries(), func(l *Library) bool { return l.Shared != nil && t != nil && l.Shared(t, to) })
}

// shares reports whether something that libraries want to know of is handed to packages
// that are not read, or a function of theirs used as a value.
func (o *observer) shares(ix *index) bool {
	for obj, writes := range ix.facts.writes {
		given := func(w write) bool { return w.expr != nil && sharedByAny(w.pkg.TypesInfo.TypeOf(w.expr), obj.Type()) }
		if !ix.reads(obj) && slices.ContainsFunc(writes, given) {
			return true
		}
	}
	for obj := range ix.facts.values {
		if f, ok := obj.(*types.Func); ok && (o.Defines[f.FullName()] || used(f.FullName())) {
			return true
		}
	}
	return false
}

// answers reports whether an index holds an answer to what was asked.
func (o *observer) answers(ix *index) bool {
	given := func(what ask, obj types.Object) bool { return o.asked(what, obj) }
	if anyKey(ix.facts.funcs, askFunction, given) || anyKey(ix.facts.callers, askCallers, given) || anyKey(ix.facts.values, askValues, given) || anyKey(ix.facts.mentions, askMentions, given) ||
		anyKey(ix.facts.boxed, askMentions, given) || anyKey(ix.facts.tables, askMentions, given) ||
		anyKey(ix.facts.writes, askWrites, given) || anyKey(ix.facts.elements, askWrites, given) || anyKey(ix.facts.inside, askWrites, given) ||
		anyKey(ix.facts.decoded, askDecoded, given) || anyKey(ix.facts.objects, askObjects, given) {
		return true
	}
	for name := range ix.facts.methods {
		if o.Asked[keyOfAsk(askMethods, name)] {
			return true
		}
	}
	for t := range ix.facts.made {
		if n, ok := t.(*types.Named); ok && o.asked(askConstants, n.Obj()) {
			return true
		}
	}
	return slices.ContainsFunc(ix.facts.zeroed, func(z zeroed) bool {
		for f := range z.st.Fields() {
			if o.asked(askWrites, f.Origin()) {
				return true
			}
		}
		return false
	})
}

func anyKey[V any](m map[types.Object]V, what ask, given func(ask, types.Object) bool) bool {
	for obj := range m {
		if given(what, obj) {
			return true
		}
	}
	return false
}

// outward reports whether what is told of local variables is told of others.
func outward(ix *index) bool {
	others := func(obj types.Object) bool { return askedName(obj) != "" }
	for obj := range ix.ranges {
		if others(obj) {
			return true
		}
	}
	for obj := range ix.touches {
		if others(obj) {
			return true
		}
	}
	for obj := range ix.holds {
		if others(obj) {
			return true
		}
	}
	return false
}

// named returns the keys of the functions and types that a declaration names, and whether
// each is run already, or is one of those that are left out: then naming them runs nothing new.
func (o *observer) named(info *types.Info, d ast.Node, left map[types.Object]bool) (keys map[uint64]bool, ok bool) {
	keys, ok = map[uint64]bool{}, true
	ast.Inspect(d, func(n ast.Node) bool {
		id, isIdent := n.(*ast.Ident)
		if !isIdent {
			return true
		}
		obj := info.Uses[id]
		if f, isFunc := obj.(*types.Func); isFunc {
			obj = f.Origin()
		} else if _, isType := obj.(*types.TypeName); !isType {
			return true
		}
		key := keyOfName(obj)
		keys[key] = true
		quiet := !isInterfaceMethod(obj) || token.IsExported(obj.Name()) || obj.Pkg() == nil || o.Called[obj.Name()]
		ok = ok && (left[obj] || !o.Unseen[key] && quiet)
		return true
	})
	return keys, ok
}
