// Package cli stands for the real one in the scanner's tests.
package cli

type App struct {
	Flags  []Flag
	Action ActionFunc
}

func (a *App) Run(arguments []string) error { return nil }

type ActionFunc func(*Context) error

type Flag interface{ Names() []string }

type StringFlag struct {
	Name        string
	Value       string
	Destination *string
	EnvVars     []string
}

func (f *StringFlag) Names() []string { return nil }

type Context struct{}

func (cCtx *Context) String(name string) string { return "" }
