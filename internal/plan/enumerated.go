package plan

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file puts metrics side by side whose names count something off: by a number in one place
// (bucket_0 to bucket_16), or by what stands at the end (drop_invalid, drop_underpriced, …).

// Bounds of what one panel counts off.
const (
	fewestListed = 3
	mostListed   = 20
	shortestStem = 2 // parts in front of what is counted off, behind what the program's names share
)

// enumerated returns the groups that metrics make which are in none yet, the longest stems
// first.
func enumerated(live []*schema.Metric, taken map[string]bool, n *namer) []siblingGroup {
	var groups []siblingGroup
	for _, split := range []func(*schema.Metric, *namer) []stem{numbered, ended} {
		lists := map[stem][]*schema.Metric{}
		for _, m := range live {
			if kind, _ := kindOf(m); taken[m.Name] || kind != Rate && kind != Level || len(m.Labels) > 0 {
				continue // labels would make too many lines of it
			}
			for _, s := range split(m, n) {
				lists[s] = append(lists[s], m)
			}
		}
		stems := slices.SortedFunc(maps.Keys(lists), func(a, b stem) int {
			if d := strings.Count(b.name, "_") - strings.Count(a.name, "_"); d != 0 {
				return d
			}
			return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.rest, b.rest), cmp.Compare(a.kind, b.kind), cmp.Compare(a.subsystem, b.subsystem))
		})
		for _, s := range stems {
			ms := slices.DeleteFunc(lists[s], func(m *schema.Metric) bool { return taken[m.Name] })
			if len(ms) < fewestListed || len(ms) > mostListed || !s.pure(live) {
				continue
			}
			slices.SortFunc(ms, func(a, b *schema.Metric) int { return compareRoles(s.role(a), s.role(b)) })
			g := siblingGroup{key: s.name + "_*", title: s.title(n, ms[0]), metrics: ms}
			for _, m := range ms {
				taken[m.Name] = true
				g.roles = append(g.roles, s.role(m))
			}
			groups = append(groups, g)
		}
	}
	return groups
}

// A stem is what names that are counted off have in common: what stands before, and, behind a
// number, after.
type stem struct {
	name, rest string
	kind       string // in which they agree
	subsystem  string
}

func stemOf(m *schema.Metric, n *namer, name, rest string) stem {
	return stem{name, rest, typeAndUnit(m), n.subsystem(m)}
}

func typeAndUnit(m *schema.Metric) string { return string(m.Type) + " " + m.Unit }

// role returns what a metric has in place of others' roles.
func (s stem) role(m *schema.Metric) string {
	role := strings.TrimSuffix(strings.TrimPrefix(m.Name, s.name+"_"), s.rest)
	if m.Type == schema.Counter {
		role = strings.TrimSuffix(role, "_total")
	}
	return strings.ReplaceAll(role, "_", " ")
}

func (s stem) title(n *namer, m *schema.Metric) string {
	one := *m
	one.Name = s.name + s.rest
	return n.title(&one)
}

// pure reports whether a stem has nothing but what it counts off. A name of another type or
// unit says that it is a subject with several sides.
func (s stem) pure(live []*schema.Metric) bool {
	if s.rest != "" {
		return true
	}
	prefix := s.name + "_"
	return !slices.ContainsFunc(live, func(m *schema.Metric) bool {
		return strings.HasPrefix(m.Name, prefix) && (typeAndUnit(m) != s.kind || len(m.Labels) > 0)
	})
}

// compareRoles sorts numbers as numbers.
func compareRoles(a, b string) int {
	x, err := strconv.Atoi(a)
	y, also := strconv.Atoi(b)
	if err == nil && also == nil {
		return x - y
	}
	return strings.Compare(a, b)
}

// numbered returns the stem of a name with one part that is a number.
func numbered(m *schema.Metric, n *namer) []stem {
	parts := strings.Split(m.Name, "_")
	at := -1
	for i, p := range parts {
		if p != "" && strings.Trim(p, "0123456789") == "" {
			if at >= 0 || len(p) > 3 {
				return nil
			}
			at = i
		}
	}
	if at < 1 {
		return nil
	}
	rest := ""
	if at+1 < len(parts) {
		rest = "_" + strings.Join(parts[at+1:], "_")
	}
	return []stem{stemOf(m, n, strings.Join(parts[:at], "_"), rest)}
}

// amounts end names that say how much of something there is, beside which others say
// something else of it.
var amounts = []string{
	"avg", "bytes", "capacity", "count", "counter", "depth", "duration", "fee", "length", "limit", "live", "max", "min", "number", "percent", "ratio", "size", "sum", "time", "used",
}

// ended returns the stems of a name that is of events or of things without a unit.
func ended(m *schema.Metric, n *namer) []stem {
	name := m.Name
	if m.Type == schema.Counter {
		name = strings.TrimSuffix(name, "_total")
	}
	parts := strings.Split(name, "_")
	last := strings.ToLower(parts[len(parts)-1])
	plural := strings.HasSuffix(last, "s") && !strings.HasSuffix(last, "ss")
	if m.Unit != "" || m.Type == schema.Gauge && plural || slices.Contains(amounts, last) {
		return nil
	}
	shared := 0
	if n.prefix != "" && strings.HasPrefix(name, n.prefix) {
		shared = 1
	}
	var stems []stem
	for i := len(parts) - 1; i >= max(shared+shortestStem, len(parts)-2); i-- {
		stems = append(stems, stemOf(m, n, strings.Join(parts[:i], "_"), ""))
	}
	return stems
}
