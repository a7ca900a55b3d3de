package render

import (
	"cmp"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// unit returns Grafana's unit id of an expression, "" where it is not known.
func (l *layout) unit(expr string) string {
	id := query.UnitID(expr, l.schema)
	if id == "dateTimeFromNow" { // of milliseconds, while Prometheus has seconds
		return ""
	}
	return id
}

// buckets reports whether an expression yields the buckets of a histogram, the unit of
// what that observes, and the unit of the buckets themselves: "short" where they are
// not known.
func (l *layout) buckets(expr string) (observed, cells string, ok bool) {
	names := query.Names(expr)
	if len(names) != 1 || strings.Contains(expr, "histogram_") {
		return "", "", false
	}
	m, suffix := l.schema.Series(names[0])
	if m == nil {
		return "short", "short", strings.HasSuffix(names[0], "_bucket")
	}
	if native := suffix == "" && m.Native != nil; m.Type != schema.Histogram || !native && suffix != "_bucket" {
		return "", "", false
	}
	cells = l.unit(strings.ReplaceAll(expr, names[0], m.Name+"_count")) // which is counted in the same way
	return cmp.Or(query.MetricUnit(m).Grafana(), "short"), cmp.Or(cells, "short"), true
}
