package scanner

import (
	"slices"
	"strings"
)

// This file names metrics and labels as OpenTelemetry's exporters for Prometheus do.
// Source: github.com/prometheus/otlptranslator v1.0.0, which the exporter uses since
// v0.60.0, and https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/.

// otelUnits are the units that names spell otherwise; the others are spelled as they are.
var otelUnits = map[string]string{
	"d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds",
	"By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes", "TiBy": "tibibytes",
	"KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes",
	"m": "meters", "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius", "Hz": "hertz", "1": "", "%": "percent",
}

// otelPerUnits are the units that stand behind a slash.
var otelPerUnits = map[string]string{"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"}

// A translation is how an exporter translates names.
type translation struct {
	strategy  string // one of otlptranslator's; empty: the default
	namespace string // symbolic
	noUnits   bool
	noTotal   bool
}

// The strategies, as package otlptranslator calls them.
const (
	underscoresSuffixes = "UnderscoreEscapingWithSuffixes"
	underscores         = "UnderscoreEscapingWithoutSuffixes"
	utf8Suffixes        = "NoUTF8EscapingWithSuffixes"
	utf8Alone           = "NoTranslation"
)

func otelStrategies() map[string]Value {
	vars := map[string]Value{}
	for _, s := range []string{underscoresSuffixes, underscores, utf8Suffixes, utf8Alone} {
		vars["github.com/prometheus/otlptranslator."+s] = str(s)
	}
	return vars
}

// suffixes reports whether names get suffixes.
func (t translation) suffixes() bool {
	return t.strategy == "" || t.strategy == underscoresSuffixes || t.strategy == utf8Suffixes
}

// utf8 reports whether names keep characters beyond the classic ones. Who scrapes without
// asking for them is given underscores.
func (t translation) utf8() bool { return t.strategy == utf8Suffixes || t.strategy == utf8Alone }

// metric returns the name of an instrument's family. Counter says that it is monotonic,
// gauge that it is of that kind.
func (t translation) metric(name, unit string, counter, gauge bool) string {
	if t.noUnits {
		unit = ""
	}
	counter = counter && !t.noTotal
	switch {
	case t.utf8():
		return escaped(t.utf8Name(name, unit, counter, gauge))
	case !t.suffixes():
		return t.prefixed(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !classic(r) && r != '_' }), "_"))
	}
	tokens := strings.FieldsFunc(name, func(r rune) bool { return !classic(r) })
	tokens = withUnit(tokens, unit)
	if counter {
		tokens = last(tokens, "total")
	}
	if gauge && unit == "1" {
		tokens = last(tokens, "ratio")
	}
	return t.prefixed(strings.Join(tokens, "_"))
}

// prefixed puts the namespace before a name that needs no other escape.
func (t translation) prefixed(name string) string {
	if t.namespace != "" {
		name = t.label(t.namespace) + "_" + name
	}
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		return "_" + name
	}
	return name
}

// utf8Name adds suffixes to a name that is kept as it is.
func (t translation) utf8Name(name, unit string, counter, gauge bool) string {
	if t.namespace != "" {
		name = t.namespace + "_" + name
	}
	if !t.suffixes() {
		return name
	}
	var behind string
	put := func(suffix string) {
		if strings.HasSuffix(name, suffix) && len(name) > len(suffix)+1 {
			name = name[:len(name)-len(suffix)-1]
		}
		behind = "_" + suffix + behind
	}
	if gauge && unit == "1" {
		put("ratio")
	}
	if counter {
		put("total")
	}
	if hasHole(unit) {
		return name + Hole + behind
	}
	unit, per := unitSuffixes(unit)
	if per != "" {
		put(per)
	}
	if unit != "" && !strings.HasSuffix(name, unit) {
		name += "_" + unit
	}
	return name + behind
}

// withUnit adds a unit to the parts of a name that do not have it.
func withUnit(tokens []string, unit string) []string {
	if hasHole(unit) && len(tokens) > 0 {
		tokens[len(tokens)-1] += Hole // which may be nothing
		return tokens
	}
	unit, per := unitSuffixes(unit)
	unit, per = cleanUnit(unit), cleanUnit(per)
	if unit = strings.TrimSuffix(unit, "_"); unit != "" && !slices.Contains(tokens, unit) {
		tokens = append(tokens, unit)
	}
	if per = strings.TrimSuffix(per, "_"); per != "" && per != "per" && !slices.Contains(tokens, per) {
		tokens = append(tokens, per)
	}
	return tokens
}

// unitSuffixes returns what a unit adds to names, without what is in braces.
func unitSuffixes(unit string) (main, per string) {
	spelled := func(unit string, names map[string]string) string {
		unit = strings.TrimSpace(unit)
		if strings.ContainsAny(unit, "{}") {
			return ""
		}
		if name, ok := names[unit]; ok {
			return name
		}
		return unit
	}
	before, behind, _ := strings.Cut(unit, "/")
	if per = spelled(behind, otelPerUnits); per != "" {
		per = "per_" + per
	}
	return spelled(before, otelUnits), per
}

// cleanUnit makes underscores, one for each run, of what a name cannot have.
func cleanUnit(unit string) string {
	return strings.TrimPrefix(runs(unit, classic), "_")
}

// runs replaces each run of characters that are not fit by one underscore.
func runs(s string, fit func(rune) bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case fit(r):
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return b.String()
}

// last moves a part of a name behind the others.
func last(tokens []string, part string) []string {
	return append(slices.DeleteFunc(tokens, func(t string) bool { return t == part }), part)
}

// classic reports whether a metric's name may have r, underscores aside. A hole counts as
// one that it may.
func classic(r rune) bool { return r == ':' || classicLabel(r) }

func classicLabel(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || string(r) == Hole
}

// escaped replaces each character that a classic name cannot have.
func escaped(name string) string {
	return strings.Map(func(r rune) rune {
		if classic(r) {
			return r
		}
		return '_'
	}, name)
}

// label returns the name of an attribute's label.
func (t translation) label(key string) string {
	if t.utf8() {
		return strings.ReplaceAll(escaped(key), ":", "_")
	}
	if inner, ok := strings.CutPrefix(key, "__"); ok && len(key) >= 4 && strings.HasSuffix(inner, "__") {
		return "__" + runs(strings.TrimSuffix(inner, "__"), classicLabel) + "__"
	}
	name := runs(key, classicLabel)
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		return "key_" + name
	}
	return name
}
