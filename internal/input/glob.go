package input

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
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
		if source.MatchPath(parts[fixed:], strings.Split(filepath.ToSlash(rel), "/")) {
			found = append(found, path.Clean(filepath.ToSlash(name)))
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}

// ReadFile reads a file as far as Parse needs to judge it: one that is too large is cut
// off behind the limit.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}
