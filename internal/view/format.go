package view

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

// This file writes values as Grafana does: after valueFormats of @grafana/data 13.2.3, and
// tested against what that writes (testdata/units.txt).

//go:embed unit_formats.txt
var unitFormats string

// A Format is how Grafana writes the values of a unit: one of its functions and the
// arguments of that. The page formats by it, too.
type Format struct {
	Func string   `json:"func"` // as unit_formats.txt calls it
	Args []string `json:"args,omitempty"`
}

var formats = sync.OnceValue(func() map[string]Format {
	all := map[string]Format{}
	for line := range strings.Lines(unitFormats) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) > 1 && line[0] != '#' {
			all[f[0]] = Format{f[1], f[2:]}
		}
	}
	return all
})

// FormatOf returns the format of a unit id. Custom units are told by their prefix; an id
// that Grafana does not know is written behind the number. Empty: a plain number.
func FormatOf(unit string) Format {
	if f, ok := formats()[unit]; ok {
		return f
	}
	kind, rest, custom := strings.Cut(unit, ":")
	if !custom || kind == "" {
		return Format{"fixed", []string{unit}}
	}
	switch kind {
	case "prefix":
		return Format{"prefix", []string{rest}}
	case "suffix":
		return Format{"fixed", []string{rest}}
	case "time":
		return Format{"time", []string{rest}}
	case "count":
		return Format{"count", []string{rest}}
	case "currency":
		return Format{"currency", []string{rest}}
	case "si":
		for i, p := range siPrefixes {
			if unit, ok := strings.CutPrefix(rest, p); ok && p != "" {
				return Format{"si", []string{unit, strconv.Itoa(i - siBase)}}
			}
		}
		return Format{"si", []string{rest}}
	case "bool":
		yes, no, both := strings.Cut(rest, "/")
		if !both {
			no = "-"
		}
		return Format{"bool", []string{yes, no}}
	}
	return Format{"fixed", []string{unit}}
}

// Text writes a value of a unit as Grafana does. decimals is how many places it has behind
// the point; nil: as many as Grafana chooses. now is what dates are compared with; its zone
// is theirs.
func Text(unit string, v float64, decimals *int, now time.Time) string {
	return FormatOf(unit).text(v, decimals, now)
}

func (f Format) arg(i int) string {
	if i < len(f.Args) {
		return f.Args[i]
	}
	return ""
}

// offset is the argument that says by how many steps a prefix is shifted.
func (f Format) offset(i int) int {
	n, _ := strconv.Atoi(f.arg(i))
	return n
}

func (f Format) text(v float64, decimals *int, now time.Time) string {
	switch f.Func {
	case "scaled":
		factor, _ := strconv.ParseFloat(f.arg(0), 64)
		text, suffix := scaled(v, decimals, factor, f.Args[1:], 0)
		return text + suffix
	case "si":
		text, suffix := scaled(v, decimals, 1000, with(siPrefixes, f.arg(0)), siBase+f.offset(1))
		return text + suffix
	case "binary":
		text, suffix := scaled(v, decimals, 1024, with(binPrefixes, f.arg(0)), f.offset(1))
		return text + suffix
	case "count":
		text, suffix := scaled(v, decimals, 1000, shortScale, 0)
		return text + suffix + " " + f.arg(0)
	case "currency":
		return currency(v, decimals, f.arg(0), f.arg(1) == "suffix")
	case "prefix":
		return f.arg(0) + fixed(v, decimals)
	case "percent":
		return fixed(v, decimals) + "%"
	case "percentunit":
		return fixed(v*100, decimals) + "%"
	case "bool":
		if v != 0 && !math.IsNaN(v) {
			return f.arg(0)
		}
		return f.arg(1)
	case "string":
		return jsNumber(v)
	case "hex", "hex0x":
		return hex(v, decimals, f.Func == "hex0x")
	case "sci":
		return exponential(v, decimals)
	case "locale":
		return grouped(v, decimals)
	}
	if write := durations[f.Func]; write != nil {
		return write(v, decimals)
	}
	if write := dates[f.Func]; write != nil {
		return write(v, f.arg(0), now)
	}
	if unit := f.arg(0); unit != "" {
		return fixed(v, decimals) + " " + unit
	}
	return fixed(v, decimals)
}

var (
	siPrefixes  = []string{"f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"}
	binPrefixes = []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"}
	shortScale  = []string{"", "K", "M", "B", "T"}
)

const siBase = 5 // where the empty prefix stands in siPrefixes

// with returns the suffixes that prefixes make of a unit.
func with(prefixes []string, unit string) []string {
	list := make([]string, len(prefixes))
	for i, p := range prefixes {
		list[i] = " " + p + unit
	}
	return list
}

// scaled divides a value by the power of factor that leaves one to three digits; it is
// scaledUnits.
func scaled(v float64, decimals *int, factor float64, suffixes []string, offset int) (text, suffix string) {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return jsLocale(v), ""
	}
	power := 0
	if v != 0 {
		power = int(math.Floor(math.Log10(math.Abs(v)) / math.Log10(factor)))
	}
	suffix = suffixes[min(max(offset+power, 0), len(suffixes)-1)]
	power = min(max(power, -offset), len(suffixes)-offset-1)
	return fixed(v/math.Pow(factor, float64(power)), decimals), suffix
}

func currency(v float64, decimals *int, symbol string, behind bool) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	text, suffix := scaled(v, decimals, 1000, shortScale, 0)
	if behind {
		return sign + text + suffix + symbol
	}
	return sign + symbol + text + suffix
}

// fixed is toFixed: as many places as decimals says, else as many as the size of the value
// asks for.
func fixed(v float64, decimals *int) string {
	if math.IsInf(v, 0) {
		return jsLocale(v)
	}
	n := places(v)
	if decimals != nil {
		n = *decimals
	}
	if math.IsNaN(v) {
		return "NaN"
	}
	if v == 0 {
		return strconv.FormatFloat(0, 'f', n, 64)
	}
	factor := math.Pow(10, float64(n))
	text := jsNumber(jsRound(v*factor) / factor)
	if strings.Contains(text, "e") {
		return text
	}
	_, behind, pointed := strings.Cut(text, ".")
	if missing := n - len(behind); missing > 0 {
		if !pointed {
			text += "."
		}
		text += strings.Repeat("0", missing)
	}
	return text
}

// places is getDecimalsForValue.
func places(v float64) int {
	if v == math.Trunc(v) || math.IsNaN(v) {
		return 0
	}
	abs := math.Abs(v)
	n := 1 - int(math.Floor(math.Log(abs)/math.Ln10))
	if abs/math.Pow(10, float64(-n)) > 2.25 {
		n++
	}
	return max(0, n)
}

// jsRound rounds as JavaScript does: a half upwards.
func jsRound(v float64) float64 {
	if math.Abs(v) >= 1<<52 {
		return v
	}
	return math.Floor(v + 0.5)
}

// jsNumber writes a number as JavaScript does.
func jsNumber(v float64) string {
	if abs := math.Abs(v); v != 0 && (abs < 1e-6 || abs >= 1e21) && !math.IsInf(v, 0) {
		return exponent(strconv.FormatFloat(v, 'e', -1, 64))
	}
	if v == 0 {
		return "0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// exponent takes the zeros off the exponent that Go writes.
func exponent(s string) string {
	mantissa, exp, _ := strings.Cut(s, "e")
	return mantissa + "e" + exp[:1] + strings.TrimLeft(exp[1:len(exp)-1], "0") + exp[len(exp)-1:]
}

func exponential(v float64, decimals *int) string {
	n := -1
	if decimals != nil {
		n = *decimals
	}
	return exponent(strconv.FormatFloat(v, 'e', n, 64))
}

// jsLocale writes what is no number.
func jsLocale(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "-∞"
	}
	return "NaN"
}

func hex(v float64, decimals *int, marked bool) string {
	whole, err := strconv.ParseFloat(fixed(v, decimals), 64)
	if err != nil {
		return "NaN"
	}
	sign, mark := "", ""
	if whole < 0 {
		sign = "-"
	}
	if marked {
		mark = "0x"
	}
	return sign + mark + hexDigits(math.Abs(whole))
}

// hexDigits is Number.toString(16) of a number that is not negative.
func hexDigits(v float64) string {
	const digits = "0123456789ABCDEF"
	whole, rest := math.Modf(v)
	var b []byte
	for whole >= 1 {
		b = append([]byte{digits[int(math.Mod(whole, 16))]}, b...)
		whole = math.Floor(whole / 16)
	}
	if len(b) == 0 {
		b = []byte{'0'}
	}
	if rest == 0 {
		return string(b)
	}
	b = append(b, '.')
	// As many digits as tell the number from its neighbours.
	for delta := max(0.5*(math.Nextafter(v, math.Inf(1))-v), math.SmallestNonzeroFloat64); ; {
		rest *= 16
		delta *= 16
		d := int(rest)
		rest -= float64(d)
		if (rest > 0.5 || rest == 0.5 && d&1 == 1) && rest+delta > 1 {
			b = append(b, digits[min(d+1, 15)])
			break
		}
		b = append(b, digits[d])
		if rest < delta {
			break
		}
	}
	return string(b)
}

// grouped is toLocaleString of English: commas between thousands, at most three places.
func grouped(v float64, decimals *int) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return jsLocale(v)
	}
	most := 3
	if decimals != nil {
		most = *decimals
	}
	whole, part, _ := strings.Cut(strconv.FormatFloat(math.Abs(v), 'f', most, 64), ".")
	part = strings.TrimRight(part, "0")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	if v < 0 {
		whole = "-" + whole
	}
	return whole
}
