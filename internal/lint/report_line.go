package lint

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// A line a finding and nothing else, for grep and for lists of errors in editors.

func init() { formats["line"] = writeLine }

func writeLine(w *bufio.Writer, findings []schema.Finding, _ Options) error {
	for _, f := range findings {
		fmt.Fprintf(w, "%v: %s (%s)\n", f.Pos, strings.Join(strings.Fields(f.Message), " "), f.Check)
	}
	return nil
}
