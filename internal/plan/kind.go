package plan

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file judges how a metric behaves. The type says most of it; a gauge is told by
// its name and help.

// kindOf returns how a metric behaves, and in one sentence why that is thought.
func kindOf(m *schema.Metric) (Kind, string) {
	switch m.Type {
	case schema.Counter:
		return Rate, "a counter is read by how fast it grows"
	case schema.Histogram:
		return Distribution, "a histogram is read by its quantiles and its buckets"
	case schema.Summary:
		if len(m.Objectives) == 0 {
			return Mean, "a summary without objectives has no quantiles, only a sum and a count"
		}
		return Quantiles, "a summary has its own quantiles, which cannot be aggregated"
	case schema.Info:
		return Info, "the library exposes it as info"
	case schema.StateSet:
		return State, "the library exposes it as a state set"
	}
	parts := strings.Split(strings.ToLower(m.Name), "_")
	last := parts[len(parts)-1]
	switch {
	case last == "info" && len(m.Labels)+len(m.ConstLabels) > 0:
		return Info, "a gauge called _info carries its news in labels"
	case helpOne.MatchString(m.Help) && len(labelNames(m)) > 0:
		return Info, "its help says that it is always 1, so its news is in labels"
	case query.MetricUnit(m).Time:
		return Age, "a gauge that holds a point in time is read by how long ago it is"
	case boolean(m, parts):
		return State, "its name or help says that it is a state, not an amount"
	case m.Unit == "ratio":
		return Ratio, "its unit is a ratio"
	}
	if last == "total" {
		return Level, "its type is gauge, whatever its name says: it may fall, so it has no rate"
	}
	return Level, "a gauge is read as it stands"
}

// stateWords end the names of gauges that are 0 or 1.
var stateWords = []string{"up", "connected", "healthy", "ready", "enabled", "state", "alive", "online", "synced", "paused", "degraded", "readonly", "successful"}

// Help texts that say that a gauge is a state: "Whether …", "0 or 1", "1=connected",
// "(1) or not (0)"; or that list what two values or more mean, such as "0 closed,
// 0.5 half open, 1 open" and "1 if connected, 0 otherwise".
var (
	helpState = regexp.MustCompile(`(?i)^whether\b|\b(?:0 or 1|1 or 0|0/1|1/0|boolean)\b|\b[01]\s*=\s*[a-z]|\([01]\).*\([01]\)|[a-z]\s*=\s*0\b.*[a-z]\s*=\s*1\b`)
	helpValue = regexp.MustCompile(`(?i)(?:^|[(,;:.]|\bor\b|\band\b)\s*(\d+(?:\.\d+)?)\s*(?:[:]|\s[-–]\s|\bis\b|\bmeans\b|\bif\b|\bwhen\b|\bfor\b)?\s*[a-z]+`)
)

// listsValues reports whether a help says what 0 and another value mean.
func listsValues(help string) bool {
	values := map[string]bool{}
	for _, m := range helpValue.FindAllStringSubmatch(help, -1) {
		values[m[1]] = true
	}
	return values["0"] && len(values) > 1
}

// amountWords end the names of gauges that are numbers, whatever their help explains.
var amountWords = []string{"block", "count", "depth", "height", "index", "length", "number", "position", "size", "total"}

// helpOne finds in a help that a gauge is always 1: "1 for 'server_version' label with current
// version", "Annotation metric for …", "A metric with a constant '1' value labeled by …".
var helpOne = regexp.MustCompile(`(?i)\balways (?:set to |has the value )?1\b|\bconstant\b['" ]*(?:value )?['" ]*\b1\b|\b1 for '?\w+'? label\b|\bannotation metric\b`)

// boolean reports whether a gauge is a state. A plural in its name, or a help that
// speaks of a number, says that it counts.
func boolean(m *schema.Metric, parts []string) bool {
	if m.Unit != "" {
		return false
	}
	last := parts[len(parts)-1]
	if slices.Contains(amountWords, last) {
		return false
	}
	if helpState.MatchString(m.Help) || listsValues(m.Help) {
		return true
	}
	plural := len(parts) > 1 && strings.HasSuffix(parts[len(parts)-2], "s") && !strings.HasSuffix(parts[len(parts)-2], "ss")
	return slices.Contains(stateWords, last) && !plural && !helpCounts.MatchString(m.Help)
}

var helpCounts = regexp.MustCompile(`(?i)\b(?:number|count|total|how many|amount|ids?)\b`)

// aheadWords are parts of the names of timestamps that lie in the future.
var aheadWords = []string{"expiry", "expires", "expiration", "deadline", "next", "until", "after"}

// ahead reports whether a timestamp lies in the future: an expiry, a deadline.
func ahead(m *schema.Metric) bool {
	return hasPart(m, aheadWords)
}
