package render

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
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

// helpValue finds "1 = connected", "0 for follower" and the like in a help text.
var helpValue = regexp.MustCompile(`\b(-?\d+(?:\.\d+)?)\s*(?:=|:|-|–|\bmeans\b|\bif\b|\bwhen\b|\bfor\b)\s*([A-Za-z][A-Za-z_ -]*)`)

// helpAfter finds the same where the value stands behind its text: "closed (0), open (1)" and
// "idle=0, voting=1".
var helpAfter = regexp.MustCompile(`([A-Za-z][A-Za-z_-]*)\s*(?:\((-?\d+(?:\.\d+)?)\)|=\s*(-?\d+(?:\.\d+)?)\b)`)

// states returns what the values of a state are called and how they are coloured.
// What an alert fires on is red; else the metric's name decides, and where it says
// nothing no value is better than another.
func (l *layout) states(s *plan.Signal) []plan.Mapping {
	if len(s.Metrics) == 0 {
		return nil
	}
	m := s.Metrics[0]
	texts := stateTexts(m)
	firing, p := l.firesOn(s), polarityOf(m.Name)
	var all []plan.Mapping
	for _, t := range texts {
		all = append(all, plan.Mapping{Value: t[0], Text: t[1], Color: stateColor(t[0], len(texts), p, firing)})
	}
	slices.SortFunc(all, func(a, b plan.Mapping) int { return cmp.Compare(number(a.Value), number(b.Value)) })
	return all
}

// stateTexts returns the values of a state with what they are called: those that its
// help lists, else 0 and 1.
func stateTexts(m *schema.Metric) [][2]string {
	texts := helpTexts(m.Help)
	if len(texts) <= 1 {
		texts = zeroOne(texts)
	}
	return texts
}

// helpTexts returns values and their texts as a help text lists them. What is longer
// than three words, or a whole clause, is no name of a state.
func helpTexts(help string) [][2]string {
	var texts [][2]string
	for _, found := range helpAfter.FindAllStringSubmatch(help, -1) {
		if value := found[2] + found[3]; !slices.ContainsFunc(texts, func(t [2]string) bool { return t[0] == value }) {
			texts = append(texts, [2]string{value, found[1]})
		}
	}
	if len(texts) > 1 {
		return texts
	}
	texts = nil
	for _, found := range helpValue.FindAllStringSubmatch(help, -1) {
		words := strings.Fields(found[2])
		for n := len(words); n > 1 && slices.Contains([]string{"or", "and", "otherwise"}, words[n-1]); n-- {
			words = words[:n-1]
		}
		known := slices.ContainsFunc(texts, func(t [2]string) bool { return t[0] == found[1] })
		if known || len(words) > 3 || slices.Contains([]string{"the", "a", "an", "this", "it"}, strings.ToLower(words[0])) {
			continue
		}
		texts = append(texts, [2]string{found[1], strings.Join(words, " ")})
	}
	return texts
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

// stateColors are those of states of which none is better than another.
var stateColors = []string{"text", "blue", "purple", "orange", "yellow"}

func stateColor(value string, n int, p polarity, firing func(float64) bool) string {
	v := number(value)
	switch {
	case firing != nil && firing(v):
		return "red"
	case firing != nil:
		return "green"
	case n > 2 || p == neither:
		return stateColors[max(int(v), 0)%len(stateColors)]
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

func number(s string) float64 {
	f, _ := strconv.ParseFloat(s, 64) // helpValue finds nothing else
	return f
}

// firesOn returns which values of a signal an alert fires on, nil where no alert
// compares it with a number.
func (l *layout) firesOn(s *plan.Signal) func(v float64) bool {
	var tests []func(float64) bool
	for i := range l.alerts {
		a := &l.alerts[i]
		for _, series := range s.Series {
			if a.constant && a.quantity == quantity(series.Expr.In("", "5m")) {
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
