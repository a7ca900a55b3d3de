package config

import (
	"regexp"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"go.yaml.in/yaml/v3"
)

// This file holds the keys of inputs.

// Inputs are the files with queries that people wrote by hand.
type Inputs struct {
	Rules      []Glob // rule files, or manifests that carry rules
	Dashboards []Glob // dashboards, or manifests that carry some
	Mixins     []Glob // Jsonnet files that evaluate to rules and dashboards
}

// A Glob is a pattern of paths with slashes, relative to Config.Dir, in which **
// stands for any folders.
type Glob struct {
	Pattern string
	Pos     schema.Pos // zero: of an argument
}

var inputs = object[Inputs]{
	noun: "inputs",
	rows: []row[Inputs]{
		key("rules", globs(), "Globs of rule files, and of Kubernetes manifests that carry rules. ** stands for any folders.", func(i *Inputs) *[]Glob { return &i.Rules }),
		key("dashboards", globs(), "Globs of dashboards, and of Kubernetes manifests that carry some. ** stands for any folders.", func(i *Inputs) *[]Glob { return &i.Dashboards }),
		key("mixins", globs(), "Jsonnet files that evaluate to rules and dashboards, as monitoring mixins do.", func(i *Inputs) *[]Glob { return &i.Mixins }),
	},
}

var aPath = form{pattern: regexp.MustCompile(`^[^/\\\s][^\\]*$`), want: `a path relative to this file, for instance "deploy/**/*.yaml"`}

// globs is a list of patterns, whose places are kept.
func globs() kind[[]Glob] {
	list := listOf(text(aPath))
	return kind[[]Glob]{
		schema: list.schema,
		read: func(r *reader, n *source.Node, to *[]Glob) {
			if !r.want(n, source.List) {
				return
			}
			for _, item := range n.Items {
				var pattern string
				if text(aPath).read(r, item, &pattern); pattern != "" {
					*to = append(*to, Glob{pattern, item.Pos()})
				}
			}
		},
		write: func(globs []Glob) *yaml.Node {
			var patterns []string
			for _, g := range globs {
				patterns = append(patterns, g.Pattern)
			}
			return list.write(patterns)
		},
	}
}
