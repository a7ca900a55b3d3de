// Package kingpin stands for the real one in the scanner's tests.
package kingpin

type Application struct{}

func New(name, help string) *Application { return nil }

func (a *Application) Flag(name, help string) *FlagClause { return nil }

func Flag(name, help string) *FlagClause { return nil }

type parserMixin struct{}

type FlagClause struct{ parserMixin }

func (f *FlagClause) Default(values ...string) *FlagClause { return f }

func (f *FlagClause) Envar(name string) *FlagClause { return f }

func (f *FlagClause) Enum(options ...string) (target *string) { return nil }

func (p *parserMixin) String() (target *string) { return nil }

func (p *parserMixin) StringVar(target *string) {}

func (p *parserMixin) Bool() (target *bool) { return nil }
