package config

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"go.yaml.in/yaml/v3"
)

// This file holds the keys of constructors: the functions and types of a program that
// describe metrics in a way that no scanner should guess.

// A Constructor is a function each call of which is a metric family, or a struct type
// each literal of which is one.
type Constructor struct {
	Function string // full name; empty: Struct
	Struct   string // full name; empty: Function
	Name     []Part
	Help     []Part      // one; empty: not said
	Unit     []Part      // one; empty: not said
	Labels   []Part      // nil: not said, so that it may have any
	Buckets  []Part      // one; empty: not said
	Type     schema.Type // empty: TypeOf says it, or nobody
	TypeOf   []Part      // one; empty: Type says it, or nobody
	Types    map[string]schema.Type
	Pos      schema.Pos
}

// A Part says where a part of a description stands.
type Part struct {
	Text  string // these very words; empty: what Arg and Field say
	Arg   int    // argument of the function, counted from zero, or one of the constants below
	Field string // of the struct type or argument; A.B is a field of a field
	Pos   schema.Pos
}

// What Part.Arg is where it is no argument.
const (
	Receiver = -1 // what the method is called on
	Itself   = -2 // the struct
)

var (
	aFullName  = form{pattern: regexp.MustCompile(`^[^\s/]\S*\.\S+$`), want: "an import path and a name, for instance example.com/shop/metrics.NewCounter"}
	aPart      = form{pattern: regexp.MustCompile(`^(argument [0-9]{1,3}|receiver|[\pL_][\pL\pN_]*)(\.[\pL_][\pL\pN_]*)*$`), want: "argument 0 of a function, or a field of a struct"}
	anyKey     = regexp.MustCompile(`\S`)
	metricType = oneOf("counter", "gauge", "histogram", "summary", "untyped", "info", "stateset")
)

var constructor = object[Constructor]{
	noun: "constructor",
	rows: []row[Constructor]{
		key("function", text(aFullName), "Full name of a function or method each call of which is a metric: example.com/shop/metrics.NewCounter or example.com/shop/metrics.Registry.Counter.", func(c *Constructor) *string { return &c.Function }),
		key("struct", text(aFullName), "Full name of a struct type each literal of which is a metric: example.com/shop/metrics.Description.", func(c *Constructor) *string { return &c.Struct }),
		required(key("name", oneOrMore(part()), "Where the metric's name stands: argument 0, or a field. Several are joined by _, without those that are empty.", func(c *Constructor) *[]Part { return &c.Name })),
		key("help", one(part()), "Where its help text stands.", func(c *Constructor) *[]Part { return &c.Help }),
		key("unit", one(part()), "Where its unit stands.", func(c *Constructor) *[]Part { return &c.Unit }),
		key("labels", labelsKind(), "Where the names of its labels stand: an argument or field that is a list of them, or several that are one each. Default: it may have any.", func(c *Constructor) *[]Part { return &c.Labels }),
		key("buckets", one(part()), "Where the buckets of a histogram stand.", func(c *Constructor) *[]Part { return &c.Buckets }),
		typeRow,
	},
	begin: func(_ *reader, n *source.Node, c *Constructor) { c.Pos = n.Pos() },
	check: checkConstructor,
}

// A typeFrom is the long form of type.
type typeFrom struct {
	from   []Part
	values map[string]string
}

var typeFromObject = object[typeFrom]{
	noun: "type",
	rows: []row[typeFrom]{
		required(key("from", one(part()), "Where the type stands.", func(t *typeFrom) *[]Part { return &t.from })),
		key("values", mapOf(metricType, anyKey), "The types by value, or by the name of the constant. Default: the values are names of types, or constants of prometheus.ValueType.", func(t *typeFrom) *map[string]string { return &t.values }),
	},
}

// typeRow is a type, or where it stands.
var typeRow = row[Constructor]{
	name:   "type",
	doc:    "Its type, or where that stands.",
	schema: map[string]any{"anyOf": []any{metricType.schema, typeFromObject.schema()}},
	read: func(r *reader, n *source.Node, c *Constructor) {
		if n.Kind != source.Map {
			var t string
			metricType.read(r, n, &t)
			c.Type = schema.Type(t)
			return
		}
		var t typeFrom
		typeFromObject.read(r, n, &t)
		c.TypeOf = t.from
		for name, typ := range t.values {
			if c.Types == nil {
				c.Types = map[string]schema.Type{}
			}
			if typ != "" { // else it was reported
				c.Types[name] = schema.Type(typ)
			}
		}
	},
	write: func(c *Constructor) *yaml.Node {
		if len(c.TypeOf) == 0 {
			return metricType.write(string(c.Type))
		}
		t := typeFrom{from: c.TypeOf, values: map[string]string{}}
		for name, typ := range c.Types {
			t.values[name] = string(typ)
		}
		return typeFromObject.write(t)
	},
}

// aText is the long form of a part: text that stands nowhere.
var aText = object[Part]{
	noun: "part",
	rows: []row[Part]{required(key("text", plain(), "These very words.", func(p *Part) *string { return &p.Text }))},
}

// place is argument N, receiver, or a field, each with the fields that lead on from
// there; or {text: …}.
func part() kind[Part] {
	word := text(aPart)
	return kind[Part]{
		schema: map[string]any{"anyOf": []any{word.schema, aText.schema()}},
		read: func(r *reader, n *source.Node, to *Part) {
			if n.Kind == source.Map {
				*to = Part{Arg: Itself, Pos: n.Pos()}
				aText.read(r, n, to)
				return
			}
			var s string
			if word.read(r, n, &s); s != "" {
				*to = parsePart(s)
				to.Pos = n.Pos()
			}
		},
		write: func(p Part) *yaml.Node {
			if p.Text != "" || p.String() == "" {
				return aText.write(p)
			}
			return scalar(p.String())
		},
	}
}

func parsePart(s string) Part {
	first, field, _ := strings.Cut(s, ".")
	switch number, isArgument := strings.CutPrefix(first, "argument "); {
	case isArgument:
		i, _ := strconv.Atoi(number) // aPart says that it is one
		return Part{Arg: i, Field: field}
	case first == "receiver":
		return Part{Arg: Receiver, Field: field}
	}
	return Part{Arg: Itself, Field: s}
}

// String returns the part as it is written, but for a text, which is put in quotes.
func (p Part) String() string {
	switch {
	case p.Text != "":
		return strconv.Quote(p.Text)
	case p.Arg == Itself:
		return p.Field
	case p.Arg == Receiver:
		return strings.TrimSuffix("receiver."+p.Field, ".")
	}
	return strings.TrimSuffix("argument "+strconv.Itoa(p.Arg)+"."+p.Field, ".")
}

// one is a list of exactly one value, which is written without being one.
func one[V any](k kind[V]) kind[[]V] {
	return kind[[]V]{
		schema: k.schema,
		read: func(r *reader, n *source.Node, to *[]V) {
			var v V
			before := len(r.findings)
			if k.read(r, n, &v); len(r.findings) == before {
				*to = []V{v}
			}
		},
		write: func(list []V) *yaml.Node {
			if len(list) == 0 {
				return nil
			}
			return k.write(list[0])
		},
	}
}

// oneOrMore is a list which, of one value, need not be written as one.
func oneOrMore[V any](k kind[V]) kind[[]V] {
	list, single := listOf(k), one(k)
	return kind[[]V]{
		schema: map[string]any{"anyOf": []any{k.schema, list.schema}},
		read: func(r *reader, n *source.Node, to *[]V) {
			if n.Kind == source.List {
				list.read(r, n, to)
				return
			}
			single.read(r, n, to)
		},
		write: func(vs []V) *yaml.Node {
			if len(vs) == 1 {
				return single.write(vs)
			}
			n := list.write(vs)
			if n != nil {
				n.Style = yaml.FlowStyle
			}
			return n
		},
	}
}

// labelsKind is oneOrMore parts, or an empty list, which says that there are none.
func labelsKind() kind[[]Part] {
	k := oneOrMore(part())
	read, write := k.read, k.write
	k.read = func(r *reader, n *source.Node, to *[]Part) {
		if read(r, n, to); n.Kind == source.List && len(n.Items) == 0 {
			*to = []Part{}
		}
	}
	k.write = func(parts []Part) *yaml.Node {
		if parts != nil && len(parts) == 0 {
			return &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		}
		return write(parts)
	}
	return k
}

func checkConstructor(r *reader, n *source.Node, c *Constructor) {
	function, structure := n.Get("function"), n.Get("struct")
	switch {
	case function != nil && structure != nil:
		r.report(structure.Pos(), "make two constructors of it", "constructor has both function and struct")
		return
	case function == nil && structure == nil:
		r.report(c.Pos, "add function: or struct:", "constructor has neither function nor struct")
		return
	}
	for _, parts := range [][]Part{c.Name, c.Help, c.Unit, c.Labels, c.Buckets, c.TypeOf} {
		for _, p := range parts {
			switch {
			case p == Part{Arg: Itself, Pos: p.Pos}, p.Text != "": // reported, or said
			case function != nil && p.Arg == Itself:
				r.report(p.Pos, "argument 0, or argument 0."+p.Field+" where that is a struct", "%q is no argument of a function", p)
			case structure != nil && p.Arg != Itself:
				r.report(p.Pos, "the name of a field", "%q is no field of a struct", p)
			}
		}
	}
}
