package render

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// A polarity is what the value 1 of a 0/1 metric means.
type polarity int

const (
	neither polarity = iota // a fact, such as being the leader
	good
	bad
)

// goodWords and badWords are parts of the names of 0/1 metrics that tell what 1
// means.
var (
	goodWords = []string{"up", "connected", "connection", "healthy", "health", "ready", "alive", "available", "online", "synced", "success", "valid", "ok"}
	badWords  = []string{"down", "unhealthy", "unavailable", "disconnected", "paused", "degraded", "stale", "blocked", "tripped", "failing", "failed", "error", "readonly", "overloaded", "halted"}
)

// helpValue finds "1 = connected" and the like in a help text.
var helpValue = regexp.MustCompile(`\b(-?\d+)\s*(?:=|:|\bmeans\b|\bif\b|\bwhen\b)\s*([A-Za-z][\w-]*(?: [a-z][\w-]*){0,2})`)

// states returns what the values of a state are called and how they are coloured.
// What an alert fires on is red; else the metric's name decides, and where it says
// nothing no value is better than another.
func (l *layout) states(s *plan.Signal) []plan.Mapping {
	var texts [][2]string
	name := ""
	for _, m := range s.Metrics {
		if name = m.Name; len(texts) == 0 {
			for _, found := range helpValue.FindAllStringSubmatch(m.Help, -1) {
				texts = append(texts, [2]string{found[1], strings.TrimSpace(found[2])})
			}
		}
	}
	if len(texts) <= 1 {
		texts = zeroOne(texts)
	}
	firing := l.firesOn(s)
	p := polarityOf(name)
	var all []plan.Mapping
	for _, t := range texts {
		if slices.ContainsFunc(all, func(m plan.Mapping) bool { return m.Value == t[0] }) {
			continue
		}
		all = append(all, plan.Mapping{Value: t[0], Text: t[1], Color: stateColor(t[0], len(texts), p, firing)})
	}
	slices.SortFunc(all, func(a, b plan.Mapping) int { return number(a.Value) - number(b.Value) })
	return all
}

// zeroOne returns the texts of a 0/1 metric of whose values the help names at most
// one.
func zeroOne(known [][2]string) [][2]string {
	texts := [][2]string{{"0", "no"}, {"1", "yes"}}
	if len(known) == 1 && known[0][0] == "1" {
		texts[1], texts[0][1] = known[0], "not "+known[0][1]
	}
	return texts
}

func stateColor(value string, n int, p polarity, firing func(float64) bool) string {
	v := float64(number(value))
	switch {
	case firing != nil && firing(v):
		return "red"
	case firing != nil:
		return "green"
	case n > 2 || p == neither:
		return []string{"text", "blue", "purple", "orange", "yellow"}[max(number(value), 0)%5]
	case (v != 0) == (p == good):
		return "green"
	}
	return "red"
}

func polarityOf(name string) polarity {
	parts := strings.Split(name, "_")
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(parts, w) })
	}
	switch {
	case has(badWords):
		return bad
	case has(goodWords):
		return good
	}
	return neither
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // helpValue finds nothing else
	return n
}

// firesOn returns which values of a signal an alert fires on, nil where no alert
// compares it with a number.
func (l *layout) firesOn(s *plan.Signal) func(v float64) bool {
	var tests []func(float64) bool
	for i := range l.alerts {
		a := &l.alerts[i]
		for _, series := range s.Series {
			if a.constant && a.skeleton == skeleton(series.Expr.In("", "5m")) {
				tests = append(tests, a.fires)
			}
		}
	}
	if tests == nil {
		return nil
	}
	return func(v float64) bool {
		return slices.ContainsFunc(tests, func(f func(float64) bool) bool { return f(v) })
	}
}
