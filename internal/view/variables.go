package view

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// A Variable is a choice that a board offers.
type Variable struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Options []string `json:"options"` // sorted, without All
	Texts   []string `json:"texts"`   // of the options, where they are called otherwise; else none
	Chosen  []string `json:"chosen"`
	Many    bool     `json:"many"` // several values, or All, may be chosen
}

// Variables returns the choices of a board's variables, save those of its data sources, in
// their order. Each that is asked from the source is chosen among what those before it leave.
// An error says which could not be asked.
func Variables(ctx context.Context, src Source, b *plan.Board, req Request) ([]Variable, error) {
	list := []Variable{}
	req = singled(ctx, src, b, req)
	for i := range b.Variables {
		v := &b.Variables[i]
		if v.Type == "datasource" {
			continue
		}
		out := Variable{Name: v.Name, Label: v.Label, Chosen: req.chosen(v), Many: v.Type == "query" && !v.Single, Options: []string{}}
		if v.Type == "custom" {
			for _, option := range strings.Split(v.Query, ",") {
				text, value := plan.TextValue(strings.TrimSpace(option))
				out.Options, out.Texts = append(out.Options, value), append(out.Texts, text)
			}
			if slices.Equal(out.Options, out.Texts) {
				out.Texts = nil
			}
		} else {
			options, err := options(ctx, src, b, v, &req)
			if err != nil {
				return nil, fmt.Errorf("variable %s: %w", v.Name, err)
			}
			out.Options = options
		}
		list = append(list, out)
	}
	return list, nil
}

// singled chooses the first value of variables that have one only, where none is chosen.
func singled(ctx context.Context, src Source, b *plan.Board, req Request) Request {
	req.Variables = maps.Clone(req.Variables)
	for i := range b.Variables {
		v := &b.Variables[i]
		if v.Type != "query" || !v.Single || v.Current != "" || len(req.Variables[v.Name]) > 0 {
			continue
		}
		if found, err := options(ctx, src, b, v, &req); err == nil && len(found) > 0 {
			if req.Variables == nil {
				req.Variables = map[string][]string{}
			}
			req.Variables[v.Name] = found[:1]
		}
	}
	return req
}

var labelValues = regexp.MustCompile(`^label_values\((?:(.+),)?\s*(\w+)\s*\)$`)

// options asks for the values of a label.
func options(ctx context.Context, src Source, b *plan.Board, v *plan.Variable, req *Request) ([]string, error) {
	m := labelValues.FindStringSubmatch(strings.TrimSpace(v.Query))
	if m == nil {
		return nil, fmt.Errorf("%s is no label_values(series, label)", v.Query)
	}
	series := strings.TrimSpace(m[1])
	if series == "" {
		series = `{` + m[2] + `!=""}`
	}
	expr := fmt.Sprintf("group by (%s) (present_over_time(%s[%s]))", m[2], Fill(series, b, req), duration(req.To.Sub(req.From)))
	res, err := src.Instant(ctx, expr, req.To)
	if err != nil {
		return nil, err
	}
	taken, err := filter(v.Regex)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, s := range res.Series {
		if value, ok := taken(s.Labels[m[2]]); ok && value != "" {
			found[value] = true
		}
	}
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(found)))), nil
}

// filter returns what a variable's regular expression makes of a value: its first group, the
// value where it has none.
func filter(pattern string) (func(string) (string, bool), error) {
	if pattern == "" {
		return func(s string) (string, bool) { return s, true }, nil
	}
	if strings.HasPrefix(pattern, "/") {
		pattern = strings.TrimRight(strings.TrimPrefix(pattern, "/"), "/")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("its regular expression: %w", err)
	}
	return func(s string) (string, bool) {
		m := re.FindStringSubmatch(s)
		switch {
		case m == nil:
			return "", false
		case len(m) > 1:
			return m[1], true
		}
		return s, true
	}, nil
}
