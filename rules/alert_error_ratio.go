package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "error-ratio",
		Doc: "Too large a share of what a counter counts fails: its outcome label says which, or another counter counts the failures. How many are too many is what users " +
			"were promised, so it asks for that: an objective, whose alerts tell how fast its budget goes, or a share. With fewer than 1/share events in the window one failure " +
			"alone would be more than the share; then the alert is quiet.",
		Needs: errorRatios,
	})
}

func errorRatios(p *Pass) []Need {
	var needs []Need
	for _, s := range p.Signals {
		part, whole, ok := failuresOf(&s)
		if !ok {
			continue
		}
		m, errors := s.Metrics[0], ""
		if len(s.Metrics) > 1 {
			m, errors = s.Metrics[1], s.Metrics[0].Name
		}
		n := Need{
			Metric: m,
			Tells:  "too many of the events fail",
			Blanks: []Blank{{"share", "of the events that may fail, between 0 and 1", "nothing in the source says it"}},
			Alert:  ask(p, m, "ErrorRatio", shareAbove(p, part, whole, "share"), "warning", "Too many of "+m.Name+" fail", 5*time.Minute),
		}
		n.Alert.KeepFiringFor = p.Hold(5 * time.Minute)
		if m.Type == schema.Counter { // an objective of a histogram is one of how long it takes
			n.Objective = &Objective{Name: objectiveName(p, m.Name, "availability"), Errors: errors}
			n.Blanks = append(n.Blanks, objectivePercent)
		}
		needs = append(needs, n)
	}
	return needs
}

// failuresOf returns the selectors of the failed and of all events of a signal that is their
// ratio.
func failuresOf(s *plan.Signal) (part, whole string, ok bool) {
	m := s.Metrics[0]
	switch {
	case strings.HasSuffix(s.Key, ":ratio"):
		return m.Name, s.Metrics[1].Name, true
	case !strings.HasSuffix(s.Key, ":error_ratio"):
		return "", "", false
	}
	name := m.Name
	if m.Type != schema.Counter {
		name += "_count"
	}
	label, bad := plan.Outcome(m)
	return name + "{" + label + plan.OneOf(bad) + "}", name, true
}

// shareAbove returns the expression that asks whether a part of a job's events is more than a
// share that somebody is to give, where there are enough of them for one not to be.
func shareAbove(p *Pass, part, whole, blank string) string {
	return fmt.Sprintf("sum by (%[1]s) (rate(%[2]s[%[4]s])) / sum by (%[1]s) (rate(%[3]s[%[4]s])) > <%[5]s> and sum by (%[1]s) (increase(%[3]s[%[4]s])) > 1 / <%[5]s>",
		p.Job(), part, whole, p.Window(), blank)
}
