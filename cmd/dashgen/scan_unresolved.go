package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file prints what a scan could not tell.

// printUnresolved prints what could not be told, and the names that are known in part.
func printUnresolved(out io.Writer, format string, s scanned) error {
	findings := slices.DeleteFunc(s.findings, func(f schema.Finding) bool { return f.Check != "unresolved" && f.Check != "load" })
	if err := writeFindings(out, format, schema.SortFindings(append(findings, partly(s.metrics)...))); err != errFindings {
		return err
	}
	return nil
}

// partly says which names are known in part, one finding for each place that makes them.
func partly(metrics []*schema.Metric) []schema.Finding {
	names := map[schema.Pos][]string{}
	parts := map[schema.Pos][]schema.Related{}
	for _, m := range metrics {
		if m.Certainty != schema.Pattern {
			continue
		}
		names[m.Pos] = append(names[m.Pos], m.Name)
		for _, p := range m.How {
			for _, o := range p.Name.From {
				parts[m.Pos] = append(parts[m.Pos], unknownParts(o)...)
			}
		}
	}
	var findings []schema.Finding
	for pos, names := range names {
		slices.SortFunc(parts[pos], schema.Related.Compare)
		findings = append(findings, schema.Finding{
			Pos: pos, Check: "unresolved", Severity: schema.Note,
			Message: "known in part, with * for what is told only at run time: " + strings.Join(names, " "),
			Hint:    "where the program knows them beforehand, range over a literal of them",
			Related: slices.Compact(parts[pos]),
		})
	}
	return findings
}

// unknownParts returns the expressions that o has what is not known of its value from.
func unknownParts(o schema.Origin) []schema.Related {
	var found []schema.Related
	for _, from := range o.From {
		found = append(found, unknownParts(from)...)
	}
	if len(found) == 0 && strings.Contains(o.Value, "*") {
		return []schema.Related{{Pos: o.Pos, Message: fmt.Sprintf("* is the value of %s", o.Text)}}
	}
	return found
}
