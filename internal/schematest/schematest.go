// Package schematest reads the compact form in which test corpora write metrics.
//
// It is for tests only, and imports schema.
package schematest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

var types = []schema.Type{schema.Counter, schema.Gauge, schema.Histogram, schema.Summary, schema.Untyped, schema.Info, schema.StateSet}

// Parse reads metrics, one a line, in their order:
//
//	type name{label,label=value|value} help
//
// A label with values has that closed set of them. A histogram has the buckets 0.1, 1 and
// 10, -1, 0 and 1 where its help says below zero, or is a native one where it says native, and
// both where it says classic, too; a summary has quantiles where its help says so. A name with * is a pattern. Units are told as the scanner tells them. Empty lines are skipped.
func Parse(text string) (*schema.Schema, error) {
	s := &schema.Schema{Version: schema.Version}
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		m, err := metric(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		s.Metrics = append(s.Metrics, m)
	}
	return s, nil
}

func metric(line string) (*schema.Metric, error) {
	typ, rest, _ := strings.Cut(line, " ")
	name, help, _ := strings.Cut(rest, " ")
	if !slices.Contains(types, schema.Type(typ)) || name == "" {
		return nil, fmt.Errorf("%q is not a type and a name", line)
	}
	m := &schema.Metric{Type: schema.Type(typ), Help: help}
	m.Name, rest, _ = strings.Cut(name, "{")
	if strings.Contains(m.Name, "*") {
		m.Certainty = schema.Pattern
	}
	for _, l := range strings.Split(strings.TrimSuffix(rest, "}"), ",") {
		if l == "" {
			continue
		}
		label, values, closed := strings.Cut(l, "=")
		one := schema.Label{Name: label}
		if closed {
			one.Values = strings.Split(values, "|")
		}
		m.Labels = append(m.Labels, one)
	}
	switch m.Type {
	case schema.Histogram:
		if strings.Contains(help, "native") {
			m.Native = &schema.Native{}
		}
		switch {
		case strings.Contains(help, "below zero"):
			m.Buckets = []float64{-1, 0, 1}
		case m.Native == nil || strings.Contains(help, "classic"):
			m.Buckets = []float64{0.1, 1, 10}
		}
	case schema.Summary:
		if strings.Contains(help, "quantiles") {
			m.Objectives = []schema.Objective{{Quantile: 0.5}}
		}
	}
	m.Unit = schema.UnitOf(m)
	return m, nil
}
