package schema

import (
	"reflect"
	"strings"
)

// A key is one key of an object in metrics.json: a field with its json tag.
type key struct {
	name     string
	field    int  // index in the struct
	required bool // written even when zero: the tag has no omitempty
}

// keysOf returns the keys of the objects that a struct type stands for, in the order
// in which they are written. Fields tagged "-" have none.
func keysOf(t reflect.Type) []key {
	var keys []key
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "-" {
			keys = append(keys, key{name: name, field: i, required: opts != "omitempty"})
		}
	}
	return keys
}

// empty reports whether v says nothing, so that its key is left out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Float64:
		return v.Float() == 0
	}
	return v.IsZero()
}
