package query

import (
	"strconv"
	"strings"
)

// This file writes numbers as people say them.

// Amount writes a value of a unit as people say it: 5%, 2 minutes, 1 GiB, 0.5 a second. known
// is whether the unit is; where it is not, or is none that people count in, it is the number.
func (u Unit) Amount(v float64, known bool) string {
	number := strconv.FormatFloat(v, 'f', -1, 64)
	if v >= 1e15 || v <= -1e15 {
		number = strconv.FormatFloat(v, 'g', -1, 64)
	}
	switch {
	case !known || u.Mul != 0 && (u.Mul < 0.999999 || u.Mul > 1.000001) || u.Time:
		return number
	case u.Base == "ratio":
		return strconv.FormatFloat(v*100, 'g', 6, 64) + "%"
	case u.Base == "percent":
		return number + "%"
	case u.Base != "":
		number = rounded(v, number, u)
	}
	if u.Per == "second" {
		number += " a second"
	}
	return number
}

// steps are the larger units in which a whole number is said; the first that fits.
var steps = map[string][]struct {
	size float64
	name string
}{
	"seconds": {{86400, " days"}, {3600, " hours"}, {60, " minutes"}},
	"bytes": {{1 << 40, " TiB"}, {1 << 30, " GiB"}, {1 << 20, " MiB"}, {1 << 10, " KiB"},
		{1e12, " TB"}, {1e9, " GB"}, {1e6, " MB"}, {1e3, " kB"}},
}

// rounded writes a number with its unit, in the largest unit in which it is whole.
func rounded(v float64, number string, u Unit) string {
	name := " " + u.Base
	if u.Per == "" || u.Base == "bytes" {
		for _, step := range steps[u.Base] {
			if n := v / step.size; n >= 1 && n == float64(int64(n)) {
				number, name = strconv.FormatInt(int64(n), 10), step.name
				break
			}
		}
	}
	if number == "1" && name != " celsius" && name != " hertz" {
		name = strings.TrimSuffix(name, "s")
	}
	return number + name
}
