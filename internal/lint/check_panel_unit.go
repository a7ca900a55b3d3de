package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "panel-unit",
		Doc: `A panel has a unit that its expression cannot have.

Grafana writes 1500 with the unit ms as 1.5 s, whatever the value is: seconds drawn as
milliseconds are a thousand times too small, a ratio drawn as percent is a hundredth, bytes
drawn as seconds are nonsense. The unit of the expression follows from the names of its
metrics, through rates, sums and literals such as / 1000 or * 100. A unit that says nothing,
short or none, is left alone.

Use the unit that the hint names, or convert in the expression. If the metric's name is
wrong, say what it holds with a //dashgen:unit directive.`,
		Severity: schema.Warning,
		Query:    panelUnit,
	})
}

// unitMeanings says what Grafana's units are units of.
// Source: @grafana/data, valueFormats/categories.
var unitMeanings = map[string]string{
	"ns": "time in nanoseconds", "µs": "time in microseconds", "ms": "time in milliseconds", "s": "time in seconds", "m": "time in minutes", "h": "time in hours", "d": "time in days",
	"dtdurations": "time in seconds", "dtdurationms": "time in milliseconds", "clocks": "time in seconds", "clockms": "time in milliseconds",
	"percent": "percent", "percentunit": "a ratio",
	"bytes": "bytes", "decbytes": "bytes", "kbytes": "KiB", "deckbytes": "kB", "mbytes": "MiB", "decmbytes": "MB", "gbytes": "GiB", "decgbytes": "GB", "bits": "bits", "decbits": "bits",
	"Bps": "bytes a second", "binBps": "bytes a second", "bps": "bits a second", "binbps": "bits a second",
	"KBs": "kB a second", "KiBs": "KiB a second", "MBs": "MB a second", "MiBs": "MiB a second", "GBs": "GB a second", "GiBs": "GiB a second",
	"celsius": "degrees Celsius", "fahrenheit": "degrees Fahrenheit", "kelvin": "kelvin",
	"volt": "volts", "amp": "amperes", "watt": "watts", "joule": "joules", "hertz": "hertz",
	"reqps": "events a second", "ops": "events a second", "rps": "events a second", "wps": "events a second", "cps": "events a second", "eps": "events a second", "mps": "events a second", "recps": "events a second", "rowsps": "events a second", "pps": "packets a second", "iops": "events a second",
}

func panelUnit(p *Pass, q *Query) {
	if q.Inferred == nil || q.Unit.Pos.IsZero() {
		return
	}
	root := q.Inferred.Root()
	says := unitMeanings[q.Unit.ID]
	if says == "" || !root.UnitKnown || root.Foreign || root.Unit.Time || root.Unit.Base == "" || root.Empty.State == query.Always {
		return // a plain number may hold anything
	}
	fits := root.Unit.Grafana()
	is := unitMeanings[fits]
	if times, ok := root.Unit.Shown(q.Unit.ID); ok && fits == "" && (times > 500 || times < 1.0/500) {
		p.Report(schema.Finding{
			Pos:     q.Unit.Pos,
			Message: fmt.Sprintf("%s has the unit %q, %s, but its value is %s: it is shown as %.3g times what it is", q.Owner, q.Unit.ID, says, root.Unit, times),
			Hint:    "convert it in the expression",
			Related: append([]schema.Related{{Pos: q.Pos, Message: "the expression"}}, definitions(root.Metrics)...),
		})
		return
	}
	if is == "" || is == says || says == is+" a second" && slices.ContainsFunc(root.Metrics, speeds) {
		return
	}
	if is == "a ratio" && root.Type == query.Rate && says == "time in seconds" {
		return // seconds a second, for which Grafana has no unit
	}
	p.Report(schema.Finding{
		Pos:     q.Unit.Pos,
		Message: fmt.Sprintf("%s has the unit %q, %s, but its value is %s", q.Owner, q.Unit.ID, says, is),
		Hint:    fmt.Sprintf("write %q", fits),
		Related: append([]schema.Related{{Pos: q.Pos, Message: "the expression"}}, definitions(root.Metrics)...),
	})
}

// speeds reports whether a gauge by its name holds what happens in a second, for which
// names have no unit: node_network_speed_bytes.
func speeds(m *schema.Metric) bool {
	for _, word := range []string{"speed", "bandwidth", "throughput", "rate", "per_second"} {
		if strings.Contains(m.Name, word) {
			return true
		}
	}
	return false
}
