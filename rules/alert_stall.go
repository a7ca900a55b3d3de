package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Pattern{
		Name: "stall",
		Doc: "Nothing has been worked off for an hour, and there was work all the time: a counter of what was completed stands still in all instances of the job, while the gauge " +
			"of what waits, or the counter of what came in, that is called like it says that there is something to do. That there is work is why no threshold is needed; without " +
			"such a metric a counter that stands still may be at rest, and nothing is derived.",
		Alerts: stalls,
	})
}

var (
	// doneWords are parts of names of counters of work that is over.
	doneWords = []string{"completed", "consumed", "delivered", "dequeued", "done", "finished", "handled", "processed"}
	// queueWords are parts of names of gauges of work that waits, and of how they measure it.
	queueWords   = []string{"backlog", "pending", "queue", "queued", "waiting"}
	measureWords = []string{"count", "current", "depth", "entries", "items", "length", "size"}
	// arrivals are parts of names of counters of work that comes, with those of work that is over.
	arrivals = map[string][]string{"enqueued": {"dequeued"}, "received": {"handled", "processed", "consumed"}, "submitted": {"completed", "processed", "finished"}}
)

func stalls(p *Pass) []plan.Rule {
	var rules []plan.Rule
	p.Each(plan.Rate, func(s plan.Signal, m *schema.Metric, title string) {
		if m.Unit != "" || !hasPart(m, doneWords) || plan.OpenLabels(m) {
			return
		}
		work, demand := demandFor(p, m)
		if work == nil {
			return
		}
		by := p.Job()
		for _, l := range work.Labels {
			if m.Label(l.Name) != nil {
				by += ", " + l.Name
			}
		}
		rules = append(rules, plan.Rule{
			Alert:  p.Name(m, "Stalled"),
			Expr:   fmt.Sprintf("sum by (%[1]s) (rate(%[2]s[%[3]s])) == 0 and sum by (%[1]s) (%[4]s) > 0", by, m.Name, p.Window(), demand),
			For:    p.Hold(time.Hour),
			Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary":     title + " stands still, and there is work",
				"description": describe(m, "It has not grown for an hour in any instance of {{ $labels.job }}, although "+work.Name+" says that there is work."),
			},
			Signal: s.Key, Pos: m.Pos,
		})
	})
	return rules
}

// demandFor returns the metric that says that there is work for what a counter counts the end
// of, and the expression that is above zero then.
func demandFor(p *Pass, done *schema.Metric) (work *schema.Metric, demand string) {
	_, of := apart(done, doneWords)
	for _, m := range p.Schema.Metrics {
		if !m.Live() || m.Certainty == schema.Pattern || m.Unit != "" || plan.OpenLabels(m) {
			continue
		}
		word, stem := apart(m, queueWords)
		if m.Type == schema.Gauge && word != "" && stem == of && !hasPart(m, limitParts) && !hasPart(m, settingWords) {
			return m, m.Name
		}
	}
	for _, in := range slices.Sorted(maps.Keys(arrivals)) {
		for _, out := range arrivals[in] {
			if !hasPart(done, []string{out}) {
				continue
			}
			m := p.Schema.Lookup(strings.Replace(done.Name, out, in, 1))
			if m != nil && m.Live() && m.Type == schema.Counter && !plan.OpenLabels(m) {
				return m, fmt.Sprintf("rate(%s[%s])", m.Name, p.Window())
			}
		}
	}
	return nil, ""
}

// apart returns the first part of a metric's name that is one of the words, "" where none is,
// and the name without such parts and without those that say how a queue is measured.
func apart(m *schema.Metric, words []string) (word, rest string) {
	parts := strings.Split(strings.ToLower(strings.TrimSuffix(m.Name, "_total")), "_")
	parts = slices.DeleteFunc(parts, func(part string) bool {
		if slices.Contains(words, part) && word == "" {
			word = part
		}
		return slices.Contains(words, part) || slices.Contains(queueWords, part) || slices.Contains(measureWords, part)
	})
	return word, strings.Join(parts, "_")
}
