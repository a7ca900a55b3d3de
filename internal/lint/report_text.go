package lint

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// The text that people read: a line a finding, file:line:col: message (check), related
// places indented under it, then what to type. Messages begin in lower case and have no
// full stop. Nothing else is printed, so that editors and other tools can read it.

func init() { formats["text"] = writeText }

func writeText(w *bufio.Writer, findings []schema.Finding, _ Options) error {
	for _, f := range findings {
		fmt.Fprintf(w, "%v: %s (%s)\n", f.Pos, strings.ReplaceAll(f.Message, "\n", "\n\t"), f.Check)
		for _, r := range f.Related {
			fmt.Fprintf(w, "\t%v: %s\n", r.Pos, r.Message)
		}
		if f.Hint != "" {
			fmt.Fprintf(w, "\thint: %s\n", f.Hint)
		}
	}
	return nil
}
