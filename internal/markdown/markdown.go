// Package markdown writes text as Markdown that GitHub shows as it was meant.
//
// It owns what is escaped where, and the anchors that GitHub gives to headings. It imports
// the standard library only.
package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Code returns text as code, which nothing in it ends.
func Code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + strings.ReplaceAll(s, "\n", " ") + fence
}

// Prose returns text, on one line, with nothing in it that Markdown or HTML would take for
// its own.
func Prose(s string) string {
	s = special.Replace(s)
	return first.ReplaceAllString(s, "${1}\\$2")
}

// first matches what makes a list, a line or a heading of a text that begins with it.
var first = regexp.MustCompile(`^(\s*[0-9]*)([-+.)](?:\s|$)|[-=]+\s*$)`)

var special = strings.NewReplacer(
	"\n", " ", "\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "\\<", ">", "\\>", "&", "&amp;", "#", "\\#", "~", "\\~", "@", "@\u200b",
	"$", "\\$",
)

// Cell returns Markdown for a cell of a table, where a bar ends the cell even in code.
func Cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

// Block returns text as a block of code in a language, each line behind indent.
func Block(indent, language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return indent + fence + language + "\n" + indent + strings.Join(lines, "\n"+indent) + "\n" + indent + fence
}

// Anchors are those that the headings of a document have. The zero value is of an empty one.
type Anchors struct{ taken map[string]int }

// Of returns the anchor of the next heading: its text in lower case, without punctuation,
// with - for spaces, and with a number behind it where an earlier one has the same.
// Source: github-slugger 2.0.0, which GitHub's own algorithm is written after.
func (a *Anchors) Of(heading string) string {
	if a.taken == nil {
		a.taken = map[string]int{}
	}
	base := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
	anchor := base
	for {
		if _, taken := a.taken[anchor]; !taken {
			break
		}
		a.taken[base]++
		anchor = fmt.Sprintf("%s-%d", base, a.taken[base])
	}
	a.taken[anchor] = 0
	return anchor
}
