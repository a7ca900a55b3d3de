package config

import (
	"os"
	"path/filepath"
	"reflect"

	"github.com/dashgen/dashgen/internal/jsonnet"
	"github.com/dashgen/dashgen/schema"
)

// This file reads dashgen.jsonnet, for those who compose their configuration.

// composed evaluates the dashgen.jsonnet of dir, whose imports stay below root, and reads
// the object that it makes. The Config is nil where there is no such file. An evaluated
// object has no places: its positions say the file alone.
func composed(dir, root, name string) (*Config, []schema.Finding) {
	file := filepath.Join(dir, composedName)
	if _, err := os.Stat(file); err != nil {
		return nil, nil
	}
	at := schema.Pos{File: filepath.ToSlash(file)}
	rel, err := filepath.Rel(root, file)
	if err != nil {
		rel = file
	}
	data, damage := jsonnet.Evaluate(root, filepath.ToSlash(rel))
	if damage != nil {
		c := Default()
		c.File, c.Dir, c.Name = at.File, dir, name
		return c, []schema.Finding{*damage}
	}
	c, findings := parse(at.File, data, name)
	c.Dir, c.doc = dir, nil
	place(reflect.ValueOf(c).Elem(), at)
	for i := range findings {
		findings[i].Pos = at
		for j := range findings[i].Related {
			findings[i].Related[j].Pos = at
		}
	}
	return c, schema.SortFindings(findings)
}

var posType = reflect.TypeFor[schema.Pos]()

// place sets every position in v that says something.
func place(v reflect.Value, at schema.Pos) {
	switch {
	case v.Type() == posType:
		if v.CanSet() && !v.IsZero() {
			v.Set(reflect.ValueOf(at))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				place(v.Field(i), at)
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			place(v.Index(i), at)
		}
	case v.Kind() == reflect.Map && v.Type().Elem() == posType:
		for _, k := range v.MapKeys() {
			v.SetMapIndex(k, reflect.ValueOf(at))
		}
	}
}
