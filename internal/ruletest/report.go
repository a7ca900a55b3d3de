package ruletest

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/util/junitxml"

	"github.com/dashgen/dashgen/internal/engine"
)

// WriteText writes the failures of the results, each with its place and what led to it.
func WriteText(w io.Writer, results []*Result) error {
	for _, r := range results {
		for _, f := range r.Failures {
			if _, err := fmt.Fprintf(w, "%s: %s: %s\n", f.Pos, r.Name(), f.Message); err != nil {
				return err
			}
			for _, line := range f.Lines {
				if _, err := fmt.Fprintf(w, "\t%s\n", line); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// WriteJUnit writes the results as promtool --junit does: a suite for each file, a case
// for each test.
func WriteJUnit(w io.Writer, results []*Result) error {
	var doc junitxml.JUnitXML
	var suite *junitxml.TestSuite
	for _, r := range results {
		if suite == nil || suite.Name != r.File {
			suite = doc.Suite(r.File)
		}
		c := suite.Case(r.Name())
		for _, f := range r.Failures {
			c.Fail(fmt.Sprintf("%s: %s\n%s", f.Pos, f.Message, strings.Join(f.Lines, "\n")))
		}
	}
	if err := doc.WriteXML(w); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// A Coverage says which alerts tests speak of.
type Coverage struct {
	Alerts     []string // names of all alerts, sorted
	NeverFires []string // those that no test has fire
	NeverQuiet []string // those that no test has not fire at some time
}

// Covered returns which of the groups' alerts the cases of the results speak of.
func Covered(groups []engine.Group, results []*Result) Coverage {
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, r := range results {
		for _, c := range r.Test.Alerts {
			if len(c.Want) > 0 {
				fires[c.Alert] = true
			} else {
				quiet[c.Alert] = true
			}
		}
	}
	var c Coverage
	for _, g := range groups {
		for _, u := range g.Rules {
			if u.Alert != "" {
				c.Alerts = append(c.Alerts, u.Alert)
			}
		}
	}
	slices.Sort(c.Alerts)
	c.Alerts = slices.Compact(c.Alerts)
	for _, name := range c.Alerts {
		if !fires[name] {
			c.NeverFires = append(c.NeverFires, name)
		}
		if !quiet[name] {
			c.NeverQuiet = append(c.NeverQuiet, name)
		}
	}
	return c
}
