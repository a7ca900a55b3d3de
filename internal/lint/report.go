package lint

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// Options say how findings are written. The zero value is fine where dashgen runs in
// the root of a repository.
type Options struct {
	Base    string // folder that dashgen runs in, relative to the repository's root, with slashes
	Version string // of dashgen, for the formats that name the tool

	// Source returns the content of a file that a finding names, nil where there is none.
	// The text shows excerpts of it; where Source is nil, it has none.
	Source func(file string) []byte
	Color  bool // the text is for a terminal that shows colours
}

// A format writes sorted findings. It is registered by the init function of its
// report_NAME.go.
type format func(w *bufio.Writer, findings []schema.Finding, opts Options) error

var formats = map[string]format{}

// Formats returns the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// Write writes findings in the format of that name, sorted and without repeats.
func Write(w io.Writer, name string, findings []schema.Finding, opts Options) error {
	f := formats[name]
	if f == nil {
		return fmt.Errorf("write findings: no format %q; there are %s", name, strings.Join(Formats(), ", "))
	}
	b := bufio.NewWriter(w)
	if err := f(b, schema.SortFindings(slices.Clone(findings)), opts); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return b.Flush()
}

// severity returns a finding's severity, never the empty one.
func severity(f schema.Finding) schema.Severity { return cmp.Or(f.Severity, schema.Error) }

// repositoryPath returns a file's path relative to the repository's root, for the
// services that show findings beside the code. What lies outside of it, such as a module
// in the cache, is named by what is left when the machine's own folders are taken away.
func repositoryPath(file string, opts Options) string {
	if file == "" {
		return "go.mod" // of the project as a whole; such services want some file
	}
	file = strings.ReplaceAll(file, `\`, "/")
	if _, module, ok := strings.Cut(file, "/pkg/mod/"); ok {
		return module
	}
	if path.IsAbs(file) || len(file) > 1 && file[1] == ':' {
		return path.Base(file)
	}
	file = path.Join(opts.Base, file)
	for strings.HasPrefix(file, "../") {
		file = strings.TrimPrefix(file, "../")
	}
	return file
}
