package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// highCardinality are label names whose values grow with traffic or fleet, so that a
// series for each is a wall of lines.
var highCardinality = []string{
	"address", "addr", "client", "email", "endpoint_id", "hash", "id", "ip", "key", "path", "peer", "query", "remote", "session", "sql",
	"tenant", "trace", "uid", "url", "user", "username", "uuid",
}

// boundedWords are label names that take few values even where the source does not
// show the set.
var boundedWords = []string{
	"category", "class", "code", "component", "direction", "event", "event_type", "kind", "lane", "level", "method", "mode", "op", "operation",
	"outcome", "phase", "queue", "reason", "result", "role", "stage", "state", "status", "step", "tier", "type", "version",
}

// maxKept is how many labels a panel's series keep at most.
const maxKept = 2

// maxListed is how many values a label has at most that a panel's series keep.
const maxListed = 20

// kept returns the labels that the series of a panel keep: those of which the source shows
// all values, and those whose names say that they take few; only where there are none of
// these, others, without those that grow with traffic. unbounded says that it is others, so
// that only the largest series should be shown.
func kept(m *schema.Metric) (labels []string, unbounded bool) {
	var few, others []string
	for _, l := range m.Labels {
		switch {
		case strings.Contains(l.Name, "*"):
			// there may be others, whose names are not known
		case len(l.Values) > 1 && len(l.Values) <= maxListed:
			labels = append(labels, l.Name)
		case len(l.Values) == 1 || grows(l.Name):
			// one value says nothing; many say too much
		case bounded(l.Name):
			few = append(few, l.Name)
		default:
			others = append(others, l.Name)
		}
	}
	labels = append(labels, few...)
	if len(labels) == 0 {
		labels, unbounded = others, len(others) > 0
	}
	labels = labels[:min(len(labels), maxKept)]
	slices.Sort(labels)
	return labels, unbounded
}

// KeptWhy says in a few words which labels the series of a panel keep and which they are summed
// over, "" for a metric without labels.
func KeptWhy(m *schema.Metric) string {
	labels, unbounded := kept(m)
	var parts []string
	if len(labels) > 0 {
		parts = append(parts, "a series for each "+strings.Join(labels, ", "))
	}
	if unbounded {
		parts[0] += ", the ten largest, since it may take any value"
	}
	for _, l := range m.Labels {
		switch {
		case slices.Contains(labels, l.Name) || strings.Contains(l.Name, "*"):
		case len(l.Values) == 1:
			parts = append(parts, l.Name+" has one value only")
		case grows(l.Name):
			parts = append(parts, l.Name+" may grow with traffic or fleet")
		case len(l.Values) > maxListed:
			parts = append(parts, fmt.Sprintf("%s has %d values", l.Name, len(l.Values)))
		default:
			parts = append(parts, l.Name+" would make too many lines")
		}
	}
	return strings.Join(parts, "; ")
}

func grows(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(highCardinality, name) || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_ip") || strings.HasSuffix(name, "_address")
}

func bounded(name string) bool {
	name = strings.ToLower(name)
	i := strings.LastIndexByte(name, '_')
	return slices.Contains(boundedWords, name) || slices.Contains(boundedWords, name[i+1:])
}
