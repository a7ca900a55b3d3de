package plan

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

// Subsystems returns the subsystem of each metric of a schema, by its name: those that have
// a signal, and those that have none because they are deprecated, gone or patterns.
func Subsystems(s *schema.Schema, cfg *config.Config) map[string]string {
	n := newNamer(watched(s), cfg)
	of := map[string]string{}
	for _, m := range s.Metrics {
		of[m.Name] = n.subsystem(m)
	}
	return of
}

// watched returns the metrics that have signals, by name.
func watched(s *schema.Schema) []*schema.Metric {
	live := slices.DeleteFunc(slices.Clone(s.Metrics), func(m *schema.Metric) bool { return !m.Live() || m.Certainty == schema.Pattern })
	slices.SortFunc(live, func(a, b *schema.Metric) int { return strings.Compare(a.Name, b.Name) })
	return live
}
