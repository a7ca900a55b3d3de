package query

import (
	_ "embed"
	"slices"
	"strings"
)

// This file holds the table between units and Grafana's unit ids.

//go:embed grafana_units.txt
var grafanaUnits string

// KnownUnit reports whether Grafana has a unit with that id. Custom units, such as
// "suffix: jobs", are known by their prefix.
// See https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit.
func KnownUnit(id string) bool {
	kind, _, custom := strings.Cut(id, ":")
	if custom {
		return slices.Contains([]string{"prefix", "suffix", "time", "si", "count", "currency", "bool"}, kind)
	}
	return slices.Contains(Units(), id)
}

// Units returns the ids of Grafana's own units, in its order.
func Units() []string {
	var ids []string
	for line := range strings.Lines(grafanaUnits) {
		if id := strings.TrimSpace(line); id != "" && id[0] != '#' {
			ids = append(ids, id)
		}
	}
	return ids
}

// A Unit is what a value is counted in.
type Unit struct {
	Base string  // as schema spells it: seconds, bytes, ratio, …; empty: a plain number
	Per  string  // "second" for a rate; empty: not a rate
	Noun string  // what a plain number counts, where a name tells: requests, errors, …
	Time bool    // Base is a time since the epoch
	Mul  float64 // the value is Mul times what Base says: 0.001 after "/ 1000"; zero: 1
}

// grafanaUnit maps a base unit to Grafana's unit id for the value and for its rate.
// The ids are those of @grafana/data 13.2.3; bytes use the IEC ids in pairs.
var grafanaUnit = map[string]struct{ value, rate string }{
	"":             {"short", "cps"},
	"seconds":      {"s", "percentunit"},
	"milliseconds": {"ms", ""},
	"microseconds": {"µs", ""},
	"nanoseconds":  {"ns", ""},
	"minutes":      {"m", ""},
	"hours":        {"h", ""},
	"days":         {"d", ""},
	"bytes":        {"bytes", "binBps"},
	"bits":         {"bits", "binbps"},
	"kilobytes":    {"deckbytes", "KBs"},
	"megabytes":    {"decmbytes", "MBs"},
	"gigabytes":    {"decgbytes", "GBs"},
	"kibibytes":    {"kbytes", "KiBs"},
	"mebibytes":    {"mbytes", "MiBs"},
	"gibibytes":    {"gbytes", "GiBs"},
	"ratio":        {"percentunit", ""},
	"percent":      {"percent", ""},
	"celsius":      {"celsius", ""},
	"fahrenheit":   {"fahrenheit", ""},
	"kelvin":       {"kelvin", ""},
	"volts":        {"volt", ""},
	"amperes":      {"amp", ""},
	"watts":        {"watt", ""},
	"joules":       {"joule", "watt"},
	"hertz":        {"hertz", ""},
	"meters":       {"lengthm", ""},
	"grams":        {"massg", ""},
}

// nounRate maps what a counter counts to Grafana's unit id for its rate.
// rps is reads a second in Grafana, never requests.
var nounRate = map[string]string{
	"requests": "reqps", "queries": "reqps", "calls": "reqps", "rpcs": "reqps",
	"operations": "ops", "ops": "ops",
	"reads": "rps", "writes": "wps",
	"packets":  "pps",
	"messages": "mps", "records": "recps", "rows": "rowsps",
	"events": "eps", "errors": "eps", "failures": "eps", "retries": "eps", "drops": "eps",
}

// prefixed maps a base unit and a scale that a literal applied to it to the unit
// that the result is in: bytes / 1024 / 1024 are mebibytes.
var prefixed = []struct {
	base string
	mul  float64
	unit string
}{
	{"bytes", 1.0 / 1024, "kibibytes"},
	{"bytes", 1.0 / 1024 / 1024, "mebibytes"},
	{"bytes", 1.0 / 1024 / 1024 / 1024, "gibibytes"},
	{"bytes", 1e-3, "kilobytes"},
	{"bytes", 1e-6, "megabytes"},
	{"bytes", 1e-9, "gigabytes"},
	{"bytes", 8, "bits"},
	{"bits", 1.0 / 8, "bytes"},
	{"seconds", 1e3, "milliseconds"},
	{"seconds", 1e6, "microseconds"},
	{"seconds", 1e9, "nanoseconds"},
	{"seconds", 1.0 / 60, "minutes"},
	{"seconds", 1.0 / 3600, "hours"},
	{"seconds", 1.0 / 86400, "days"},
	{"milliseconds", 1e-3, "seconds"},
	{"microseconds", 1e-3, "milliseconds"},
	{"microseconds", 1e-6, "seconds"},
	{"nanoseconds", 1e-6, "milliseconds"},
	{"nanoseconds", 1e-9, "seconds"},
	{"ratio", 100, "percent"},
	{"percent", 0.01, "ratio"},
}

// Grafana returns Grafana's unit id for u, or "" where none says it rightly.
func (u Unit) Grafana() string {
	u = u.normal()
	switch {
	case u.Mul == 60 && u.Per == "second" && u.Base == "" && u.Noun == "requests":
		return "reqpm"
	case u.Mul == 60 && u.Per == "second" && u.Base == "":
		return "cpm"
	case u.Mul != 1:
		return ""
	case u.Time && u.Base == "seconds":
		return "dateTimeFromNow" // of milliseconds: whoever draws it multiplies by 1000
	case u.Per == "":
		return grafanaUnit[u.Base].value
	case u.Base == "" && nounRate[u.Noun] != "":
		return nounRate[u.Noun]
	}
	return grafanaUnit[u.Base].rate
}

// A size is how much of what one of a unit is.
type size struct {
	of   string // data, time, share; a second behind it: a rate
	many float64
}

// sizes are the units that convert into one another.
var sizes = map[string]size{
	"nanoseconds": {"time", 1e-9}, "microseconds": {"time", 1e-6}, "milliseconds": {"time", 1e-3}, "seconds": {"time", 1}, "minutes": {"time", 60}, "hours": {"time", 3600}, "days": {"time", 86400},
	"bits": {"data", 1.0 / 8}, "bytes": {"data", 1}, "kilobytes": {"data", 1e3}, "megabytes": {"data", 1e6}, "gigabytes": {"data", 1e9},
	"kibibytes": {"data", 1 << 10}, "mebibytes": {"data", 1 << 20}, "gibibytes": {"data", 1 << 30},
	"ratio": {"share", 1}, "percent": {"share", 0.01},
}

// sizeOf returns the size of a base unit, or of it a second: time a second is a share.
func sizeOf(base, per string) size {
	s := sizes[base]
	switch {
	case per == "" || s.many == 0:
	case s.of == "time":
		s.of = "share"
	default:
		s.of += " a second"
	}
	return s
}

// Times returns by how much a value in one unit is multiplied to be in another: 1000 from
// seconds to milliseconds. ok is false where they do not convert into one another, or are
// not known. Units are spelled as schema.Metric's.
func Times(from, to string) (times float64, ok bool) {
	a, b := sizes[from], sizes[to]
	if a.of != b.of || a.many == 0 {
		return 0, false
	}
	return a.many / b.many, true
}

// Shown returns how many times as much as it is a value of u seems to be under a unit id of
// Grafana: 1000 for milliseconds under s. ok is false where the two are of different
// things, or not known.
func (u Unit) Shown(id string) (times float64, ok bool) {
	is := sizeOf(u.Base, u.Per)
	for base, ids := range grafanaUnit {
		says := size{}
		switch id {
		case ids.value:
			says = sizeOf(base, "")
		case ids.rate:
			says = sizeOf(base, "second")
		}
		if says.of == is.of && says.many > 0 && !u.Time {
			return says.many * u.scale() / is.many, true
		}
	}
	return 0, false
}

// normal folds a scale into the base unit where a unit of that size has a name.
func (u Unit) normal() Unit {
	if u.Mul == 0 {
		u.Mul = 1
	}
	for _, p := range prefixed {
		if p.base == u.Base && !u.Time && near(u.Mul, p.mul) {
			u.Base, u.Mul = p.unit, 1
			break
		}
	}
	return u
}

func near(a, b float64) bool { return a > b*(1-1e-9) && a < b*(1+1e-9) }
