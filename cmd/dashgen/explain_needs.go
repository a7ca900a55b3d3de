package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/rules"
)

// needsOf returns the alerts that lack a number in a program.
func needsOf(res *build.Result) []rules.Need {
	return rules.Needs(res.Signals, res.Schema, res.Config, res.Groups)
}

// listNeeds says which alerts lack a number, what it is, and what to write where.
func listNeeds(out io.Writer, all []*build.Result) error {
	for _, res := range all {
		needs := needsOf(res)
		program := ""
		if len(all) > 1 {
			program = res.Config.Name + ": "
		}
		if len(needs) == 0 {
			if _, err := fmt.Fprintf(out, "%sno alert lacks a number\n", program); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(out, "%s%s a number that nobody gave. Fill in what stands in <>, and write the line above the\nmetric, or the entry into dashgen.yaml: below the rules of a group of alerts, or the objectives of slos.\n",
			program, lack(len(needs))); err != nil {
			return err
		}
		for _, n := range needs {
			if _, err := fmt.Fprintf(out, "\n%s (%s): %s\n", n.Metric.Name, n.Pattern, n.Tells); err != nil {
				return err
			}
			s := &sheet{out: out}
			s.need(&n)
			if s.err != nil {
				return s.err
			}
		}
	}
	return nil
}

func lack(n int) string {
	if n == 1 {
		return "1 alert lacks"
	}
	return fmt.Sprintf("%d alerts lack", n)
}

// need says what an alert lacks and what to write.
func (s *sheet) need(n *rules.Need) {
	for _, b := range n.Blanks {
		s.list("<"+b.Name+">", []string{b.Means, b.From})
	}
	if pos := n.Metric.Pos; !pos.IsZero() && filepath.IsLocal(filepath.FromSlash(pos.File)) {
		s.line("above", "%s", pos)
		s.list("", n.Directives())
	}
	alert, objective := n.YAML()
	s.line("or in alerts", "%s", entry(alert))
	s.line("or in slos", "%s", entry(objective))
}

// entry returns an element of a YAML list.
func entry(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return "- " + text
}
