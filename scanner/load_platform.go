package scanner

import (
	"context"
	"go/build"
	"os"
	"slices"
	"strings"
)

// This file reads what is for a platform that is not the host's.

// withC returns the packages with the files of our own that use C, and without those for
// builds that do not. For another platform than the host's, or without a C compiler, the go
// command leaves the former out; whoever builds there has them. What only they import comes
// without export data. CGO_ENABLED in the environment says that builds are without C.
func withC(ctx context.Context, cfg Config, platform string, patterns []string, all []*listed) ([]*listed, error) {
	if os.Getenv("CGO_ENABLED") != "" || !slices.ContainsFunc(all, func(p *listed) bool { return p.own && p.lacksC(cfg, platform) }) {
		return all, nil
	}
	env, err := goEnv(platform, cfg.Offline)
	if err != nil {
		return nil, err
	}
	others, err := goList(ctx, cfg, append(env, "CGO_ENABLED=1"), patterns)
	if err != nil {
		return nil, err
	}
	known := map[string]*listed{}
	for _, p := range all {
		known[p.ImportPath] = p
	}
	var merged []*listed // dependencies first, as the go command lists them
	for _, p := range others {
		old := known[p.ImportPath]
		switch {
		case old == nil:
			p.unbuilt = true
		case !old.own:
			p = old
		default:
			same := slices.Equal(p.GoFiles, old.GoFiles) && slices.Equal(p.CgoFiles, old.CgoFiles)
			p.own, p.Match = true, old.Match
			if same && old.Error == nil {
				p.Export = old.Export
			}
			p.unbuilt = p.Export == ""
		}
		delete(known, p.ImportPath)
		merged = append(merged, p)
	}
	for _, p := range all { // what only the files for builds without C import
		if known[p.ImportPath] != nil {
			merged = append(merged, p)
		}
	}
	return merged, nil
}

// lacksC reports whether files of the package were left out that a build with C has.
func (p *listed) lacksC(cfg Config, platform string) bool {
	build := buildContext(cfg, platform)
	return slices.ContainsFunc(p.IgnoredGoFiles, func(name string) bool { return p.has(build, name) })
}

// buildContext says how a build for a platform, with C, chooses files.
func buildContext(cfg Config, platform string) *build.Context {
	c := build.Default
	c.GOOS, c.GOARCH, _ = strings.Cut(platform, "/")
	c.CgoEnabled, c.BuildTags = true, cfg.Tags
	return &c
}

// has reports whether a build of the package has a file of its folder.
func (p *listed) has(c *build.Context, name string) bool {
	ok, err := c.MatchFile(p.Dir, name)
	return ok && err == nil && !strings.HasSuffix(name, "_test.go")
}
