package lint

import (
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "unknown-unit",
		Doc: `A panel's unit is none that Grafana knows.

Grafana then writes the id behind the number, as it stands, and scales nothing: 1500 is
"1500 seconds" and not 25 min. An id is a short word that is easily confused: s, not
seconds; percentunit for 0 to 1, percent for 0 to 100.

Write the id that the hint offers. A unit of your own is "suffix: jobs" or "prefix: about ".
In a hand-written dashboard this is a warning, because Grafana's editor takes any word.`,
		Panel: func(p *Pass, d *input.Dashboard, panel *input.Panel) {
			for _, u := range panel.Units {
				if !strings.Contains(u.ID, "$") { // a variable's value is known to Grafana only
					unknownUnit(p, schema.Warning, panel.Title, u.ID, u.Pos, d.At)
				}
			}
		},
		Tree: func(p *Pass) {
			for _, d := range p.Config.Dashboards {
				for _, row := range d.Rows {
					for _, panel := range row.Panels {
						unknownUnit(p, schema.Error, panel.Title, panel.Unit, panel.UnitPos, p.Config.At)
						for _, q := range panel.Queries {
							unknownUnit(p, schema.Error, panel.Title, q.Unit, q.UnitPos, p.Config.At)
						}
					}
				}
			}
		},
	})
}

// unknownUnit reports a unit id that there is not. at leads into the text that it begins.
func unknownUnit(p *Pass, severity schema.Severity, title, id string, pos schema.Pos, at func(schema.Pos, int) schema.Pos) {
	if id == "" || query.KnownUnit(id) {
		return
	}
	f := schema.Finding{Pos: pos, Severity: severity, Message: fmt.Sprintf("panel %q has the unit %q, which Grafana does not know", title, id)}
	f.Hint = fmt.Sprintf("write %q if it is a word of your own", "suffix: "+id)
	near, sure := query.Unit{Base: strings.ToLower(id)}.Grafana(), true
	if near == "" {
		near = source.Nearest(id, commonUnits)
		sure = near == meant(id, query.Units())
	}
	if near != "" {
		f.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	if sure && !strings.HasPrefix(near, "dec") { // kilobytes are 1000 or 1024 bytes, by who says it
		f.Edits = edit(func(i int) schema.Pos { return at(pos, i) }, id, near)
	}
	p.Report(f)
}

// commonUnits are the unit ids that people mostly mean. There are more: query.KnownUnit
// knows them.
// Source: @grafana/data, valueFormats/categories.
var commonUnits = []string{
	"none", "short", "percent", "percentunit", "string", "bool", "bool_yes_no", "bool_on_off", "locale", "hex", "sci", "dB", "ppm",
	"ns", "µs", "ms", "s", "m", "h", "d", "dtdurationms", "dtdurations", "clockms", "clocks",
	"dateTimeAsIso", "dateTimeFromNow", "dateTimeAsLocal", "dateTimeAsSystem",
	"bits", "bytes", "kbytes", "mbytes", "gbytes", "decbits", "decbytes", "deckbytes", "decmbytes", "decgbytes",
	"bps", "Bps", "binbps", "binBps", "KBs", "MBs", "GBs", "KiBs", "MiBs", "GiBs", "pps",
	"cps", "ops", "reqps", "rps", "wps", "iops", "eps", "mps", "recps", "rowsps", "cpm", "opm", "reqpm", "rpm", "wpm",
	"hertz", "celsius", "fahrenheit", "kelvin", "watt", "kwatt", "watth", "joule", "volt", "amp", "lengthm", "massg",
	"currencyUSD", "currencyEUR", "currencyGBP", "currencyBTC",
}
