package schema

import (
	"regexp"
	"slices"
	"strings"
)

// units maps what a metric's name calls its unit to the unit as OpenMetrics spells
// it: plural, written out.
// Source of the base units: https://prometheus.io/docs/practices/naming/#base-units;
// the others stand here because programs use them.
var units = map[string]string{
	"seconds": "seconds", "second": "seconds", "secs": "seconds", "sec": "seconds",
	"milliseconds": "milliseconds", "millis": "milliseconds", "ms": "milliseconds", "msec": "milliseconds",
	"microseconds": "microseconds", "micros": "microseconds", "us": "microseconds", "usec": "microseconds",
	"nanoseconds": "nanoseconds", "nanos": "nanoseconds", "ns": "nanoseconds", "nsec": "nanoseconds",
	"minutes": "minutes", "hours": "hours", "days": "days",
	"bytes": "bytes", "byte": "bytes", "octets": "bytes", "bits": "bits",
	"kilobytes": "kilobytes", "megabytes": "megabytes", "gigabytes": "gigabytes",
	"kibibytes": "kibibytes", "mebibytes": "mebibytes", "gibibytes": "gibibytes",
	"ratio": "ratio", "ratios": "ratio", "fraction": "ratio",
	"percent": "percent", "percentage": "percent", "pct": "percent",
	"celsius": "celsius", "fahrenheit": "fahrenheit", "kelvin": "kelvin",
	"volts": "volts", "amperes": "amperes", "watts": "watts", "joules": "joules",
	"hertz": "hertz", "meters": "meters", "grams": "grams",
}

// notUnits are the last parts of a name that say what a metric counts or how it is
// exposed; the unit stands before them.
var notUnits = []string{"total", "sum", "count", "bucket", "created", "info"}

var (
	helpUnit  = regexp.MustCompile(`(?i)\bin (seconds|milliseconds|microseconds|nanoseconds|minutes|hours|days|bytes|bits|kilobytes|megabytes|percent|celsius|volts|amperes|watts|joules|hertz)\b`)
	helpRatio = regexp.MustCompile(`(?i)\(?\b0(?:\.0)?\s*(?:-|–|to|\.\.\.?)\s*1(?:\.0)?\b|\bratio\b|\bfraction\b`)
)

// UnitOf infers the unit of a metric family from its name, else from its help. It
// reads the last three parts of the name, the last first, behind _total and the
// like; a name that ends in what something is counted per has none. A timestamp, or the
// time of a start, without a written unit is in seconds if it is a gauge. The empty string means a plain number, or unknown. Buckets, where
// there are any, correct a percentage whose bounds end at 1: such a histogram holds
// ratios.
func UnitOf(m *Metric) string {
	parts := strings.Split(strings.ToLower(m.Name), "_")
	for len(parts) > 1 && slices.Contains(notUnits, parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	for i := len(parts) - 1; i >= max(1, len(parts)-3); i-- {
		if parts[i-1] == "per" { // of a rate, which has no unit of its own here
			return ""
		}
		unit := units[parts[i]]
		if scaled := units[parts[i-1]+parts[i]]; scaled != "" { // nano_seconds
			unit = scaled
		}
		if unit == "percent" && len(m.Buckets) > 0 && m.Buckets[len(m.Buckets)-1] <= 1 {
			return "ratio"
		}
		if unit != "" {
			return unit
		}
	}
	if found := helpUnit.FindStringSubmatch(m.Help); found != nil {
		return units[strings.ToLower(found[1])]
	}
	if slices.Contains(parts, "timestamp") && (m.Type == Gauge || m.Type == Untyped) {
		return "seconds"
	}
	if helpRatio.MatchString(m.Help) && !strings.Contains(m.Help, "=") {
		return "ratio"
	}
	return ""
}
