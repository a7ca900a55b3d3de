package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "template-label",
		Doc: `An alert's annotation or label prints a label that its result does not have.

$labels are the labels of the series that the expression returns. What an aggregation or a
match leaves out, or the metric never had, prints as nothing: "Instance  is down". The
labels that the rule itself sets are not among them, nor are external labels, which are
$externalLabels.

Keep the label in the expression, or take it out of the text. The finding shows where it is
lost.`,
		Query: templateLabel,
	})
}

func templateLabel(p *Pass, q *Query) {
	if q.Inferred == nil || q.Rule == nil || q.Rule.Alert == "" || q.Inferred.Root().Empty.State == query.Always {
		return
	}
	result := q.Inferred.Root().Labels
	said := map[string]bool{}
	for _, kind := range []string{"annotations", "labels"} {
		texts := q.Rule.Annotations
		if kind == "labels" {
			texts = q.Rule.Labels
		}
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			for _, name := range templateLabels(texts[key]) {
				if name == "__name__" || result.Can(name) || said[name] {
					continue
				}
				said[name] = true
				f := lostInTemplate(q, key, name, result)
				if pos, ok := q.Rule.Places[kind+"."+key]; ok {
					f.Pos = q.at(pos, max(0, strings.Index(texts[key], name)))
				}
				p.Report(f)
			}
		}
	}
}

func lostInTemplate(q *Query, key, name string, result query.Labels) schema.Finding {
	f := schema.Finding{
		Pos:     q.pos(q.Tree),
		Message: fmt.Sprintf("%s prints label %q in %q, which its result does not have", q.Owner, name, key),
		Hint:    labelHint(name, result),
	}
	if gone := result.Gone(name); gone != nil {
		f.Hint = "keep it in the expression"
		f.Related = []schema.Related{{Pos: q.pos(gone.Node), Message: fmt.Sprintf("%s is taken away here", name)}}
	}
	return f
}

// templateLabels returns the labels that a text prints of $labels, or of .Labels where
// the dot is the alert's. What does not parse prints nothing.
// Source: rules.AlertingRule.Eval of Prometheus, which defines $labels.
func templateLabels(text string) []string {
	if !strings.Contains(text, "{{") {
		return nil
	}
	t := parse.New("text")
	t.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := t.Parse("{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"+text, "", "", trees); err != nil {
		return nil
	}
	var names []string
	var walk func(n parse.Node, dot bool)
	list := func(l *parse.ListNode, dot bool) {
		if l != nil {
			for _, n := range l.Nodes {
				walk(n, dot)
			}
		}
	}
	pipe := func(p *parse.PipeNode, dot bool) {
		if p == nil {
			return
		}
		for _, c := range p.Cmds {
			names = append(names, indexed(c, dot)...)
			for _, a := range c.Args {
				walk(a, dot)
			}
		}
	}
	walk = func(n parse.Node, dot bool) {
		switch n := n.(type) {
		case *parse.ActionNode:
			pipe(n.Pipe, dot)
		case *parse.PipeNode:
			pipe(n, dot)
		case *parse.IfNode:
			pipe(n.Pipe, dot)
			list(n.List, dot)
			list(n.ElseList, dot)
		case *parse.RangeNode:
			pipe(n.Pipe, dot)
			list(n.List, false)
			list(n.ElseList, dot)
		case *parse.WithNode:
			pipe(n.Pipe, dot)
			list(n.List, false)
			list(n.ElseList, dot)
		case *parse.VariableNode:
			if len(n.Ident) > 1 && n.Ident[0] == "$labels" {
				names = append(names, n.Ident[1])
			}
		case *parse.FieldNode:
			if dot && len(n.Ident) > 1 && n.Ident[0] == "Labels" {
				names = append(names, n.Ident[1])
			}
		}
	}
	list(t.Root, true)
	return names
}

// indexed returns the label of a command index $labels "name".
func indexed(c *parse.CommandNode, dot bool) []string {
	if len(c.Args) != 3 || c.Args[0].String() != "index" {
		return nil
	}
	of, name := c.Args[1].String(), c.Args[2]
	s, ok := name.(*parse.StringNode)
	if !ok || of != "$labels" && !(dot && of == ".Labels") {
		return nil
	}
	return []string{s.Text}
}
