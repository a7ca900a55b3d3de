package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// This file reads classic dashboards field by field, so that what is not carried over into
// another format is known.

// A conversion is what is being read. The first error ends it.
type conversion struct {
	root    *object
	objects []*object
	err     error
}

func newConversion(data []byte) *conversion {
	c := &conversion{}
	c.root = c.read("", data)
	return c
}

// left returns the fields that nothing has taken, where they stand.
func (c *conversion) left() []string {
	var left []string
	for _, o := range c.objects {
		for _, key := range slices.Sorted(maps.Keys(o.fields)) {
			left = append(left, o.at+key)
		}
	}
	return left
}

func (c *conversion) read(at string, data []byte) *object {
	o := &object{at: at, of: c}
	if c.err == nil && data != nil {
		if err := json.Unmarshal(data, &o.fields); err != nil {
			c.err = fmt.Errorf("%s: %w", at, err)
		}
	}
	c.objects = append(c.objects, o)
	return o
}

// An object is what is left of a JSON object.
type object struct {
	at     string // where it stands: panels[3].
	of     *conversion
	fields map[string]json.RawMessage
}

// take sets to to the value of a field, and leaves it as it is where there is none.
func (o *object) take(key string, to any) {
	data, ok := o.fields[key]
	delete(o.fields, key)
	if !ok || o.of.err != nil {
		return
	}
	if err := json.Unmarshal(data, to); err != nil {
		o.of.err = fmt.Errorf("%s%s: %w", o.at, key, err)
	}
}

// same takes fields that have the same name and form in the fields of a struct. It leaves alone
// those of which there is none.
func (o *object) same(to any, keys ...string) {
	some := map[string]json.RawMessage{}
	for _, key := range keys {
		if data, ok := o.fields[key]; ok {
			some[key] = data
			delete(o.fields, key)
		}
	}
	data, err := json.Marshal(some)
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	if err != nil && o.of.err == nil {
		o.of.err = fmt.Errorf("%s: %w", o.at, err)
	}
}

// ignore takes fields that another format has no use for.
func (o *object) ignore(keys ...string) {
	for _, key := range keys {
		delete(o.fields, key)
	}
}

// text returns a field, which stays.
func (o *object) text(key string) (s string) {
	_ = json.Unmarshal(o.fields[key], &s) // no text is none
	return s
}

// rest takes all that is left.
func (o *object) rest(to *map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(o.fields)) {
		var v any
		o.take(key, &v)
		if *to == nil {
			*to = map[string]any{}
		}
		(*to)[key] = v
	}
}

// object takes a field that is an object; without one it is empty.
func (o *object) object(key string) *object {
	var data json.RawMessage
	o.take(key, &data)
	return o.of.read(o.at+key+".", data)
}

// list takes a field that is a list of objects.
func (o *object) list(key string) []*object {
	var data []json.RawMessage
	o.take(key, &data)
	var all []*object
	for i, d := range data {
		all = append(all, o.of.read(fmt.Sprintf("%s%s[%d].", o.at, key, i), d))
	}
	return all
}

// enum takes a field that is a number, and returns what it stands for: the first where it is
// none of them.
func enum[T any](o *object, key string, values []T) T {
	n := 0
	if o.take(key, &n); n < 0 || n >= len(values) {
		n = 0
	}
	return values[n]
}
