package schema

import (
	"cmp"
	"fmt"
	"slices"
)

// A Pos is a place in a file. The zero value means unknown and prints as "-".
type Pos struct {
	File string // slash-separated, relative to the working directory where it is below it
	Line int    // from 1; 0: the file as a whole
	Col  int    // from 1, in bytes; 0: the line as a whole
}

func (p Pos) String() string {
	switch {
	case p.File == "":
		return "-"
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// IsZero reports whether p says nothing.
func (p Pos) IsZero() bool { return p == Pos{} }

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// A Severity says what a finding means for the build.
type Severity string

const (
	Error   Severity = "error"   // lint exits 3
	Warning Severity = "warning" // likely wrong; printed, does not fail
	Note    Severity = "info"    // worth knowing; printed, does not fail
)

// A Finding is one problem, said where it is. Every phase reports with it.
type Finding struct {
	Pos      Pos
	Check    string   // name of the check or phase, for instance "counter-total"
	Severity Severity // zero: Error
	Message  string   // lower case, no full stop, names quoted with %q
	Hint     string   // what to type next; may be empty
	Related  []Related
	Edits    []Edit // that surely mend it, all of them together; none: that is for people to do

	Expr  string // the expression that it is about, as it is written; empty: none
	Owner string // what Expr belongs to, as Message names it: panel "X", alert "Y"
	Field string // where that stands in what a mixin evaluates to, as Jsonnet selects it; empty: in none
}

// An Edit replaces a part of a line.
type Edit struct {
	Pos Pos    // of the first byte that is replaced
	Old string // what stands there
	New string // what is to stand there instead, written as the file has it
}

// Related is another place that a finding is about.
type Related struct {
	Pos     Pos
	Message string
}

// Compare orders by place, then message.
func (r Related) Compare(other Related) int {
	return cmp.Or(r.Pos.Compare(other.Pos), cmp.Compare(r.Message, other.Message))
}

// Fails reports whether the finding fails lint.
func (f Finding) Fails() bool { return f.Severity == Error || f.Severity == "" }

// SortFindings sorts by position, then check, then message, and drops
// duplicates.
func SortFindings(fs []Finding) []Finding {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(fs, func(a, b Finding) bool {
		return a.Pos == b.Pos && a.Check == b.Check && a.Message == b.Message
	})
}
