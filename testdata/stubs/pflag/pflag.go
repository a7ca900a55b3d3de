// Package pflag stands for the real one in the scanner's tests.
package pflag

type FlagSet struct{}

func (f *FlagSet) GetString(name string) (string, error) { return "", nil }

func (f *FlagSet) StringP(name, shorthand string, value string, usage string) *string { return nil }

func (f *FlagSet) StringVar(p *string, name string, value string, usage string) {}

func StringP(name, shorthand string, value string, usage string) *string { return nil }
