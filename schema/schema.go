package schema

import (
	"cmp"
	"slices"
	"strings"
)

// Version is the schema_version of metrics.json that this package reads and writes.
const Version = 1

// A Schema is what metrics.json holds: one entry a metric name, sorted by name.
// The zero value holds nothing and is ready for use.
type Schema struct {
	Version int // of the format; Format writes the constant Version
	Metrics []*Metric

	entries map[string]Pos // where metrics.json has them
}

// Lookup returns the entry of exactly that name, or nil. Tombstones are entries.
func (s *Schema) Lookup(name string) *Metric {
	i, ok := slices.BinarySearchFunc(s.Metrics, name, func(m *Metric, name string) int { return cmp.Compare(m.Name, name) })
	if !ok {
		return nil
	}
	return s.Metrics[i]
}

// PosOf returns where metrics.json has the entry of that name: the place of the
// name. It is zero for an entry that was not read from a file. In what Merge made it
// is the place in the old file.
func (s *Schema) PosOf(name string) Pos { return s.entries[name] }

// suffixes are what a metric family's series carry behind its name.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#histograms-and-summaries.
var suffixes = map[Type][]string{
	Histogram: {"_bucket", "_count", "_sum"},
	Summary:   {"_count", "_sum"},
}

// Series returns the metric that a series of that name belongs to, and what the
// series name has behind the metric's: "_bucket", "_sum" or "_count" of a
// histogram, "_sum" or "_count" of a summary, else nothing. It returns nil if there
// is none. A metric of exactly that name comes first, then the histogram or summary,
// then patterns, the one with the most letters first. Tombstones are found like
// any other: see RemovedIn.
//
// A histogram that is known to be classic only has no series of its own name: that
// name belongs to no metric here. Lookup finds the family.
func (s *Schema) Series(name string) (m *Metric, suffix string) {
	if m := s.Lookup(name); m != nil {
		if m.Type == Histogram && m.Native == nil && len(m.Buckets) > 0 {
			return nil, ""
		}
		return m, ""
	}
	for _, suffix := range suffixes[Histogram] {
		base, ok := strings.CutSuffix(name, suffix)
		if !ok {
			continue
		}
		if m := s.Lookup(base); m != nil && slices.Contains(suffixes[m.Type], suffix) {
			return m, suffix
		}
	}
	return s.pattern(name)
}

// pattern returns the most specific pattern that fits a series name.
func (s *Schema) pattern(name string) (best *Metric, suffix string) {
	most := -1
	try := func(m *Metric, base, sfx string) {
		letters := len(strings.ReplaceAll(m.Name, "*", "")) + len(sfx)
		if letters > most && matches(m.Name, base) {
			best, suffix, most = m, sfx, letters
		}
	}
	for _, m := range s.Metrics {
		if !strings.Contains(m.Name, "*") {
			continue
		}
		try(m, name, "")
		for _, sfx := range suffixes[m.Type] {
			if base, ok := strings.CutSuffix(name, sfx); ok {
				try(m, base, sfx)
			}
		}
	}
	return best, suffix
}
