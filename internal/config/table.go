package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"go.yaml.in/yaml/v3"
)

// This file defines what the tables in keys.go are made of, and the reader that
// walks them.

// A row is one key of an object that is read into a T.
type row[T any] struct {
	name   string
	doc    string
	must   bool
	schema map[string]any
	read   func(*reader, *source.Node, *T)
	write  func(*T) *yaml.Node // nil, or returning nil: the key is left out
}

// key makes a row whose value is read into one field.
func key[T, V any](name string, k kind[V], doc string, field func(*T) *V) row[T] {
	return row[T]{
		name: name, doc: doc, schema: k.schema,
		read:  func(r *reader, n *source.Node, t *T) { k.read(r, n, field(t)) },
		write: func(t *T) *yaml.Node { return k.write(*field(t)) },
	}
}

// required marks a key that must be there.
func required[T any](k row[T]) row[T] {
	k.must = true
	return k
}

// placed makes a row keep the place of its value.
func placed[T any](k row[T], at func(*T) *schema.Pos) row[T] {
	read := k.read
	k.read = func(r *reader, n *source.Node, t *T) {
		read(r, n, t)
		*at(t) = n.Pos()
	}
	return k
}

// A kind is a sort of value: its JSON Schema, how it is read (leaving *V alone
// where it does not fit, with a finding), and how it is written (nil: left out).
type kind[V any] struct {
	schema map[string]any
	read   func(*reader, *source.Node, *V)
	write  func(V) *yaml.Node
}

// An object is a mapping with known keys. begin sets defaults and positions before
// the keys are read, check looks at them together afterwards; both may be nil.
type object[T any] struct {
	noun  string // for messages
	rows  []row[T]
	begin func(*reader, *source.Node, *T)
	check func(*reader, *source.Node, *T)
}

func (o object[T]) kind() kind[T] {
	return kind[T]{schema: o.schema(), read: o.read, write: o.write}
}

func (o object[T]) schema() map[string]any {
	properties := map[string]any{}
	var must []string
	for _, k := range o.rows {
		p := maps.Clone(k.schema)
		p["description"] = k.doc
		properties[k.name] = p
		if k.must {
			must = append(must, k.name)
		}
	}
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if must != nil {
		s["required"] = must
	}
	return s
}

func (o object[T]) read(r *reader, n *source.Node, t *T) {
	if !r.want(n, source.Map) {
		return
	}
	if o.begin != nil {
		o.begin(r, n, t)
	}
	for _, f := range n.Fields {
		i := slices.IndexFunc(o.rows, func(k row[T]) bool { return k.name == f.Key })
		if i < 0 {
			r.report(f.Pos, r.suggest(f.Key, o.names()), "unknown key %q in %s", f.Key, o.noun)
			continue
		}
		r.under(f.Key, func() { o.rows[i].read(r, f.Value, t) })
	}
	for _, k := range o.rows {
		if k.must && n.Get(k.name) == nil {
			r.report(n.Pos(), fmt.Sprintf("add %q", k.name+": "), "%s without %s", o.noun, k.name)
		}
	}
	if o.check != nil {
		o.check(r, n, t)
	}
}

func (o object[T]) names() []string {
	var names []string
	for _, k := range o.rows {
		names = append(names, k.name)
	}
	return names
}

func (o object[T]) write(t T) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, k := range o.rows {
		if k.write == nil {
			continue
		}
		if v := k.write(&t); v != nil {
			n.Content = append(n.Content, scalar(k.name), v)
		}
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// A reader reads one document and collects its findings.
type reader struct {
	key      string // the key whose value is being read
	ruleFile bool   // names, and values left empty, are for rulefmt to judge
	ignores  map[*source.Node][]Ignore
	findings []schema.Finding
}

func (r *reader) report(pos schema.Pos, hint, format string, args ...any) {
	r.findings = append(r.findings, schema.Finding{Pos: pos, Check: "config", Message: fmt.Sprintf(format, args...), Hint: hint})
}

// under reads with a key's name for messages.
func (r *reader) under(key string, read func()) {
	before := r.key
	r.key = key
	read()
	r.key = before
}

// want reports whether the value is of a kind, with a finding where it is not.
func (r *reader) want(n *source.Node, k source.Kind) bool {
	if n.Kind == k {
		return true
	}
	if r.ruleFile && n.Kind == source.Null {
		return false
	}
	if r.key == "" {
		r.report(n.Pos(), "", "want %s, have %s", k, n.Kind)
	} else {
		r.report(n.Pos(), "", "%s: want %s, have %s", r.key, k, n.Kind)
	}
	return false
}

// suggest says which of the known words to write: the nearest, or all.
func (r *reader) suggest(word string, known []string) string {
	if near := source.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "one of " + strings.Join(known, ", ")
}
