package main

import (
	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
)

func newConfig() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Print the effective configuration",
		Long: `Config prints dashgen.yaml with every default filled in. The file is searched in the
working directory and above it, up to the folder of go.mod; there need not be one.`,
		Example: "  dashgen config",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, findings, err := build.Config()
			if err != nil {
				return err
			}
			if _, err := cmd.OutOrStdout().Write(cfg.YAML()); err != nil {
				return err
			}
			return printFindings(cmd.ErrOrStderr(), findings)
		},
	}
}
