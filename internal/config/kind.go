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
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// This file defines the kinds of values that a key may have.

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
				if !r.ruleFile && !names.MatchString(f.Key) {
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
