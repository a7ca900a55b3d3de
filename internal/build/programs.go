package build

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/scanner"
)

// This file chooses the programs of a configuration and scans them.

// A NoProgramError says that what was asked for is no program of the configuration.
type NoProgramError struct {
	Pattern string
	Config  *config.Config // whose Programs there are
}

func (e NoProgramError) Error() string {
	var names []string
	for _, p := range e.Config.Programs {
		names = append(names, fmt.Sprintf("%s (%s)", p.Name, p.Main))
	}
	return fmt.Sprintf("%s is no program of %s; there are %s", e.Pattern, e.Config.File, strings.Join(names, ", "))
}

// everything reports whether patterns ask for all that there is.
func everything(patterns []string) bool {
	return len(patterns) == 0 || slices.Equal(patterns, []string{"./..."})
}

// Programs returns the configurations of the programs that patterns name.
func Programs(cfg *config.Config, patterns []string) ([]*config.Config, error) {
	all := cfg.ByProgram()
	if len(cfg.Programs) == 0 || everything(patterns) {
		return all, nil
	}
	asked := map[string]bool{}
	for _, pattern := range patterns {
		i := slices.IndexFunc(all, func(c *config.Config) bool { return c.Name == pattern || sameFolder(c, pattern) })
		if i < 0 {
			return nil, NoProgramError{pattern, cfg}
		}
		asked[all[i].Name] = true
	}
	return slices.DeleteFunc(all, func(c *config.Config) bool { return !asked[c.Name] }), nil
}

// sameFolder reports whether a pattern, seen from the working directory, names the main
// package of a program.
func sameFolder(cfg *config.Config, pattern string) bool {
	if strings.TrimRight(pattern, "/") == cfg.Main && !strings.HasPrefix(pattern, ".") {
		return true // an import path
	}
	asked, err := filepath.Abs(filepath.FromSlash(pattern))
	main, also := filepath.Abs(filepath.Join(cfg.Dir, filepath.FromSlash(cfg.Main)))
	return err == nil && also == nil && strings.HasPrefix(cfg.Main, ".") && asked == main
}

// Scan scans what the configurations of one file ask for: their main packages, or where
// there are no programs opts.Patterns. Each has a result.
func Scan(ctx context.Context, cfgs []*config.Config, opts Options) ([]*scanner.Result, error) {
	if files := expositions(cfgs[0], opts); files != nil {
		res, err := exposed(files)
		return []*scanner.Result{res}, err
	}
	sc := scanConfig(cfgs[0], opts)
	if cfgs[0].Main == "" {
		res, err := scanner.Scan(ctx, sc)
		return []*scanner.Result{res}, err
	}
	sc.Dir = cfgs[0].Dir
	var mains []string
	for _, c := range cfgs {
		mains = append(mains, c.Main)
	}
	return scanner.ScanPrograms(ctx, sc, mains)
}

// Elsewhere looks in code for other platforms than those of the configurations of one file
// for names that Scan did not find.
func Elsewhere(ctx context.Context, cfgs []*config.Config, opts Options, names []string) ([]scanner.Port, error) {
	if len(names) == 0 || expositions(cfgs[0], opts) != nil {
		return nil, nil
	}
	sc := scanConfig(cfgs[0], opts)
	if cfgs[0].Main != "" {
		sc.Dir, sc.Patterns = cfgs[0].Dir, nil
		for _, c := range cfgs {
			sc.Patterns = append(sc.Patterns, c.Main)
		}
	}
	return scanner.Elsewhere(ctx, sc, cfgs[0].OtherPlatforms(), names)
}

// scanConfig says what to scan, by the configuration and opts.
func scanConfig(cfg *config.Config, opts Options) scanner.Config {
	sc := scanner.Config{
		Dir:          opts.Dir,
		Patterns:     opts.Patterns,
		Platforms:    cfg.Platforms,
		Tags:         cfg.Tags,
		Offline:      opts.Offline,
		NoCache:      opts.NoCache,
		Deps:         opts.Deps,
		Explain:      opts.Explain,
		Progress:     opts.Progress,
		Constructors: constructors(cfg.Constructors),
	}
	if opts.Tags != nil {
		sc.Tags = opts.Tags
	}
	return sc
}

// constructors returns the configuration's constructors as the scanner takes them.
func constructors(list []config.Constructor) []scanner.Constructor {
	var out []scanner.Constructor
	for _, c := range list {
		out = append(out, scanner.Constructor{
			Func: c.Function, Struct: c.Struct, Name: parts(c.Name), Labels: parts(c.Labels),
			Help: part(c.Help), Unit: part(c.Unit), Buckets: part(c.Buckets),
			Type: c.Type, TypeOf: part(c.TypeOf), Types: c.Types, Pos: c.Pos,
		})
	}
	return out
}

// parts keeps nil, which means that nothing is said.
func parts(list []config.Part) []scanner.Part {
	if list == nil {
		return nil
	}
	out := []scanner.Part{}
	for _, p := range list {
		if p.Arg == config.Itself {
			p.Arg = 0 // a literal is decoded as what it is an argument of
		}
		out = append(out, scanner.Part{Text: p.Text, Arg: p.Arg, Field: p.Field})
	}
	return out
}

// part returns the one part that is said, or nil.
func part(list []config.Part) *scanner.Part {
	if len(list) == 0 {
		return nil
	}
	return &parts(list)[0]
}
