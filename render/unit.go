package render

import "github.com/dashgen/dashgen/internal/query"

// unit returns Grafana's unit id of an expression, "" where it is not known.
func (l *layout) unit(expr string) string {
	id := query.UnitID(expr, l.schema)
	if id == "dateTimeFromNow" { // of milliseconds, while Prometheus has seconds
		return ""
	}
	return id
}
