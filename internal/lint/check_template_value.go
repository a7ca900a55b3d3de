package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "template-value",
		Doc: `An alert's text prints the value where or as what it must not.

In a label, the value makes another alert with every evaluation: each waits for its own time
before it fires, and none ever does, or Alertmanager sends all of them. This is an error. In
an annotation, humanizePercentage is for ratios from 0 to 1, humanizeDuration for seconds,
and humanizeTimestamp for seconds since the epoch. Of another unit, which follows from the
metric's name, they print something wrong: a warning.

Print the value in an annotation only, and with the function that fits its unit.`,
		Query: templateValue,
	})
}

var (
	action     = regexp.MustCompile(`\{\{-?(.*?)-?\}\}`)
	printed    = regexp.MustCompile(`(?:\$value|\.Value)\b`)
	humanized  = regexp.MustCompile(`(?:\$value|\.Value)\s*\|\s*(humanize\w+)|\b(humanize\w+)\s+(?:\$value|\.Value)\b`)
	conditions = regexp.MustCompile(`^\s*(?:if|else if|with|range)\b`)
)

func templateValue(p *Pass, q *Query) {
	if q.Inferred == nil || !q.alert() {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(q.Rule.Labels)) {
		text := q.Rule.Labels[key]
		for _, m := range action.FindAllStringSubmatchIndex(text, -1) {
			inside := text[m[2]:m[3]]
			if printed.MatchString(inside) && !conditions.MatchString(inside) && !strings.Contains(text, "{{ range") && !strings.Contains(text, "{{range") {
				p.Reportf(q.position("labels."+key), "print it in an annotation", "%s prints the value in label %q: each value makes another alert", q.Owner, key)
				break
			}
		}
	}
	root := q.Inferred.Root()
	if !root.UnitKnown || root.Unit.Base == "" || root.Foreign {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(q.Rule.Annotations)) {
		for _, m := range action.FindAllStringSubmatch(q.Rule.Annotations[key], -1) {
			h := humanized.FindStringSubmatch(m[1])
			if h == nil {
				continue
			}
			name := h[1] + h[2]
			if wants, wrong := humanizes(name, root.Unit); wrong {
				p.Report(schema.Finding{
					Pos: q.position("annotations." + key), Severity: schema.Warning,
					Message: fmt.Sprintf("%s prints %s by %s in %q, which is for %s", q.Owner, root.Unit, name, key, wants),
					Hint:    humanizeHint(root.Unit),
					Related: definitions(root.Metrics),
				})
			}
		}
	}
}

// humanizes returns what a function of Prometheus' templates is for, and whether a unit is
// something else.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#numbers.
func humanizes(name string, u query.Unit) (wants string, wrong bool) {
	id := u.Grafana()
	switch name {
	case "humanizePercentage":
		return "a ratio from 0 to 1", id != "percentunit"
	case "humanizeDuration":
		return "seconds", id != "s"
	case "humanizeTimestamp":
		return "seconds since the epoch", id != "dateTimeFromNow"
	}
	return "", false
}

func humanizeHint(u query.Unit) string {
	switch u.Grafana() {
	case "percentunit":
		return "use humanizePercentage"
	case "percent":
		return `use printf "%.1f%%"`
	case "s":
		return "use humanizeDuration"
	case "ms":
		return "divide by 1000 in the expression"
	case "dateTimeFromNow":
		return "use humanizeTimestamp"
	case "bytes", "binBps":
		return "use humanize1024"
	}
	return "use humanize"
}
