package lint

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// sameness says by what a finding may be known in another version of the files, from the
// surest to the loosest. None counts lines.
var sameness = []func(schema.Finding) string{
	func(f schema.Finding) string { return key(f.Pos.File, f.Check, complaint(f), f.Expr) },
	func(f schema.Finding) string { return key(f.Pos.File, f.Check, complaint(f)) }, // the expression was changed
	func(f schema.Finding) string { // the panel was renamed, or stands elsewhere
		if f.Expr == "" {
			return ""
		}
		return key(f.Check, strings.Replace(complaint(f), f.Owner, "", 1), f.Expr)
	},
	func(f schema.Finding) string { return key(f.Check, complaint(f)) }, // the file was renamed
}

func key(parts ...string) string { return strings.Join(parts, "\x00") }

// complaint is a finding's message without the lines that it may name.
func complaint(f schema.Finding) string { return lineNumbers.ReplaceAllString(f.Message, "$1") }

// Worse returns the findings that were not there before. Each of before excuses one that is
// the same: of the same check, about the same expression or in the same words, wherever it
// stands now.
func Worse(before, now []schema.Finding) []schema.Finding {
	for _, same := range sameness {
		before, now = unmatched(before, now, same)
	}
	return now
}

// unmatched returns the findings of two lists that have no partner in the other one.
func unmatched(before, now []schema.Finding, same func(schema.Finding) string) (oldOnes, newOnes []schema.Finding) {
	left := map[string]int{}
	for _, f := range before {
		left[same(f)]++
	}
	matched := map[string]int{}
	for _, f := range now {
		if k := same(f); k != "" && matched[k] < left[k] {
			matched[k]++
		} else {
			newOnes = append(newOnes, f)
		}
	}
	for _, f := range before {
		if k := same(f); matched[k] > 0 {
			matched[k]--
		} else {
			oldOnes = append(oldOnes, f)
		}
	}
	return oldOnes, newOnes
}
