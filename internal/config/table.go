package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// This file defines what the tables in keys.go are made of: rows, and the kinds of
// values that a key may have.

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

// listOf is a list of values of one kind. Items that are no mappings and do not fit
// are left out.
func listOf[V any](k kind[V]) kind[[]V] {
	return kind[[]V]{
		schema: map[string]any{"type": "array", "items": k.schema},
		read: func(r *reader, n *source.Node, to *[]V) {
			if !r.want(n, source.List) {
				return
			}
			*to = nil
			for _, item := range n.Items {
				var v V
				before := len(r.findings)
				if k.read(r, item, &v); len(r.findings) == before || item.Kind == source.Map {
					*to = append(*to, v)
				}
			}
		},
		write: func(list []V) *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode}
			for _, v := range list {
				if item := k.write(v); item != nil {
					n.Content = append(n.Content, item)
				}
			}
			if len(n.Content) == 0 {
				return nil
			}
			if n.Content[0].Kind == yaml.ScalarNode {
				n.Style = yaml.FlowStyle
			}
			return n
		},
	}
}

// mapOf is a mapping with free keys that fit a pattern.
func mapOf[V any](k kind[V], names *regexp.Regexp) kind[map[string]V] {
	return kind[map[string]V]{
		schema: map[string]any{
			"type": "object", "additionalProperties": k.schema,
			"propertyNames": map[string]any{"pattern": names.String()},
		},
		read: func(r *reader, n *source.Node, to *map[string]V) {
			if !r.want(n, source.Map) {
				return
			}
			*to = map[string]V{}
			for _, f := range n.Fields {
				if !names.MatchString(f.Key) {
					r.report(f.Pos, "a name matches "+names.String(), "%q is not valid under %s", f.Key, r.key)
					continue
				}
				var v V
				r.under(f.Key, func() { k.read(r, f.Value, &v) })
				(*to)[f.Key] = v
			}
		},
		write: func(m map[string]V) *yaml.Node {
			if len(m) == 0 {
				return nil
			}
			n := &yaml.Node{Kind: yaml.MappingNode}
			for _, name := range slices.Sorted(maps.Keys(m)) {
				if v := k.write(m[name]); v != nil {
					n.Content = append(n.Content, scalar(name), v)
				}
			}
			return n
		},
	}
}

// A form narrows text: a pattern that it matches, or a check in code, with the
// words that tell a person what is wanted.
type form struct {
	pattern *regexp.Regexp
	ok      func(string) bool
	want    string
}

// text is a string. Numbers and words such as true are taken as they are written,
// since people leave the quotes out.
func text(f form) kind[string] {
	s := map[string]any{"type": []string{"string", "number", "boolean"}}
	if f.pattern != nil {
		s["pattern"] = f.pattern.String()
	}
	return kind[string]{
		schema: s,
		read: func(r *reader, n *source.Node, to *string) {
			if n.Kind == source.Bool || n.Kind == source.Number || r.want(n, source.String) {
				if f.pattern != nil && !f.pattern.MatchString(n.Text) || f.ok != nil && !f.ok(n.Text) {
					r.report(n.Pos(), f.want, "%s: %q is not valid", r.key, n.Text)
					return
				}
				*to = n.Text
			}
		},
		write: func(s string) *yaml.Node {
			if s == "" {
				return nil
			}
			return scalar(s)
		},
	}
}

// anyText is text that may be empty, which is said, too.
func anyText() kind[string] {
	k := text(form{})
	k.write = scalar
	return k
}

// plain is text of any form, but not empty.
func plain() kind[string] {
	return text(form{pattern: regexp.MustCompile(`\S`), want: "write something, or leave the key out"})
}

// oneOf is text out of a list.
func oneOf(words ...string) kind[string] {
	k := text(form{})
	k.schema = map[string]any{"enum": words}
	read := k.read
	k.read = func(r *reader, n *source.Node, to *string) {
		var s string
		if read(r, n, &s); s == "" {
			return
		}
		if !slices.Contains(words, s) {
			r.report(n.Pos(), r.suggest(s, words), "%s: %q is not valid", r.key, s)
			return
		}
		*to = s
	}
	return k
}

// When a boolean is written back.
const (
	always   = true
	onlyTrue = false
)

// boolean is true or false.
func boolean(always bool) kind[bool] {
	return kind[bool]{
		schema: map[string]any{"type": "boolean"},
		read: func(r *reader, n *source.Node, to *bool) {
			if r.want(n, source.Bool) {
				*to = strings.EqualFold(n.Text, "true")
			}
		},
		write: func(b bool) *yaml.Node {
			if !b && !always {
				return nil
			}
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
		},
	}
}

// integer is a whole number between two bounds; 0, where it is not between them,
// means unsaid.
func integer(low, high int) kind[int] {
	return kind[int]{
		schema: map[string]any{"type": "integer", "minimum": low, "maximum": high},
		read: func(r *reader, n *source.Node, to *int) {
			if !r.want(n, source.Number) {
				return
			}
			v, err := strconv.Atoi(n.Text)
			if err != nil || v < low || v > high {
				want := fmt.Sprintf("a whole number from %d to %d", low, high)
				if low == high {
					want = fmt.Sprintf("the only one is %d", low)
				}
				r.report(n.Pos(), want, "%s: %s is not valid", r.key, n.Text)
				return
			}
			*to = v
		},
		write: func(v int) *yaml.Node {
			if v == 0 {
				return nil
			}
			return number(strconv.Itoa(v))
		},
	}
}

// float is a finite number.
func float() kind[float64] {
	return kind[float64]{
		schema: map[string]any{"type": "number"},
		read: func(r *reader, n *source.Node, to *float64) {
			if !r.want(n, source.Number) {
				return
			}
			v, err := strconv.ParseFloat(n.Text, 64)
			if err != nil || v != v || v > maxFloat || v < -maxFloat {
				r.report(n.Pos(), "a decimal number", "%s: %s is not valid", r.key, n.Text)
				return
			}
			*to = v
		},
		write: func(v float64) *yaml.Node { return number(strconv.FormatFloat(v, 'g', -1, 64)) },
	}
}

// maxFloat bounds thresholds and axes; what is greater is a slip of the pen.
const maxFloat = 1e300

// optional is a value that may be unsaid.
func optional[V any](k kind[V]) kind[*V] {
	return kind[*V]{
		schema: k.schema,
		read: func(r *reader, n *source.Node, to **V) {
			v, before := new(V), len(r.findings)
			if k.read(r, n, v); len(r.findings) == before {
				*to = v
			}
		},
		write: func(v *V) *yaml.Node {
			if v == nil {
				return nil
			}
			if n := k.write(*v); n != nil {
				return n
			}
			return number(fmt.Sprint(*v)) // a zero that is said
		},
	}
}

// duration is a duration as Prometheus writes them. Zero is left out.
func duration() kind[time.Duration] {
	return kind[time.Duration]{
		schema: map[string]any{"type": []string{"string", "integer"}, "pattern": durationPattern},
		read: func(r *reader, n *source.Node, to *time.Duration) {
			if n.Kind != source.Number && !r.want(n, source.String) {
				return
			}
			d, err := model.ParseDuration(n.Text)
			if err != nil {
				r.report(n.Pos(), "a duration such as 30s, 5m or 1h30m", "%s: %q is no duration", r.key, n.Text)
				return
			}
			*to = time.Duration(d)
		},
		write: func(d time.Duration) *yaml.Node {
			if d == 0 {
				return nil
			}
			return scalar(model.Duration(d).String())
		},
	}
}

const durationPattern = `^(0|([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$`

// scalar is text. Words that older readers of YAML take for true or false are
// quoted.
func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if slices.Contains([]string{"y", "yes", "n", "no", "on", "off"}, strings.ToLower(s)) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func number(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: s}
	n.Tag = n.ShortTag()
	return n
}

// A reader reads one document and collects its findings.
type reader struct {
	key      string // the key whose value is being read
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
