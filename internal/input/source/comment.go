package source

import (
	"bytes"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// A Directive is one comment "# dashgen:NAME ..." of a YAML file.
type Directive struct {
	Name string     // what follows "dashgen:", for instance "ignore"
	Text string     // everything after the name
	Pos  schema.Pos // of the #

	line  int
	alone bool // nothing else stands on its line
}

// directives finds the comments. spans are those of the scalars, in which a # is
// an ordinary character.
func (d *Document) directives(spans [][2]int) []Directive {
	var found []Directive
	for from := 0; ; {
		i := bytes.Index(d.data[from:], []byte("dashgen:"))
		if i < 0 {
			return found
		}
		at := from + i
		from = at + len("dashgen:")
		hash := d.comment(at, spans)
		if hash < 0 || strings.TrimSpace(string(d.data[hash+1:at])) != "" {
			continue
		}
		line := d.line(at)
		rest := strings.TrimSuffix(d.text(line)[from-d.lines[line]:], "\r")
		name, text, _ := strings.Cut(rest, " ")
		found = append(found, Directive{
			Name: name, Text: strings.TrimSpace(text), Pos: d.pos(hash), line: line,
			alone: strings.TrimSpace(string(d.data[d.lines[line]:hash])) == "",
		})
	}
}

// comment returns the offset of the # that begins the comment that holds offset
// at, or -1.
func (d *Document) comment(at int, spans [][2]int) int {
	for i := d.lines[d.line(at)]; i < at; i++ {
		if d.data[i] == '#' && (i == 0 || isBlank(d.data[i-1])) && !inside(spans, i) {
			return i
		}
	}
	return -1
}

func inside(spans [][2]int, at int) bool {
	for _, s := range spans {
		if s[0] <= at && at < s[1] {
			return true
		}
	}
	return false
}

// Attach says which of the items each directive speaks of: the outermost that
// begins on the line below a comment of its own lines, else the innermost that
// spans the comment's line. The directives of no item are returned apart.
func (d *Document) Attach(items []*Node) (of map[*Node][]Directive, rest []Directive) {
	of = map[*Node][]Directive{}
	for _, dir := range d.Directives {
		n := d.below(dir, items)
		if n == nil {
			n = d.around(dir, items)
		}
		if n == nil {
			rest = append(rest, dir)
			continue
		}
		of[n] = append(of[n], dir)
	}
	return of, rest
}

func (d *Document) below(dir Directive, items []*Node) *Node {
	if !dir.alone {
		return nil
	}
	line := dir.line + 1
	for line < len(d.lines) && strings.HasPrefix(strings.TrimSpace(d.text(line)), "#") {
		line++
	}
	if line+1 < len(d.lines) && strings.TrimSpace(d.text(line)) == "-" {
		line++
	}
	var found *Node
	for _, n := range items {
		if d.line(n.start) == line && (found == nil || n.end > found.end) {
			found = n
		}
	}
	return found
}

func (d *Document) around(dir Directive, items []*Node) *Node {
	var found *Node
	for _, n := range items {
		if d.line(n.start) <= dir.line && dir.line <= d.line(max(n.start, n.end-1)) && (found == nil || n.start > found.start) {
			found = n
		}
	}
	return found
}
