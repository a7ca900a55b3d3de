package rules

import (
	"fmt"
	"strings"
	"time"
)

func init() {
	register(&Pattern{
		Name: "hit-ratio",
		Doc: "Too few look-ups find what they look for: of counters of hits and misses. How many are too few depends on what a miss costs, so it asks for that. " +
			"A cache that nobody asks has no share, and with fewer than 100 look-ups in the window it is left alone.",
		Needs: hitRatios,
	})
}

func hitRatios(p *Pass) []Need {
	var needs []Need
	for _, s := range p.Signals {
		if !strings.HasSuffix(s.Key, ":hit_ratio") {
			continue
		}
		hits, misses := s.Metrics[0], s.Metrics[1]
		sum := func(f, name string) string {
			return fmt.Sprintf("sum by (%s) (%s(%s[%s]))", p.Job(), f, name, p.Window())
		}
		all := func(f string) string { return "(" + sum(f, hits.Name) + " + " + sum(f, misses.Name) + ")" }
		needs = append(needs, Need{
			Metric: hits,
			Tells:  "too few look-ups are hits",
			Blanks: []Blank{{"share", "of the look-ups that are to be hits, between 0 and 1", "nothing in the source says it; the panel shows what it was"}},
			Alert: ask(p, hits, "RatioLow", fmt.Sprintf("%s / (%s > 0) < <share> and %s > 100", sum("rate", hits.Name), all("rate"), all("increase")),
				"info", "Too few look-ups are hits: "+hits.Name, 30*time.Minute),
		})
	}
	return needs
}
