package jsonnet

import (
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
	"github.com/google/go-jsonnet/linter"

	"github.com/dashgen/dashgen/schema"
)

// This file runs go-jsonnet's linter.

// maxLintTime is how long the linter may take. What it would say later is not waited for.
const maxLintTime = 10 * time.Second

// lintFiles returns what the linter says of files that were evaluated without an error, as
// findings of check "jsonnet-lint". Files of others are left alone.
func lintFiles(root string, files []string, f *fence) []schema.Finding {
	done := make(chan []schema.Finding, 1)
	go func() {
		defer func() {
			if recover() != nil { // in the linter, which decides nothing
				done <- nil
			}
		}()
		done <- lint(root, files, f)
	}()
	select {
	case found := <-done:
		return found
	case <-time.After(maxLintTime):
		return nil
	}
}

func lint(root string, files []string, f *fence) []schema.Finding {
	said := &complaints{root: root}
	vm := jsonnet.MakeVM()
	vm.Importer(&ownFiles{f, map[string]jsonnet.Contents{}})
	vm.ErrorFormatter = said
	var own []linter.Snippet
	for _, name := range files {
		if c, read := f.cache[name]; read && !vendored(name) {
			own = append(own, linter.Snippet{FileName: name, Code: c.String()})
		}
	}
	linter.LintSnippet(vm, io.Discard, own)
	return schema.SortFindings(said.findings)
}

// ownFiles imports a value of which nothing is known in place of what others wrote:
// following the types through all of grafonnet takes many seconds.
type ownFiles struct {
	*fence
	others map[string]jsonnet.Contents
}

func (o *ownFiles) Import(from, imported string) (jsonnet.Contents, string, error) {
	c, name, err := o.fence.Import(from, imported)
	if err != nil || !vendored(name) {
		return c, name, err
	}
	if _, known := o.others[name]; !known {
		o.others[name] = jsonnet.MakeContents(`std.parseJson("null")`)
	}
	return o.others[name], name, nil
}

// vendored reports whether a file is in a folder of what others wrote.
func vendored(name string) bool {
	return strings.HasPrefix(name, "vendor/") || strings.Contains(name, "/vendor/")
}

// complaints collects what the linter formats, in place of a text of it.
type complaints struct {
	root     string
	findings []schema.Finding
}

// Format keeps an error that has a place, and returns nothing.
func (c *complaints) Format(err error) string {
	at, ok := err.(interface{ Loc() ast.LocationRange })
	if !ok || vendored(at.Loc().FileName) {
		return ""
	}
	loc := at.Loc()
	f := schema.Finding{
		Pos:      schema.Pos{File: path.Join(filepath.ToSlash(c.root), loc.FileName), Line: loc.Begin.Line, Col: loc.Begin.Column},
		Check:    "jsonnet-lint",
		Severity: schema.Warning,
		Message:  strings.TrimPrefix(err.Error(), loc.String()+" "),
	}
	if name, unused := strings.CutPrefix(f.Message, "Unused variable: "); unused {
		f.Severity, f.Message, f.Hint = schema.Note, fmt.Sprintf("variable %q is not used", name), "remove it"
	}
	f.Message = strings.ToLower(f.Message[:1]) + f.Message[1:]
	c.findings = append(c.findings, f)
	return ""
}

// SetMaxStackTraceSize does nothing: there is no text.
func (c *complaints) SetMaxStackTraceSize(int) {}

// SetColorFormatter does nothing: there is no text.
func (c *complaints) SetColorFormatter(jsonnet.ColorFormatter) {}
