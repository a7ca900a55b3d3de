package exposition

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
)

// This file tells lines, which the parsers do not.

// firstLines returns, by the name that stands on it, the first line of each name in a text
// exposition: of a series, or of the family that a comment speaks of.
func firstLines(data []byte) map[string]int {
	first := map[string]int{}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if name := nameOn(line); name != "" && first[name] == 0 {
			first[name] = n
		}
	}
	return first
}

// nameOn returns the metric name on a line; empty: none.
func nameOn(line []byte) string {
	text := bytes.TrimSpace(line)
	for _, comment := range []string{"# HELP ", "# TYPE ", "# UNIT "} {
		if rest, ok := bytes.CutPrefix(text, []byte(comment)); ok {
			return unquoted(first(rest, " \t"))
		}
	}
	switch {
	case len(text) == 0 || text[0] == '#':
		return ""
	case text[0] == '{': // a UTF-8 name stands between the braces
		return unquoted(first(bytes.TrimSpace(text[1:]), ",}"))
	}
	return string(first(text, "{ \t"))
}

// first returns what stands before the first of some characters.
func first(text []byte, stops string) []byte {
	if i := bytes.IndexAny(text, stops); i >= 0 {
		return text[:i]
	}
	return text
}

// unquoted takes the quotes off a UTF-8 name.
func unquoted(name []byte) string { return strings.Trim(string(name), `"`) }

// badLine returns the first line without which a text exposition, up to that line, can be
// read; 0 where it lacks only its end. The formats are read line by line, so that what is
// damaged stays damaged with more lines behind it.
func badLine(data []byte, contentType string) int {
	var ends []int // of lines
	for i := 0; i < len(data); {
		next := bytes.IndexByte(data[i:], '\n')
		if next < 0 {
			next = len(data) - i - 1
		}
		i += next + 1
		ends = append(ends, i)
	}
	bad := sort.Search(len(ends), func(k int) bool { return !readable(data[:ends[k]], contentType) })
	if bad == len(ends) {
		return 0
	}
	return bad + 1
}

// readable reports whether lines can be read, as if they were all.
func readable(lines []byte, contentType string) bool {
	c := &collector{families: map[string]*family{}, openMetrics: strings.HasPrefix(contentType, typeOpenMetrics)}
	lines = slices.Clip(lines)
	if len(lines) > 0 && lines[len(lines)-1] != '\n' {
		lines = append(lines, '\n')
	}
	if c.openMetrics && !bytes.HasSuffix(lines, []byte("# EOF\n")) {
		lines = append(lines, "# EOF\n"...)
	}
	return c.read(lines, contentType) == nil
}

// sortedKeys returns the keys of a map, nil for an empty one.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
