package lint

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dashgen/dashgen/schema"
)

// Options say how findings are written. The zero value is fine where dashgen runs in
// the root of a repository.
type Options struct {
	Base    string // folder that dashgen runs in, relative to the repository's root, with slashes
	Version string // of dashgen, for the formats that name the tool

	// Source returns the content of a file that a finding names, nil where there is none.
	// The text shows excerpts of it, and columns are counted in characters of it, where a
	// format wants that; where Source is nil, there are no excerpts, and bytes are counted.
	Source func(file string) []byte
	Color  bool // the text is for a terminal that shows colours

	files *sourceFiles
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
	opts.files = &sourceFiles{read: opts.Source, lines: map[string][][]byte{}}
	b := bufio.NewWriter(w)
	if err := f(b, schema.SortFindings(slices.Clone(findings)), opts); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return b.Flush()
}

// sourceFiles are the files that findings name, each read once.
type sourceFiles struct {
	read  func(file string) []byte
	lines map[string][][]byte
}

// of returns the lines of a file, none where it cannot be read.
func (s *sourceFiles) of(file string) [][]byte {
	lines, done := s.lines[file]
	if !done && s.read != nil {
		if data := s.read(file); len(data) > 0 {
			lines = bytes.Split(data, []byte("\n"))
		}
		s.lines[file] = lines
	}
	return lines
}

// has reports whether there is such a place.
func (s *sourceFiles) has(pos schema.Pos) bool {
	lines := s.of(pos.File)
	return pos.Line >= 1 && pos.Line <= len(lines) && pos.Col <= len(lines[pos.Line-1])+1
}

// character returns the column of a place in characters, in bytes where its line is not
// known.
func (s *sourceFiles) character(pos schema.Pos) int {
	if pos.Col == 0 || !s.has(pos) {
		return pos.Col
	}
	return utf8.RuneCount(s.of(pos.File)[pos.Line-1][:pos.Col-1]) + 1
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
