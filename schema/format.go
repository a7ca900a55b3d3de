package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// schemaURL is the address of metrics.schema.json.
const schemaURL = "https://raw.githubusercontent.com/dashgen/dashgen/main/schema/metrics.schema.json"

// Format returns metrics.json: one object a metric, one key a line, keys in the order
// of Metric's fields, labels one a line, so that changes to different metrics merge
// without conflict. Parse of it is s again, but for what is never written.
//
// It panics on a number that JSON cannot hold; New and Parse let none in.
func (s *Schema) Format() []byte {
	b := fmt.Appendf(nil, "{\n  \"$schema\": %q,\n  \"schema_version\": %d,\n  \"metrics\": [", schemaURL, Version)
	for i, m := range s.Metrics {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n    "...)
		b = appendMetric(b, m)
	}
	if len(s.Metrics) > 0 {
		b = append(b, "\n  "...)
	}
	return append(b, "]\n}\n"...)
}

// appendMetric appends one entry, its lines indented as they stand in the file.
func appendMetric(b []byte, m *Metric) []byte {
	b = append(b, '{')
	v := reflect.ValueOf(m).Elem()
	comma := ""
	for _, k := range keysOf(v.Type()) {
		field := v.Field(k.field)
		if empty(field) && !k.required {
			continue
		}
		b = fmt.Appendf(b, "%s\n      %q: ", comma, k.name)
		if labels, ok := field.Interface().([]Label); ok {
			b = appendLabels(b, labels)
		} else {
			b = appendInline(b, field)
		}
		comma = ","
	}
	return append(b, "\n    }"...)
}

func appendLabels(b []byte, labels []Label) []byte {
	comma := "["
	for _, l := range labels {
		b = append(b, comma+"\n        "...)
		b = appendInline(b, reflect.ValueOf(l))
		comma = ","
	}
	return append(b, "\n      ]"...)
}

// appendInline appends v on one line, with a space behind each comma and colon.
func appendInline(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		return appendInline(b, v.Elem())
	case reflect.Struct:
		comma := "{"
		for _, k := range keysOf(v.Type()) {
			if field := v.Field(k.field); k.required || !empty(field) {
				b = fmt.Appendf(b, "%s%q: ", comma, k.name)
				b = appendInline(b, field)
				comma = ", "
			}
		}
		if comma == "{" {
			b = append(b, '{')
		}
		return append(b, '}')
	case reflect.Map:
		object := v.Interface().(map[string]string)
		comma := "{"
		for _, name := range slices.Sorted(maps.Keys(object)) {
			b = append(appendScalar(append(b, comma...), name), ": "...)
			b = appendScalar(b, object[name])
			comma = ", "
		}
		return append(b, '}')
	case reflect.Slice:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendInline(b, v.Index(i))
		}
		return append(b, ']')
	}
	return appendScalar(b, v.Interface())
}

// appendScalar appends a string, number or boolean as JSON has it, without the escapes that
// only HTML needs.
func appendScalar(b []byte, x any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(x); err != nil {
		panic(fmt.Sprintf("schema: format: %v", err))
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}
