package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

// This file reads the queries that an alert's templates ask: {{ query "up" | first | value }}.
// They are looked at like any other.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#queries.

// templateQueries returns the queries of the annotations and labels of a rule. Only what is
// written as a text is one; where printf puts something into it, that is taken for a
// variable.
func templateQueries(of *Query) []*Query {
	if !of.alert() {
		return nil
	}
	var all []*Query
	for _, kind := range []string{"annotations", "labels"} {
		texts := of.Rule.Annotations
		if kind == "labels" {
			texts = of.Rule.Labels
		}
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			begin, placed := of.Rule.Places[kind+"."+key]
			for _, s := range queriesIn(texts[key]) {
				one := &Query{Own: of.Own, at: of.at, Query: input.Query{
					Expr: s.text, Pos: of.Pos, Owner: fmt.Sprintf("%s %q of %s", strings.TrimSuffix(kind, "s"), key, of.Owner),
					Datasource: "prometheus", Ignores: of.Ignores, Panel: -1,
				}}
				if placed {
					one.Pos = begin
					one.at = func(pos schema.Pos, offset int) schema.Pos { return of.at(pos, s.offset(offset)) }
				}
				all = append(all, one)
			}
		}
	}
	return all
}

// A templateString is a string in a template.
type templateString struct {
	text  string
	begin int  // of the string's content in the template
	exact bool // the content is as long as text
}

// offset returns where a byte of the string stands in the template.
func (s *templateString) offset(i int) int {
	if !s.exact {
		i = 0
	}
	return s.begin + i
}

// queriesIn returns what a template passes to query.
func queriesIn(text string) []templateString {
	if !strings.Contains(text, "query") {
		return nil
	}
	const variables = "{{$labels := 0}}{{$externalLabels := 0}}{{$externalURL := 0}}{{$value := 0}}"
	t := parse.New("text")
	t.Mode = parse.SkipFuncCheck
	if _, err := t.Parse(variables+text, "", "", map[string]*parse.Tree{}); err != nil {
		return nil // which check rulefmt reports
	}
	var found []templateString
	eachPipe(t.Root, func(p *parse.PipeNode) {
		for i, c := range p.Cmds {
			if c.Args[0].String() != "query" {
				continue
			}
			var arg *parse.StringNode
			switch {
			case len(c.Args) == 2:
				arg = stringOf(c.Args[1])
			case i > 0:
				arg = stringOf(p.Cmds[i-1])
			}
			if arg != nil {
				found = append(found, newTemplateString(arg, len(variables)))
			}
		}
	})
	return found
}

// eachPipe calls f with every pipeline of a template.
func eachPipe(n parse.Node, f func(*parse.PipeNode)) {
	list := func(l *parse.ListNode) {
		if l != nil {
			eachPipe(l, f)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, one := range n.Nodes {
			eachPipe(one, f)
		}
	case *parse.ActionNode:
		eachPipe(n.Pipe, f)
	case *parse.PipeNode:
		f(n)
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				eachPipe(a, f)
			}
		}
	case *parse.IfNode:
		eachPipe(n.Pipe, f)
		list(n.List)
		list(n.ElseList)
	case *parse.RangeNode:
		eachPipe(n.Pipe, f)
		list(n.List)
		list(n.ElseList)
	case *parse.WithNode:
		eachPipe(n.Pipe, f)
		list(n.List)
		list(n.ElseList)
	}
}

// stringOf returns the string that an argument or a command is, or that it formats by
// printf; nil where it is something else.
func stringOf(n parse.Node) *parse.StringNode {
	switch n := n.(type) {
	case *parse.StringNode:
		return n
	case *parse.PipeNode:
		if len(n.Cmds) == 1 {
			return stringOf(n.Cmds[0])
		}
	case *parse.CommandNode:
		s, _ := n.Args[0].(*parse.StringNode)
		if n.Args[0].String() == "printf" && len(n.Args) > 1 {
			s, _ = n.Args[1].(*parse.StringNode)
		}
		return s
	}
	return nil
}

// verb is what printf puts a value for, in quotes of its own where it is %q.
var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z%]`)

func newTemplateString(n *parse.StringNode, before int) templateString {
	text := verb.ReplaceAllStringFunc(n.Text, func(v string) string {
		switch v {
		case "%%":
			return "%"
		case "%q":
			return `"$v"`
		}
		return "$v"
	})
	return templateString{text, int(n.Pos) - before + 1, len(text) == len(n.Quoted)-2}
}
