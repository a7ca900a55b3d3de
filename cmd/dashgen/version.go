package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of dashgen and of Go that built it",
		Example: "  dashgen version",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, goVersion := version()
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "dashgen %s %s\n", v, goVersion)
			return err
		},
	}
}

// version returns what the go command recorded in the binary; "devel" for a build from
// a checkout that has no version.
func version() (dashgen, goVersion string) {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		dashgen = "devel"
	} else {
		dashgen = info.Main.Version
	}
	if ok {
		goVersion = info.GoVersion
	}
	return dashgen, goVersion
}
