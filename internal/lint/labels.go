package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/prometheus/promql/parser"
)

// This file holds what the checks of labels share.

// wordPos returns where a word, such as a label, stands in a node's own text.
func (q *Query) wordPos(n parser.Node, word string) schema.Pos {
	return q.At(int(q.Inferred.Where(n, word).Start))
}

// definitions returns where the metrics are defined that a value is computed from.
func definitions(metrics []*schema.Metric) []schema.Related {
	var all []schema.Related
	for _, m := range metrics {
		all = append(all, defined(m)...)
	}
	return all
}

// labelsOf returns the names of all labels that sets have, and of those that no scraping
// adds.
func labelsOf(sets ...query.Labels) (known, own []string) {
	for _, ls := range sets {
		for _, l := range ls.All() {
			if l.Name == "__name__" || strings.Contains(l.Name, "*") || slices.Contains(known, l.Name) {
				continue
			}
			known = append(known, l.Name)
			if l.Origin != query.FromTarget && l.Origin != query.FromExported {
				own = append(own, l.Name)
			}
		}
	}
	return known, own
}

// labelHint offers the label that is meant, of those that there are.
func labelHint(name string, sets ...query.Labels) string {
	known, own := labelsOf(sets...)
	if near := source.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(own) == 0 {
		return "it has no labels of its own; write what scraping adds under target_labels"
	}
	return fmt.Sprintf("it has %s; write what scraping adds under target_labels", strings.Join(own, ", "))
}

// subject names what an operand's labels belong to: the metric's series, or an expression.
func (q *Query) subject(e parser.Expr) string {
	i := q.Inferred.At(e)
	if vs, ok := e.(*parser.VectorSelector); ok && vs.Name != "" {
		return fmt.Sprintf("%q", vs.Name)
	}
	var names []string
	for _, m := range i.Metrics {
		if name := fmt.Sprintf("%q", m.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "its operand"
	}
	return strings.Join(names, " and ")
}

// lacks says that an operand's series have not what stands before: "a" and "b" do not have.
func (q *Query) lacks(e parser.Expr) string {
	of := q.subject(e)
	if strings.Contains(of, `" and "`) {
		return of + " do not have"
	}
	return of + " does not have"
}
