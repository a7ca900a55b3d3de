package lint

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

// A Fix is what the edits of findings make of the files that they are in.
type Fix struct {
	Files  []FixedFile      // that change, sorted by name
	Mended []schema.Finding // by the changes
	Left   []Left           // that have edits which are not made
}

// A FixedFile is a file before and after the edits.
type FixedFile struct {
	Name     string
	Old, New []byte
}

// Left is a finding whose edits are not made, and why.
type Left struct {
	Finding schema.Finding
	Why     string
}

// NewFix puts the edits of findings together. read returns a file, and may say why it must
// not be edited. All edits of a finding are made or none: where one overlaps with an edit of
// a finding before it, or the file does not hold what it replaces, the finding is left.
func NewFix(findings []schema.Finding, read func(file string) (data []byte, refused string, err error)) (*Fix, error) {
	r := &fixer{files: map[string]*edited{}, read: read}
	fix := &Fix{}
	for _, f := range schema.SortFindings(slices.Clone(findings)) {
		if len(f.Edits) == 0 {
			continue
		}
		why, err := r.add(f.Edits)
		switch {
		case err != nil:
			return nil, err
		case why != "":
			fix.Left = append(fix.Left, Left{f, why})
		default:
			fix.Mended = append(fix.Mended, f)
		}
	}
	for name, e := range r.files {
		if len(e.spans) > 0 {
			fix.Files = append(fix.Files, FixedFile{name, e.data, e.apply()})
		}
	}
	slices.SortFunc(fix.Files, func(a, b FixedFile) int { return cmp.Compare(a.Name, b.Name) })
	return fix, nil
}

// A fixer collects edits.
type fixer struct {
	read  func(string) ([]byte, string, error)
	files map[string]*edited
}

// An edited file has spans of bytes that are replaced, none of which overlap.
type edited struct {
	data    []byte
	lines   []int // offsets of their first bytes
	refused string
	spans   []replaced
}

type replaced struct {
	from, to int
	with     string
}

// add takes the edits of a finding, or says why not.
func (r *fixer) add(edits []schema.Edit) (why string, err error) {
	spans := make([]replaced, len(edits))
	for i, e := range edits {
		file, err := r.file(e.Pos.File)
		if err != nil {
			return "", err
		}
		if file.refused != "" {
			return file.refused, nil
		}
		s, ok := file.span(e)
		if !ok {
			return fmt.Sprintf("%v is not %q any more", e.Pos, e.Old), nil
		}
		if file.overlaps(s) {
			return "it overlaps with another change", nil
		}
		spans[i] = s
	}
	for i, e := range edits {
		file := r.files[e.Pos.File]
		if !slices.Contains(file.spans, spans[i]) {
			file.spans = append(file.spans, spans[i])
		}
	}
	return "", nil
}

func (r *fixer) file(name string) (*edited, error) {
	if e := r.files[name]; e != nil {
		return e, nil
	}
	data, refused, err := r.read(name)
	if err != nil {
		return nil, fmt.Errorf("fix %s: %w", name, err)
	}
	e := &edited{data: data, refused: refused, lines: []int{0}}
	for i, c := range data {
		if c == '\n' {
			e.lines = append(e.lines, i+1)
		}
	}
	r.files[name] = e
	return e, nil
}

// span returns what an edit replaces, where that stands there.
func (e *edited) span(edit schema.Edit) (replaced, bool) {
	if edit.Pos.Line < 1 || edit.Pos.Line > len(e.lines) || edit.Pos.Col < 1 {
		return replaced{}, false
	}
	from := e.lines[edit.Pos.Line-1] + edit.Pos.Col - 1
	if from > len(e.data) || !bytes.HasPrefix(e.data[from:], []byte(edit.Old)) {
		return replaced{}, false
	}
	return replaced{from, from + len(edit.Old), edit.New}, true
}

// overlaps reports whether a span has bytes of another one that is not the same.
func (e *edited) overlaps(s replaced) bool {
	return slices.ContainsFunc(e.spans, func(o replaced) bool { return o != s && s.from < o.to && o.from < s.to })
}

func (e *edited) apply() []byte {
	slices.SortFunc(e.spans, func(a, b replaced) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	last := 0
	for _, s := range e.spans {
		out = append(append(out, e.data[last:s.from]...), s.with...)
		last = s.to
	}
	return append(out, e.data[last:]...)
}
