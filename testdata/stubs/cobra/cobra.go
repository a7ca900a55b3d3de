// Package cobra stands for the real one in the scanner's tests.
package cobra

import "github.com/spf13/pflag"

type Command struct{}

func (c *Command) Flags() *pflag.FlagSet { return nil }

func (c *Command) PersistentFlags() *pflag.FlagSet { return nil }
