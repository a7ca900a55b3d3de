package scanner

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/schema"
)

// This file reads what people write beside a metric: //dashgen: directives and
// "Deprecated:" paragraphs.

// directives are the names that are understood, each with what it does to a metric;
// nil: it is for later phases, which find it in Metric.Directives.
var directives = map[string]func(*schema.Metric, schema.Directive) error{
	"alert":  nil,
	"ignore": nil,
	"slo":    nil,
	"deprecated": func(m *schema.Metric, d schema.Directive) error {
		after := d.Params["remove_after"]
		if _, err := time.Parse(time.DateOnly, after); err != nil && after != "" {
			return fmt.Errorf("remove_after %q is not a date such as 2027-01-31", after)
		}
		m.Deprecated, m.RemoveAfter = true, after
		m.DeprecatedSince, m.ReplacedBy = d.Params["since"], cmp.Or(d.Params["replaced_by"], d.Params["use"])
		if note := strings.Join(d.Args, " "); note != "" {
			m.Note = note
		}
		return nil
	},
	"unit":       word(func(m *schema.Metric, s string) { m.Unit = s }),
	"owner":      text(func(m *schema.Metric, s string) { m.Owner = s }),
	"runbook":    word(func(m *schema.Metric, s string) { m.Runbook = s }),
	"how_to_use": text(func(m *schema.Metric, s string) { m.HowToUse = s }),
	"essential":  func(m *schema.Metric, _ schema.Directive) error { m.Essential = true; return nil },
	"stability": func(m *schema.Metric, d schema.Directive) error {
		if len(d.Args) != 1 || !slices.Contains([]string{"alpha", "beta", "stable"}, d.Args[0]) {
			return fmt.Errorf("stability is one of alpha, beta, stable")
		}
		m.Stability = d.Args[0]
		return nil
	},
}

func word(set func(*schema.Metric, string)) func(*schema.Metric, schema.Directive) error {
	return func(m *schema.Metric, d schema.Directive) error {
		if len(d.Args) != 1 {
			return fmt.Errorf("%s takes one word", d.Name)
		}
		set(m, d.Args[0])
		return nil
	}
}

func text(set func(*schema.Metric, string)) func(*schema.Metric, schema.Directive) error {
	return func(m *schema.Metric, d schema.Directive) error {
		if d.Text == "" {
			return fmt.Errorf("%s takes a text", d.Name)
		}
		set(m, d.Text)
		return nil
	}
}

const directivePrefix = "//dashgen:"

// ParseDirective parses one comment line that begins with //dashgen:. Words with =
// are parameters, whose value may be quoted as in Go; the others are arguments.
func ParseDirective(line string, pos schema.Pos) (schema.Directive, error) {
	body := strings.TrimPrefix(line, directivePrefix)
	name, rest, _ := strings.Cut(body, " ")
	d := schema.Directive{Name: name, Text: strings.TrimSpace(rest), Params: map[string]string{}, Pos: pos}
	if name == "ignore" || name == "owner" || name == "how_to_use" { // prose: quotes and = mean nothing
		d.Args = strings.Fields(rest)
		return d, nil
	}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		key, ok := parameter(rest)
		if !ok {
			var arg string
			arg, rest, _ = strings.Cut(rest, " ")
			d.Args = append(d.Args, arg)
			continue
		}
		rest = rest[len(key)+1:]
		val, n, err := unquoteWord(rest)
		if err != nil {
			return d, fmt.Errorf("%s=: %w", key, err)
		}
		if _, twice := d.Params[key]; twice {
			return d, fmt.Errorf("%s= is given twice", key)
		}
		d.Params[key] = val
		rest = rest[n:]
	}
	return d, nil
}

// parameter returns the key that s begins with where that is key=.
func parameter(s string) (string, bool) {
	i := strings.IndexFunc(s, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
	if i <= 0 || s[i] != '=' {
		return "", false
	}
	return s[:i], true
}

// unquoteWord reads a quoted string or a bare word and returns its length in s.
func unquoteWord(s string) (string, int, error) {
	if !strings.HasPrefix(s, `"`) {
		w, _, _ := strings.Cut(s, " ")
		return w, len(w), nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1, nil
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", 0, fmt.Errorf("the quoted text does not end")
}

// comments finds the comments beside a place.
type comments struct {
	fset *token.FileSet
	ends map[string]map[int]*ast.CommentGroup // by file and the line that the group ends on
	used map[*ast.CommentGroup]bool
}

func newComments(ix *index) *comments {
	c := &comments{fset: ix.fset, ends: map[string]map[int]*ast.CommentGroup{}, used: map[*ast.CommentGroup]bool{}}
	for _, p := range ix.pkgs {
		for _, f := range p.Syntax {
			c.file(f)
		}
	}
	return c
}

// file adds the comments of a file that say something and stand alone on their lines.
func (c *comments) file(f *ast.File) {
	var groups []*ast.CommentGroup
	for _, g := range f.Comments {
		if speaks(g) {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		return
	}
	code := c.codeLines(f)
	ends := map[int]*ast.CommentGroup{}
	for _, g := range groups {
		if !code[c.fset.Position(g.Pos()).Line] {
			ends[c.fset.Position(g.End()).Line] = g
		}
	}
	c.ends[c.fset.Position(f.Pos()).Filename] = ends
}

// speaks reports whether a comment holds what is read of it.
func speaks(g *ast.CommentGroup) bool {
	return slices.ContainsFunc(g.List, func(line *ast.Comment) bool {
		return strings.HasPrefix(line.Text, directivePrefix) || strings.Contains(line.Text, deprecatedPrefix)
	})
}

// codeLines returns the lines on which something of the syntax begins or ends.
func (c *comments) codeLines(f *ast.File) map[int]bool {
	lines := map[int]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.File:
			return true
		}
		lines[c.fset.Position(n.Pos()).Line] = true
		lines[c.fset.Position(n.End()-1).Line] = true
		return true
	})
	return lines
}

// beside returns the comment groups that end on the line above pos.
func (c *comments) beside(pos ...token.Pos) []*ast.CommentGroup {
	var found []*ast.CommentGroup
	for _, p := range pos {
		if !p.IsValid() {
			continue
		}
		at := c.fset.Position(p)
		if g := c.ends[at.Filename][at.Line-1]; g != nil && !slices.Contains(found, g) {
			found = append(found, g)
		}
	}
	return found
}

// annotate applies the comments beside a metric to it.
func (s *scan) annotate(m *schema.Metric, groups []*ast.CommentGroup) {
	for _, g := range groups {
		s.comments.used[g] = true
		for _, line := range g.List {
			if strings.HasPrefix(line.Text, directivePrefix) {
				s.direct(m, line)
			}
		}
		if note, ok := deprecation(g.Text()); ok {
			m.Deprecated = true
			if m.Note == "" {
				m.Note = note
			}
			if word, use, _ := strings.Cut(note, " "); strings.EqualFold(word, "use") && m.ReplacedBy == "" {
				m.ReplacedBy = metricWord(use)
			}
		}
	}
}

// ignores reports whether a comment says to ignore a check.
func (s *scan) ignores(groups []*ast.CommentGroup, check string) bool {
	for _, g := range groups {
		for _, line := range g.List {
			if text, ok := strings.CutPrefix(line.Text, directivePrefix+"ignore "); ok && strings.HasPrefix(strings.TrimSpace(text)+" ", check+" ") {
				return true
			}
		}
	}
	return false
}

// direct applies one directive to a metric.
func (s *scan) direct(m *schema.Metric, line *ast.Comment) {
	pos := s.pos(line.Pos())
	d, err := ParseDirective(line.Text, pos)
	apply, known := directives[d.Name]
	switch {
	case err == nil && !known:
		err = fmt.Errorf("no directive %q; there are %s", d.Name, strings.Join(slices.Sorted(maps.Keys(directives)), ", "))
	case err == nil && apply != nil:
		err = apply(m, d)
	}
	if err != nil {
		s.finding(schema.Finding{Pos: pos, Check: "directive", Message: err.Error()})
		return
	}
	m.Directives = append(m.Directives, d)
}

const deprecatedPrefix = "Deprecated: "

// deprecation returns the paragraph of a doc comment that begins "Deprecated: ".
// See https://go.dev/wiki/Deprecated.
func deprecation(doc string) (string, bool) {
	for _, par := range strings.Split(doc, "\n\n") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(par), deprecatedPrefix); ok {
			return strings.Join(strings.Fields(rest), " "), true
		}
	}
	return "", false
}

const nameChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:"

// metricWord returns the first word of s if it looks like a metric's name.
func metricWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	w = strings.TrimRight(w, ".,;")
	if strings.Contains(w, "_") && strings.Trim(w, nameChars) == "" {
		return w
	}
	return ""
}

// strayDirectives reports the directives that stand beside no metric.
func (s *scan) strayDirectives() {
	for _, p := range s.ix.pkgs {
		for _, f := range p.Syntax {
			for _, g := range f.Comments {
				if s.comments.used[g] || s.ix.leavesOut(f, g) {
					continue
				}
				for _, line := range g.List {
					if strings.HasPrefix(line.Text, directivePrefix) {
						s.finding(schema.Finding{Pos: s.pos(line.Pos()), Check: "directive", Severity: schema.Warning,
							Message: "no metric that could be read is defined below this directive",
							Hint:    "put it on the line above the metric's definition"})
					}
				}
			}
		}
	}
}

// leavesOut reports whether a comment stands in a function that is not run, or above it.
func (ix *index) leavesOut(f *ast.File, g *ast.CommentGroup) bool {
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && ix.skipped[fn] && (fn.Doc == g || contains(fn, g.Pos()))
	})
}
