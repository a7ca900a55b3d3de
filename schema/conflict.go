package schema

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// This file reads a metrics.json that a merge left with conflict markers.

// Conflicted reports whether a line of data begins with one of git's conflict markers. No
// line of what Format writes does.
func Conflicted(data []byte) bool {
	for line := range bytes.Lines(data) {
		if marker(line) != "" {
			return true
		}
	}
	return false
}

// The markers of git, in the order in which they stand. The part behind the second, which
// only some styles have, is what both sides come from.
var markers = []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"}

// marker returns the marker that a line is, or nothing.
func marker(line []byte) string {
	for _, m := range markers {
		rest, ok := bytes.CutPrefix(line, []byte(m))
		if ok && (len(bytes.TrimSpace(rest)) == 0 || rest[0] == ' ') {
			return m
		}
	}
	return ""
}

// ParseConflict reads a metrics.json with conflict markers: each side as Parse reads it,
// and then what both say. An entry that only one side has stays. Of one that the two have
// differently, a tombstone stays rather than what still lives, since the code, if it has the
// metric, says so again; else ours, with what only theirs remembers. Each such is a
// finding ("metrics-json": a warning), and so is the conflict as a whole. The error is a
// ParseErrors, as Parse's, with places in data.
func ParseConflict(file string, data []byte) (*Schema, []Finding, error) {
	sides, at, bad := split(data)
	if bad > 0 {
		return nil, nil, ParseErrors{{Pos: Pos{File: file, Line: bad, Col: 1}, Msg: "conflict markers are not whole", Hint: restore}}
	}
	var parsed [2]*Schema
	var errs ParseErrors
	for i := range sides {
		p := &parser{file: file, data: sides[i], unsorted: true}
		parsed[i] = p.schema()
		for _, e := range p.errs {
			e.Pos.Line = at[i][min(e.Pos.Line, len(at[i]))-1]
			if e.Hint == "" || e.Hint == restore {
				e.Hint = "mend this side of the conflict by hand"
			}
			errs = append(errs, e)
		}
	}
	if len(errs) > 0 {
		slices.SortStableFunc(errs, func(a, b *ParseError) int { return a.Pos.Compare(b.Pos) })
		return nil, nil, slices.CompactFunc(errs, func(a, b *ParseError) bool { return *a == *b })
	}
	for i, s := range parsed {
		for name, pos := range s.entries {
			pos.Line = at[i][pos.Line-1]
			s.entries[name] = pos
		}
	}
	s, findings := mergeSides(parsed[0], parsed[1])
	first := slices.IndexFunc(slices.Collect(bytes.Lines(data)), func(line []byte) bool { return marker(line) != "" })
	findings = append(findings, Finding{
		Pos: Pos{File: file, Line: first + 1, Col: 1}, Check: "metrics-json", Severity: Warning,
		Message: "file has conflict markers: the entries of both sides are taken", Hint: "look at what dashgen generate writes, and git add it",
	})
	return s, SortFindings(findings), nil
}

// split returns the two sides of a file, and of each line of these the number that it has
// in data. bad is the line at which the markers do not go together, 0: none.
func split(data []byte) (sides [2][]byte, at [2][]int, bad int) {
	state, n, opened := "", 0, 0
	for line := range bytes.Lines(data) {
		n++
		m := marker(line)
		switch {
		case m == "":
		case m == "<<<<<<<" && state == "":
			state, opened = m, n
			continue
		case m == "|||||||" && state == "<<<<<<<", m == "=======" && (state == "<<<<<<<" || state == "|||||||"):
			state = m
			continue
		case m == ">>>>>>>" && state == "=======":
			state = ""
			continue
		default:
			return sides, at, n
		}
		for i, of := range []string{"<<<<<<<", "======="} {
			if state == "" || state == of {
				sides[i] = append(sides[i], line...)
				at[i] = append(at[i], n)
			}
		}
	}
	if state != "" {
		return sides, at, opened
	}
	return sides, at, 0
}

// mergeSides returns the entries of both sides.
func mergeSides(ours, theirs *Schema) (*Schema, []Finding) {
	all := &Schema{Version: Version, entries: map[string]Pos{}}
	var findings []Finding
	for i, s := range []*Schema{ours, theirs} {
		for _, m := range s.Metrics {
			other := theirs.Lookup(m.Name)
			if i == 1 {
				if ours.Lookup(m.Name) != nil {
					continue
				}
				other = nil
			}
			c := m.clone()
			all.entries[m.Name] = s.PosOf(m.Name)
			if other != nil && !bytes.Equal(appendMetric(nil, m), appendMetric(nil, other)) {
				c = mergeEntries(m, other)
				findings = append(findings, Finding{
					Pos: ours.PosOf(m.Name), Check: "metrics-json", Severity: Warning,
					Message: fmt.Sprintf("metric %q differs between the two sides of the conflict", m.Name),
					Hint:    "the code decides where it has the metric; look at its deprecation",
					Related: related(theirs.PosOf(m.Name), "the other side has it here"),
				})
			}
			all.Metrics = append(all.Metrics, c)
		}
	}
	slices.SortFunc(all.Metrics, func(a, b *Metric) int { return cmp.Compare(a.Name, b.Name) })
	return all, findings
}

// mergeEntries returns ours with what only theirs remembers, or theirs where that alone is
// a tombstone.
func mergeEntries(ours, theirs *Metric) *Metric {
	if ours.RemovedIn == "" && theirs.RemovedIn != "" {
		ours, theirs = theirs, ours
	}
	c := ours.clone()
	c.Aliases = set(append(c.Aliases, theirs.Aliases...))
	if c.Deprecated && theirs.Deprecated {
		for _, key := range [][2]*string{{&c.DeprecatedSince, &theirs.DeprecatedSince}, {&c.RemovedIn, &theirs.RemovedIn}} {
			if *key[0] == Next && *key[1] != "" {
				*key[0] = *key[1] // a release that was made
			}
			*key[0] = cmp.Or(*key[0], *key[1])
		}
		c.ReplacedBy = cmp.Or(c.ReplacedBy, theirs.ReplacedBy)
		c.RemoveAfter = cmp.Or(c.RemoveAfter, theirs.RemoveAfter)
		c.Note = cmp.Or(c.Note, theirs.Note)
	}
	return c
}
