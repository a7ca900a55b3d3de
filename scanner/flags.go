package scanner

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// This file knows flags, environment variables and keys of configuration, which have
// the value that the program gives them by default, until a user gives another.

// A setting is how a function declares a flag or key: the indices of its arguments, or
// none.
type setting struct {
	into  int // points to the variable that gets the value; none: it is the result
	key   int // its name
	value int // the default; none: empty; chained: given by the method Default before it
	store int // where it can be looked up
	bool  bool
}

const (
	none    = -2
	chained = -3
)

// The stores in which settings are looked up by key.
const (
	noStore = iota
	pflagStore
	viperStore
	cliStore
)

// settings are the functions that declare strings and Booleans, by full name.
var settings = settingTable()

func settingTable() map[string]setting {
	table := map[string]setting{
		"os.Getenv":      {into: none, value: none},
		"os.LookupEnv":   {into: none, value: none},
		"syscall.Getenv": {into: none, value: none},

		"github.com/minio/pkg/env.Get":               {into: none, value: 1},
		"github.com/minio/pkg/v2/env.Get":            {into: none, value: 1},
		"github.com/minio/pkg/v3/env.Get":            {into: none, value: 1},
		"github.com/spf13/viper.SetDefault":          {into: none, value: 1, store: viperStore},
		"(*github.com/spf13/viper.Viper).SetDefault": {into: none, value: 1, store: viperStore},
	}
	for _, pkg := range []string{"flag", "github.com/namsral/flag"} {
		for _, recv := range []string{pkg, "(*" + pkg + ".FlagSet)"} {
			table[recv+".String"] = setting{into: none, value: 1}
			table[recv+".StringVar"] = setting{key: 1, value: 2}
			table[recv+".Bool"] = setting{into: none, value: 1, bool: true}
			table[recv+".BoolVar"] = setting{key: 1, value: 2, bool: true}
		}
	}
	for _, recv := range []string{"github.com/spf13/pflag", "(*github.com/spf13/pflag.FlagSet)"} {
		for _, t := range []string{"String", "Bool"} {
			isBool := t == "Bool"
			table[recv+"."+t] = setting{into: none, value: 1, store: pflagStore, bool: isBool}
			table[recv+"."+t+"P"] = setting{into: none, value: 2, store: pflagStore, bool: isBool}
			table[recv+"."+t+"Var"] = setting{key: 1, value: 2, store: pflagStore, bool: isBool}
			table[recv+"."+t+"VarP"] = setting{key: 1, value: 3, store: pflagStore, bool: isBool}
		}
	}
	for _, pkg := range kingpins {
		for _, recv := range []string{"parserMixin", "FlagClause", "ArgClause"} {
			for _, method := range []string{"String", "Enum", "Bool"} {
				table["(*"+pkg+"."+recv+")."+method] = setting{into: none, key: none, value: chained, bool: method == "Bool"}
				table["(*"+pkg+"."+recv+")."+method+"Var"] = setting{key: none, value: chained, bool: method == "Bool"}
			}
		}
	}
	return table
}

var kingpins = []string{"github.com/alecthomas/kingpin/v2", "github.com/alecthomas/kingpin", "gopkg.in/alecthomas/kingpin.v2"}

// lookups are the functions that return the setting that argument 0 names, by full name,
// with the stores that it may be in.
var lookups = lookupTable()

func lookupTable() map[string][]int {
	table := map[string][]int{
		"github.com/spf13/viper.GetString":              {viperStore, pflagStore},
		"(*github.com/spf13/viper.Viper).GetString":     {viperStore, pflagStore},
		"(*github.com/spf13/pflag.FlagSet).GetString":   {pflagStore},
		"(*github.com/urfave/cli/v3.Command).String":    {cliStore},
		"(*github.com/urfave/cli.Context).GlobalString": {cliStore},
	}
	for _, pkg := range []string{"github.com/urfave/cli", "github.com/urfave/cli/v2"} {
		table["(*"+pkg+".Context).String"] = []int{cliStore}
	}
	return table
}

// flagTypes are the structs that declare flags, with fields Name, Value and Destination.
var flagTypes = map[string]int{
	"github.com/urfave/cli.StringFlag":    cliStore,
	"github.com/urfave/cli/v2.StringFlag": cliStore,
	"github.com/urfave/cli/v3.FlagBase":   cliStore,
}

// tagDefaults are the keys of struct tags that give a field its default. What the tag
// env says is a name, and behind it options, of which one may be default.
var tagDefaults = []string{"default", "envDefault", "env-default"}

// configured marks a value as a default that users may change.
func configured(v Value) Value {
	var alts []Value
	v.each(func(v Value) {
		v.Default, v.Configured = true, true
		alts = append(alts, v)
	})
	return choice(alts)
}

// setting evaluates the call of a function that declares a setting, or looks one up. ok
// is false for others.
func (ev *evaluator) setting(call *ast.CallExpr, name string, env *Env) (v Value, ok bool) {
	if stores, ok := lookups[name]; ok && len(call.Args) > 0 {
		return ev.lookUp(stores, ev.eval(call.Args[0], env)), true
	}
	s, ok := settings[name]
	if !ok {
		return Value{}, false
	}
	switch {
	case s.value == none:
		v = str("")
		v.Absent = true // a constant that stands in for it is what names are made of
	case s.value == chained:
		v = ev.chained(call, env)
	case s.value < len(call.Args):
		v = ev.eval(call.Args[s.value], env)
	}
	if s.bool && v.Kind == String {
		v = parsedBool(v)
	}
	return configured(v), true
}

// parsedBool returns the Boolean that the text of a default says; empty: false.
func parsedBool(v Value) Value {
	b, err := strconv.ParseBool(v.Str)
	if err != nil && v.Str != "" {
		return Value{}
	}
	return Value{Kind: Boolean, Bool: b}
}

// chained returns what the method Default was given in x.Default("a").Envar("A").String().
func (ev *evaluator) chained(call *ast.CallExpr, env *Env) Value {
	for {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return str("")
		}
		v := ev.eval(sel.X, env)
		if v.Kind != Opaque {
			return Value{}
		}
		if call, env = v.Call, v.Env; strings.HasSuffix(v.Callee, ".Default") && len(call.Args) == 1 {
			return ev.eval(call.Args[0], env)
		}
	}
}

// lookUp returns the default of the setting of that name.
func (ev *evaluator) lookUp(stores []int, name Value) Value {
	if !name.isKnown() || name.Kind != String {
		return Value{}
	}
	if ev.declared == nil {
		ev.declared = map[keyed][]Elem{}
		ev.declare()
	}
	var alts []Value
	for _, store := range stores {
		for _, e := range ev.declared[keyOf(store, name.Str)] {
			alts = append(alts, configured(ev.elem(e)))
		}
		if len(alts) > 0 {
			break
		}
	}
	return choice(alts)
}

// A keyed is a setting in a store.
type keyed struct {
	store int
	name  string
}

func keyOf(store int, name string) keyed {
	if store == viperStore {
		name = strings.ToLower(name)
	}
	return keyed{store, name}
}

// declare fills in the settings that the program declares by constant names.
func (ev *evaluator) declare() {
	add := func(store int, env *Env, name, value ast.Expr) {
		if key := ev.eval(name, env); key.Kind == String && key.isKnown() {
			k := keyOf(store, key.Str)
			ev.declared[k] = append(ev.declared[k], Elem{Expr: value, Env: env})
		}
	}
	for _, at := range ev.ix.sites {
		name, _ := ev.ix.callee(at.pkg.TypesInfo, at.call)
		if s, ok := settings[name]; ok && s.store != noStore && s.value < len(at.call.Args) {
			add(s.store, &Env{pkg: at.pkg}, at.call.Args[s.key], at.call.Args[s.value])
		}
	}
	for _, lit := range ev.ix.flags {
		name, value := literalNamed(lit.lit, "Name"), literalNamed(lit.lit, "Value")
		if name != nil && value != nil {
			add(lit.store, &Env{pkg: lit.pkg}, name, value)
		}
	}
}

// A flagLiteral is a literal of one of flagTypes.
type flagLiteral struct {
	place
	lit   *ast.CompositeLit
	store int
}

// literalNamed returns what a struct literal gives the field of that name, or nil.
func literalNamed(lit *ast.CompositeLit, field string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && isNamed(kv.Key, field) {
			return kv.Value
		}
	}
	return nil
}

func isNamed(e ast.Expr, name string) bool {
	id := asIdent(e)
	return id != nil && id.Name == name
}

// flagStore returns the store of a struct type that declares flags.
func flagStore(t types.Type) (store int, ok bool) {
	n, ok := types.Unalias(deref(orInvalid(t))).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return noStore, false
	}
	store, ok = flagTypes[n.Obj().Pkg().Path()+"."+n.Obj().Name()]
	return store, ok
}

// setsTo returns the expression whose value a setting gives the variable at arg, which
// stands in a call or a literal that declares it: evaluated and marked as configured, it
// is what the variable holds. It is nil where arg is given to something else.
func setsTo(info *types.Info, stack []ast.Node, arg ast.Expr) ast.Expr {
	if len(stack) == 0 {
		return nil
	}
	switch n := stack[len(stack)-1].(type) {
	case *ast.CallExpr:
		if sets(info, n, slices.Index(n.Args, arg)) {
			return n
		}
	case *ast.KeyValueExpr:
		lit, ok := stack[max(len(stack)-2, 0)].(*ast.CompositeLit)
		if _, isFlag := flagStore(info.TypeOf(exprOf(lit))); ok && isFlag && isNamed(n.Key, "Destination") {
			return literalNamed(lit, "Value")
		}
	}
	return nil
}

func exprOf(lit *ast.CompositeLit) ast.Expr {
	if lit == nil {
		return &ast.BadExpr{}
	}
	return lit
}

// sets reports whether a call declares a setting whose variable argument i points to.
func sets(info *types.Info, call *ast.CallExpr, i int) bool {
	name, _ := callee(info, call)
	s, ok := settings[name]
	return ok && i >= 0 && s.into == i
}

// tagDefault returns the default that a struct tag gives a field.
func tagDefault(tag string) (string, bool) {
	t := reflect.StructTag(tag)
	for _, key := range tagDefaults {
		if v, ok := t.Lookup(key); ok {
			return v, true
		}
	}
	for _, option := range strings.Split(t.Get("env"), ",")[1:] {
		if v, ok := strings.CutPrefix(strings.TrimSpace(option), "default="); ok {
			return v, true
		}
	}
	return "", false
}
