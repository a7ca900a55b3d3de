package source

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Glob returns the files below the folder dir that match a pattern, with slashes and
// sorted: as for path.Match, and ** stands for any number of folders. It does not look
// into .git, and follows no link to a folder.
func Glob(dir, pattern string) ([]string, error) {
	parts := strings.Split(path.Clean(filepath.ToSlash(pattern)), "/")
	for _, p := range parts {
		if _, err := path.Match(p, ""); err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
	}
	fixed := 0
	for fixed < len(parts)-1 && !strings.ContainsAny(parts[fixed], `*?[\`) {
		fixed++
	}
	base := path.Join(parts[:fixed]...)
	if parts[0] == "" {
		base = "/" + base
	} else {
		base = path.Join(filepath.ToSlash(dir), base)
	}
	var found []string
	err := filepath.WalkDir(filepath.FromSlash(base), func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(filepath.FromSlash(base), name)
		if err != nil {
			return err
		}
		if MatchPath(parts[fixed:], strings.Split(filepath.ToSlash(rel), "/")) {
			found = append(found, path.Clean(filepath.ToSlash(name)))
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}

// MatchPath reports whether the elements of a path match those of a pattern: as for
// path.Match, and ** stands for any number of folders.
func MatchPath(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			if len(pattern) == 1 {
				return len(name) > 0
			}
			for i := range name {
				if MatchPath(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], name[0]); !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
