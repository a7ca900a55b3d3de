package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"go.yaml.in/yaml/v3"
)

// This file holds the key checks, whose own keys are names that lint knows.

// A PathSeverity is the severity that a check has in the files that a pattern matches.
type PathSeverity struct {
	Pattern  string // of paths relative to Config.Dir; ** stands for any folders
	Severity schema.Severity
}

// CheckNames returns the names of the checks that Checks and CheckPaths speak of, sorted.
func (c *Config) CheckNames() []string {
	names := append(slices.Collect(maps.Keys(c.Checks)), slices.Collect(maps.Keys(c.CheckPaths))...)
	slices.Sort(names)
	return slices.Compact(names)
}

// Severity returns what a check's findings in a file are said to be, and whether anything is
// said; "" switches it off. The file is one that a finding names.
func (c *Config) Severity(check, file string) (s schema.Severity, set bool) {
	s, set = c.Checks[check]
	for _, p := range c.CheckPaths[check] {
		if c.within(p.Pattern, file) {
			s, set = p.Severity, true
		}
	}
	return s, set
}

// within reports whether a pattern matches a file.
func (c *Config) within(pattern, file string) bool {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return false
	}
	file, err = filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, file)
	return err == nil && source.MatchPath(strings.Split(pattern, "/"), strings.Split(filepath.ToSlash(rel), "/"))
}

var checks = row[Config]{
	name: "checks",
	doc:  "Severity of single checks: one for all files, or one for each glob of paths, of which the last that fits counts. An ignore with a reason, where the finding is, says more.",
	schema: map[string]any{
		"type": "object", "additionalProperties": map[string]any{"anyOf": []any{severity.schema, byPath.schema}},
		"propertyNames": map[string]any{"pattern": checkName.String()},
	},
	read: func(r *reader, n *source.Node, c *Config) {
		c.Checks, c.CheckPaths, c.CheckPos = map[string]schema.Severity{}, map[string][]PathSeverity{}, map[string]schema.Pos{}
		words := map[string]bool{}
		mapOf(kind[bool]{read: func(_ *reader, _ *source.Node, to *bool) { *to = true }}, checkName).read(r, n, &words)
		for _, f := range n.Fields {
			if !words[f.Key] {
				continue
			}
			c.CheckPos[f.Key] = f.Pos
			if f.Value.Kind == source.Map {
				r.under(f.Key, func() { c.CheckPaths[f.Key] = readPaths(r, f.Value) })
				continue
			}
			word := ""
			if r.under(f.Key, func() { severity.read(r, f.Value, &word) }); word != "" {
				c.Checks[f.Key] = severities[word]
			}
		}
	},
	write: func(c *Config) *yaml.Node {
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range c.CheckNames() {
			s, whole := c.Checks[name]
			value := severity.write(severityWord(s))
			if !whole {
				value = &yaml.Node{Kind: yaml.MappingNode}
				for _, p := range c.CheckPaths[name] {
					value.Content = append(value.Content, scalar(p.Pattern), severity.write(severityWord(p.Severity)))
				}
			}
			n.Content = append(n.Content, scalar(name), value)
		}
		if len(n.Content) == 0 {
			return nil
		}
		return n
	},
}

// byPath is a mapping of globs to severities.
var byPath = mapOf(severity, aPath.pattern)

// readPaths reads severities by path, in their order.
func readPaths(r *reader, n *source.Node) []PathSeverity {
	words := map[string]string{}
	byPath.read(r, n, &words)
	var list []PathSeverity
	for _, f := range n.Fields {
		if word := words[f.Key]; word != "" {
			list = append(list, PathSeverity{f.Key, severities[word]})
		}
	}
	return list
}

var severity = oneOf("off", "info", "warning", "error")

var severities = map[string]schema.Severity{"off": "", "info": schema.Note, "warning": schema.Warning, "error": schema.Error}

func severityWord(s schema.Severity) string {
	for word, of := range severities {
		if of == s {
			return word
		}
	}
	return ""
}
