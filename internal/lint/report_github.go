package lint

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// Annotations of GitHub Actions.
// Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions,
// and for the escapes actions/toolkit, packages/core/src/command.ts.

func init() { formats["github"] = writeGitHub }

var (
	githubLevel    = map[schema.Severity]string{schema.Error: "error", schema.Warning: "warning", schema.Note: "notice"}
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func writeGitHub(w *bufio.Writer, findings []schema.Finding, opts Options) error {
	for _, f := range findings {
		properties := []string{}
		add := func(key, value string) { properties = append(properties, key+"="+githubProperty.Replace(value)) }
		if f.Pos.File != "" {
			add("file", repositoryPath(f.Pos.File, opts))
		}
		if f.Pos.Line > 0 {
			add("line", fmt.Sprint(f.Pos.Line))
		}
		if f.Pos.Col > 0 {
			add("col", fmt.Sprint(f.Pos.Col))
		}
		add("title", f.Check)
		message := f.Message
		for _, r := range f.Related {
			message += fmt.Sprintf("\n%v: %s", r.Pos, r.Message)
		}
		if f.Hint != "" {
			message += "\nhint: " + f.Hint
		}
		fmt.Fprintf(w, "::%s %s::%s\n", githubLevel[severity(f)], strings.Join(properties, ","), githubData.Replace(message))
	}
	return nil
}
