package config

import (
	"path"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// This file holds the keys of programs, and makes of a configuration that has some one
// for each.

// A Program is one of several programs in a repository.
type Program struct {
	Name       string
	Main       string // its main package, relative to Config.Dir
	Job        string
	Owned      []string
	Dashboards []Dashboard
	Alerts     []Group
	SLOs       SLOs
	Pos        schema.Pos
}

var program = object[Program]{
	noun: "program",
	rows: []row[Program]{
		required(key("name", text(aFolder), "Its name, for titles and uids, and of its output folder.", func(p *Program) *string { return &p.Name })),
		required(key("main", text(aPackage), "Its main package, relative to this file.", func(p *Program) *string { return &p.Main })),
		key("job", plain(), "The job label that its targets are scraped with, as above.", func(p *Program) *string { return &p.Job }),
		key("owned", listOf(text(aGlob)), "Globs of the metric names that are this program's, as above.", func(p *Program) *[]string { return &p.Owned }),
		likeRoot(key("dashboards", listOf(dashboard.kind()), "Declared dashboards of its metrics.", func(p *Program) *[]Dashboard { return &p.Dashboards })),
		likeRoot(key("alerts", listOf(group.kind()), "Rule groups on its metrics, in Prometheus' own syntax.", func(p *Program) *[]Group { return &p.Alerts })),
		likeRoot(key("slos", slos.kind(), "Service level objectives on its metrics.", func(p *Program) *SLOs { return &p.SLOs })),
	},
	begin: func(_ *reader, n *source.Node, p *Program) { p.Pos = n.Pos() },
	check: func(r *reader, _ *source.Node, p *Program) {
		p.Main = strings.TrimRight(p.Main, "/")
		r.twins(p.Alerts)
	},
}

// likeRoot makes the JSON Schema of a row refer to that of the document's key of that name,
// which is long.
func likeRoot(k row[Program]) row[Program] {
	k.schema = map[string]any{"$ref": "#/properties/" + k.name}
	return k
}

// ofOneProgram are the keys of the document that each program has for itself.
var ofOneProgram = []string{"name", "job", "owned", "dashboards", "alerts", "slos"}

// checkPrograms reports programs that would write to one folder, and what is said of no
// single one.
func checkPrograms(r *reader, n *source.Node, c *Config) {
	names, mains := map[string]schema.Pos{}, map[string]schema.Pos{}
	for _, p := range c.Programs {
		// Some file systems take names that differ in case for one.
		r.twin(names, strings.ToLower(p.Name), p.Pos, "two programs are called "+p.Name+", and have one output folder", "rename one of them")
		r.twin(mains, p.Main, p.Pos, "two programs have the main package "+p.Main, "remove one of them")
	}
	if len(c.Programs) == 0 {
		return
	}
	for _, f := range n.Fields {
		if slices.Contains(ofOneProgram, f.Key) {
			r.report(f.Pos, "write it in the program that it speaks of", "%s belongs to one program, and there are several", f.Key)
		}
	}
}

// ByProgram returns the configuration of each program, in the order in which they are
// written. Without programs it is c itself.
func (c *Config) ByProgram() []*Config {
	if len(c.Programs) == 0 {
		return []*Config{c}
	}
	var all []*Config
	for _, p := range c.Programs {
		one := *c
		one.Programs, one.Exposition = nil, nil
		one.Name, one.Main, one.Job, one.Owned, one.Dashboards, one.Alerts, one.SLOs = p.Name, p.Main, p.Job, p.Owned, p.Dashboards, p.Alerts, p.SLOs
		one.Out = path.Join(c.Out, p.Name)
		all = append(all, &one)
	}
	return all
}
