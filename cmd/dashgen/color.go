package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"
)

// colorFlag adds --color.
func colorFlag(cmd *cobra.Command) *colors {
	c := &colors{choice{"auto", []string{"auto", "always", "never"}}}
	cmd.Flags().Var(c, "color", "whether the text has colours; auto: on a terminal, unless NO_COLOR is set")
	if err := cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(c.of, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag was added in the line above
	}
	return c
}

// colors is the value of --color.
type colors struct{ choice }

// on reports whether what is written to w has colours.
// Source: https://no-color.org
func (c *colors) on(w io.Writer) bool {
	if c.value != "auto" {
		return c.value == "always"
	}
	return os.Getenv("NO_COLOR") == "" && isTerminal(w)
}

// isTerminal reports whether w is a terminal that understands control sequences.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
