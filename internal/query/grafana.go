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
	for line := range strings.Lines(grafanaUnits) {
		if strings.TrimSpace(line) == id && id != "" && id[0] != '#' {
			return true
		}
	}
	return false
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
