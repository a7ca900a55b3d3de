package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/dashgen/dashgen/internal/markdown"
	"github.com/dashgen/dashgen/schema"
)

// This file prints what dashgen diff found.

var changeFormats = map[string]func(io.Writer, []change) error{
	"json": changesJSON, "markdown": changesMarkdown, "text": changesText,
}

// changesText prints a line for each change, and indented below it a line for each query
// that it concerns, with the expression as it should be, and a hint.
func changesText(out io.Writer, changes []change) error {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%v: %v", c.pos, c.Change)
		if c.program != "" {
			fmt.Fprintf(&b, " (%s)", c.program)
		}
		b.WriteByte('\n')
		for _, u := range c.Uses {
			verb := "concerns"
			if u.Breaks {
				verb = "breaks"
			}
			fmt.Fprintf(&b, "\t%v: %s %s", u.Pos, verb, u)
			if u.Generated {
				b.WriteString(" (generated)")
			}
			b.WriteByte('\n')
			if u.Rewrite != "" && !u.Generated {
				fmt.Fprintf(&b, "\t\twrite: %s\n", strings.ReplaceAll(strings.TrimSpace(u.Rewrite), "\n", "\n\t\t       "))
			}
		}
		if c.Hint != "" {
			fmt.Fprintf(&b, "\thint: %s\n", c.Hint)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func changesJSON(out io.Writer, changes []change) error {
	type place struct {
		File string `json:"file,omitempty"`
		Line int    `json:"line,omitempty"`
		Col  int    `json:"col,omitempty"`
	}
	type use struct {
		place
		Owner     string `json:"owner"`
		Message   string `json:"message"`
		Breaks    bool   `json:"breaks"`
		Generated bool   `json:"generated,omitempty"`
		Expr      string `json:"expr"`
		Rewrite   string `json:"rewrite,omitempty"`
	}
	type entry struct {
		Program string `json:"program,omitempty"`
		place
		Metric     string          `json:"metric"`
		Kind       string          `json:"kind"`
		Severity   schema.Severity `json:"severity"`
		Compatible bool            `json:"compatible"`
		Message    string          `json:"message"`
		Hint       string          `json:"hint,omitempty"`
		NewName    string          `json:"new_name,omitempty"`
		Uses       []use           `json:"uses"`
	}
	at := func(p schema.Pos) place { return place{p.File, p.Line, p.Col} }
	list := []entry{}
	for _, c := range changes {
		e := entry{Program: c.program, place: at(c.pos), Metric: c.Metric, Kind: c.Kind, Severity: c.Severity, Compatible: c.Compatible, Message: c.Message, Hint: c.Hint, Uses: []use{}}
		if c.New != nil && c.New.Name != c.Metric {
			e.NewName = c.New.Name
		}
		for _, u := range c.Uses {
			e.Uses = append(e.Uses, use{at(u.Pos), u.Owner, u.Message, u.Breaks, u.Generated, u.Expr, u.Rewrite})
		}
		list = append(list, e)
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

// changesMarkdown prints a comment for a pull request: what is bad in a table, the queries
// that break below it, everything else folded away.
func changesMarkdown(out io.Writer, changes []change) error {
	var b strings.Builder
	var bad, rest []change
	for _, c := range changes {
		if c.Severity == schema.Note {
			rest = append(rest, c)
		} else {
			bad = append(bad, c)
		}
	}
	b.WriteString("### Metrics\n\n")
	if len(changes) == 0 {
		b.WriteString("No metric changes.\n")
	} else {
		fmt.Fprintf(&b, "%s.\n", tally(changes))
	}
	if len(bad) > 0 {
		b.WriteString("\n")
		markdownTable(&b, bad)
	}
	for _, c := range bad {
		markdownUses(&b, c)
	}
	if len(rest) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>%s that should break nothing</summary>\n\n", count(len(rest), "more change"))
		markdownTable(&b, rest)
		b.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func markdownTable(b *strings.Builder, changes []change) {
	b.WriteString("| | Metric | Change | Where |\n|---|---|---|---|\n")
	for _, c := range changes {
		metric := markdown.Code(c.Metric)
		if c.program != "" {
			metric = c.program + ": " + metric
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Severity, markdown.Cell(metric), markdown.Cell(markdown.Prose(c.Message)), markdown.Cell(markdown.Code(c.pos.String())))
	}
}

// markdownUses prints the queries that a change concerns.
func markdownUses(b *strings.Builder, c change) {
	if len(c.Uses) == 0 && c.Hint == "" {
		return
	}
	fmt.Fprintf(b, "\n**%s**: %s\n\n", markdown.Code(c.Metric), markdown.Prose(c.Message))
	for _, u := range c.Uses {
		verb := "concerns"
		if u.Breaks {
			verb = "breaks"
		}
		fmt.Fprintf(b, "- %s %s: %s", markdown.Code(u.Pos.String()), verb, markdown.Prose(u.String()))
		switch {
		case u.Generated:
			b.WriteString("; `dashgen generate` writes it anew\n")
		case u.Rewrite != "":
			fmt.Fprintf(b, "; write\n%s\n", markdown.Block("  ", "promql", u.Rewrite))
		default:
			b.WriteByte('\n')
		}
	}
	if c.Hint != "" {
		fmt.Fprintf(b, "- %s\n", markdown.Prose(c.Hint))
	}
}
