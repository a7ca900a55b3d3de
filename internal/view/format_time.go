package view

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// This file writes durations and dates as Grafana does: dateTimeFormatters of @grafana/data.

// A stage is a unit of time that values below a bound are written in.
type stage struct {
	below  float64 // in the unit that the value is in
	by     float64 // that the value is divided by
	suffix string
}

// staged writes a value in the first stage whose bound it stays below; many says that a
// suffix may get its plural.
func staged(stages []stage) func(float64, *int) string {
	return func(v float64, decimals *int) string {
		for _, s := range stages {
			if math.Abs(v) < s.below {
				return plural(fixed(v/s.by, decimals), s.suffix, v/s.by)
			}
		}
		last := stages[len(stages)-1]
		return plural(fixed(v/last.by, decimals), last.suffix, v/last.by)
	}
}

// plural appends a unit, in its plural where the value is more than one.
func plural(text, suffix string, v float64) string {
	if utf8.RuneCountInString(suffix) > 3 && math.Abs(v) > 1 { // min, hour, day, week, year; ms and the like have none
		return text + suffix + "s"
	}
	return text + suffix
}

// Lengths in seconds, as Grafana has them.
const (
	minute = 60
	hour   = 3600
	day    = 86400
	week   = 604800
	year   = 31536000
	solar  = 31556900 // by which it divides seconds into years
)

var inf = math.Inf(1)

var inSeconds = staged([]stage{{1e-6, 1e-9, " ns"}, {1e-3, 1e-6, " µs"}, {1, 1e-3, " ms"}, {minute, 1, " s"}, {hour, minute, " min"}, {day, hour, " hour"}, {week, day, " day"}, {year, week, " week"}, {inf, solar, " year"}})

// durations are the functions that write durations.
var durations = map[string]func(v float64, decimals *int) string{
	"nanoseconds":  staged([]stage{{1e3, 1, " ns"}, {1e6, 1e3, " µs"}, {1e9, 1e6, " ms"}, {6e10, 1e9, " s"}, {36e11, 6e10, " min"}, {864e11, 36e11, " hour"}, {inf, 864e11, " day"}}),
	"microseconds": staged([]stage{{1e3, 1, " µs"}, {1e6, 1e3, " ms"}, {inf, 1e6, " s"}}),
	"milliseconds": staged([]stage{{1e3, 1, " ms"}, {6e4, 1e3, " s"}, {36e5, 6e4, " min"}, {864e5, 36e5, " hour"}, {31536e6, 864e5, " day"}, {inf, 31536e6, " year"}}),
	"seconds":      seconds,
	"minutes":      minutes,
	"hours":        hours,
	"days":         staged([]stage{{7, 1, " day"}, {365, 7, " week"}, {inf, 365, " year"}}),
	"timeticks":    func(v float64, decimals *int) string { return seconds(v/100, decimals) },
	"durations":    func(v float64, decimals *int) string { return spelled(v, decimals, 1000, "seconds") },
	"durationms":   func(v float64, decimals *int) string { return spelled(v, decimals, 1, "milliseconds") },
	"hms":          func(v float64, _ *int) string { return hms(v) },
	"dhms":         func(v float64, _ *int) string { return dhms(v) },
	"clockms":      clock,
	"clocks":       func(v float64, decimals *int) string { return clock(v*1000, decimals) },
}

func seconds(v float64, decimals *int) string {
	if v == 0 {
		return "0 s"
	}
	if math.Abs(v) < 1 { // multiplied, not divided, which rounds otherwise
		for _, s := range []stage{{1e-6, 1e9, " ns"}, {1e-3, 1e6, " µs"}, {1, 1e3, " ms"}} {
			if math.Abs(v) < s.below {
				return fixed(v*s.by, decimals) + s.suffix
			}
		}
	}
	return inSeconds(v, decimals)
}

// minutes and hours have no plural in their own unit.
func minutes(v float64, decimals *int) string {
	if math.Abs(v) < 60 {
		return fixed(v, decimals) + " min"
	}
	return staged([]stage{{1440, 60, " hour"}, {10080, 1440, " day"}, {604800, 10080, " week"}, {inf, 525948, " year"}})(v, decimals)
}

func hours(v float64, decimals *int) string {
	if math.Abs(v) < 24 {
		return fixed(v, decimals) + " hour"
	}
	return staged([]stage{{168, 24, " day"}, {8760, 168, " week"}, {inf, 8760, " year"}})(v, decimals)
}

// spelled writes a duration in as many units as decimals says and one more, the largest
// first; it is toDuration. unit is how many milliseconds one of the value is.
func spelled(v float64, decimals *int, unit float64, name string) string {
	if v == 0 {
		return "0 " + name
	}
	if v < 0 {
		return spelled(-v, decimals, unit, name) + " ago"
	}
	left := 0
	if decimals != nil {
		left = *decimals
	}
	ms := v * unit
	var words []string
	for _, u := range []struct {
		name   string
		length float64
	}{{"year", year * 1e3}, {"month", 2592e6}, {"week", week * 1e3}, {"day", day * 1e3}, {"hour", hour * 1e3}, {"minute", minute * 1e3}, {"second", 1e3}, {"millisecond", 1}} {
		if left < 0 {
			break
		}
		if ms/u.length < 1 && len(words) == 0 {
			continue
		}
		n := math.Floor(ms / u.length)
		word := jsNumber(n) + " " + u.name
		if n != 1 {
			word += "s"
		}
		words = append(words, word)
		ms = math.Mod(ms, u.length)
		left--
	}
	return strings.Join(words, ", ")
}

func hms(v float64) string {
	if v < 0 {
		return hms(-v) + " ago"
	}
	return fmt.Sprintf("%02.0f:%02.0f:%02.0f", math.Floor(v/hour), math.Floor(math.Mod(v, hour)/60), math.Floor(math.Mod(math.Mod(v, hour), 60)))
}

func dhms(v float64) string {
	if v < 0 {
		return dhms(-v) + " ago"
	}
	days := math.Floor(v / day)
	if days > 0 {
		return jsNumber(days) + " d " + hms(v-days*day)
	}
	return hms(v)
}

// clock is toClock, of milliseconds.
func clock(ms float64, decimals *int) string {
	t := time.UnixMilli(int64(ms)).UTC()
	parts := []string{fmt.Sprintf("%02dm", t.Minute()), fmt.Sprintf("%02ds", t.Second()), fmt.Sprintf("%03dms", t.Nanosecond()/1e6)}
	n := 3
	switch {
	case ms < 1e3:
		return parts[2]
	case ms < 6e4:
		if decimals != nil && *decimals == 0 {
			return parts[1]
		}
		return strings.Join(parts[1:], ":")
	case ms < 36e5:
		if decimals != nil && *decimals < 2 {
			n = *decimals + 1
		}
		return strings.Join(parts[:n], ":")
	}
	if decimals != nil && *decimals < 3 {
		n = *decimals
	}
	return strings.Join(append([]string{strconv.FormatFloat(math.Floor(ms/36e5), 'f', 0, 64) + "h"}, parts[:n]...), ":")
}

// dates are the functions that write dates, of milliseconds since the epoch.
var dates = map[string]func(v float64, pattern string, now time.Time) string{
	"iso":      func(v float64, _ string, now time.Time) string { return at(v, now).Format(time.DateTime) },
	"isotoday": func(v float64, _ string, now time.Time) string { return today(v, now, time.DateTime, time.TimeOnly) },
	"us": func(v float64, _ string, now time.Time) string {
		return strings.ToLower(at(v, now).Format("01/02/2006 3:04:05 PM"))
	},
	"ustoday": func(v float64, _ string, now time.Time) string {
		return strings.ToLower(today(v, now, "01/02/2006 3:04:05 PM", "3:04:05 PM"))
	},
	"fromnow": func(v float64, _ string, now time.Time) string { return fromNow(at(v, now).Sub(now)) },
	"time":    func(v float64, pattern string, now time.Time) string { return at(v, now).Format(layoutOf(pattern)) },
}

func at(ms float64, now time.Time) time.Time { return time.UnixMilli(int64(ms)).In(now.Location()) }

func today(ms float64, now time.Time, long, short string) string {
	t := at(ms, now)
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(short)
	}
	return t.Format(long)
}

// layoutOf turns a pattern of moment.js into one of Go.
// Source: https://momentjs.com/docs/#/displaying/format/.
func layoutOf(pattern string) string {
	return strings.NewReplacer(
		"YYYY", "2006", "YY", "06", "MMMM", "January", "MMM", "Jan", "MM", "01", "DD", "02", "D", "2",
		"dddd", "Monday", "ddd", "Mon", "HH", "15", "hh", "03", "h", "3", "mm", "04", "ss", "05", "SSS", "000", "A", "PM", "a", "pm", "ZZ", "-0700", "Z", "-07:00",
	).Replace(pattern)
}

// fromNow is moment's humanize with its thresholds, and its suffix.
// Source: https://momentjs.com/docs/#/customization/relative-time-threshold/.
func fromNow(d time.Duration) string {
	abs := d.Abs()
	round := func(unit time.Duration) int { return int(math.Round(float64(abs) / float64(unit))) }
	const oneDay = 24 * time.Hour
	months := int(math.Round(float64(abs) / float64(oneDay) * 4800 / 146097))
	years := int(math.Round(float64(abs) / float64(oneDay) * 400 / 146097))
	text := ""
	switch {
	case round(time.Second) <= 44:
		text = "a few seconds"
	case round(time.Minute) <= 1:
		text = "a minute"
	case round(time.Minute) < 45:
		text = fmt.Sprintf("%d minutes", round(time.Minute))
	case round(time.Hour) <= 1:
		text = "an hour"
	case round(time.Hour) < 22:
		text = fmt.Sprintf("%d hours", round(time.Hour))
	case round(oneDay) <= 1:
		text = "a day"
	case round(oneDay) < 26:
		text = fmt.Sprintf("%d days", round(oneDay))
	case months <= 1:
		text = "a month"
	case months < 11:
		text = fmt.Sprintf("%d months", months)
	case years <= 1:
		text = "a year"
	default:
		text = fmt.Sprintf("%d years", years)
	}
	if d > 0 {
		return "in " + text
	}
	return text + " ago"
}
