package plan

import (
	"fmt"
	"strings"
)

// Text returns signals as text: one line a signal, then one indented line a series, and one of the native histogram beside it.
//
//	subsystem: title | kind | unit
//	    role: expression | legend
//	        native: expression
func Text(signals []Signal) string {
	var b strings.Builder
	for _, s := range signals {
		fmt.Fprintf(&b, "%s: %s | %s | %s\n", s.Subsystem, s.Title, s.Kind, s.Unit)
		for _, series := range s.Series {
			b.WriteString("    ")
			if series.Role != "" {
				b.WriteString(series.Role + ": ")
			}
			b.WriteString(series.Expr.String())
			if series.Legend != "" {
				b.WriteString(" | " + series.Legend)
			}
			if series.Unit != "" {
				b.WriteString(" | " + series.Unit)
			}
			if series.Native != "" {
				b.WriteString("\n        native: " + series.Native.String())
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
