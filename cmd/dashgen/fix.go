package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/schema"
)

// A fixing is what the flags of fixFlags say.
type fixing struct{ write, show bool }

// fixFlags adds the flags that mend what surely can be.
func fixFlags(cmd *cobra.Command) *fixing {
	f := &fixing{}
	cmd.Flags().BoolVar(&f.write, "fix", false, "mend what is certain, in the files themselves, and report what is left")
	cmd.Flags().BoolVar(&f.show, "diff", false, "print what --fix would change, as a diff, and write nothing")
	return f
}

// edits puts the edits of findings together and says on errs which are not made, and why.
func (f *fixing) edits(errs io.Writer, findings []schema.Finding) (*lint.Fix, error) {
	fix, err := lint.NewFix(findings, readToFix)
	if err != nil {
		return nil, err
	}
	for _, l := range fix.Left {
		fmt.Fprintf(errs, "dashgen: %v is left as it is (%s): %s\n", l.Finding.Pos, l.Finding.Check, l.Why)
	}
	return fix, nil
}

// fixable returns how many findings have edits.
func fixable(findings []schema.Finding) int {
	n := 0
	for _, f := range findings {
		if len(f.Edits) > 0 {
			n++
		}
	}
	return n
}

// print prints a fix as a diff, and fails as lint would if findings are left.
func (f *fixing) print(out, errs io.Writer, findings []schema.Finding) error {
	fix, err := f.edits(errs, findings)
	if err != nil {
		return err
	}
	for _, file := range fix.Files {
		if _, err := out.Write(diff.Diff(file.Name, file.Old, file.Name, file.New)); err != nil {
			return err
		}
	}
	fmt.Fprintf(errs, "dashgen: --fix mends %d of %s\n", len(fix.Mended), count(len(findings), "finding"))
	if len(fix.Files) > 0 || slices.ContainsFunc(findings, schema.Finding.Fails) {
		return errFindings
	}
	return nil
}

// apply writes a fix and reports whether it changed a file.
func (f *fixing) apply(errs io.Writer, findings []schema.Finding) (bool, error) {
	fix, err := f.edits(errs, findings)
	if err != nil {
		return false, err
	}
	for _, file := range fix.Files {
		if err := rewrite(file); err != nil {
			return false, fmt.Errorf("fix %s: %w", file.Name, err)
		}
	}
	if len(fix.Files) > 0 {
		fmt.Fprintf(errs, "dashgen: mended %s in %s\n", count(len(fix.Mended), "finding"), count(len(fix.Files), "file"))
	}
	return len(fix.Files) > 0, nil
}

// rewrite writes a file, unless it was changed since it was read. A link stays a link.
func rewrite(file lint.FixedFile) error {
	name, err := filepath.EvalSymlinks(filepath.FromSlash(file.Name))
	if err != nil {
		return err
	}
	now, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, file.Old) {
		return errors.New("somebody else has changed the file meanwhile: run it again")
	}
	return tree.Replace(name, file.New)
}

// generatedLine matches what a generator writes at the top of a file.
// Source: https://go.dev/s/generatedcode, and what others make of it.
var generatedLine = regexp.MustCompile(`(?i)^\W*((?:code |this file (?:is|was) |auto-?)generated\b.*|generated (?:by|from|with)\b.*|.*\bdo not edit\b.*)$`)

// readToFix reads a file that is to be changed. What is generated is not changed: that would
// last until it is generated again.
func readToFix(name string) (data []byte, refused string, err error) {
	data, err = os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		return nil, "", err
	}
	file, err := filepath.EvalSymlinks(filepath.FromSlash(name))
	if err != nil {
		return nil, "", err
	}
	owner, listed, err := tree.Lister(file)
	if err != nil {
		return nil, "", err
	}
	if listed {
		return data, fmt.Sprintf("dashgen generates %s: mend the Go code or %s", name, relative(owner)), nil
	}
	top := data[:min(len(data), 2048)]
	for line := range bytes.Lines(top) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != '/' && line[0] != '*' {
			break // no comment
		}
		if m := generatedLine.FindSubmatch(line); m != nil {
			return data, fmt.Sprintf("%s is generated, it says %q: mend what it is made of", name, m[1]), nil
		}
	}
	return data, "", nil
}

// relative returns a path as seen from the working directory, where it is below it.
func relative(file string) string {
	wd, err := os.Getwd()
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(wd, filepath.FromSlash(file))
	if err != nil || !filepath.IsLocal(rel) {
		return file
	}
	return filepath.ToSlash(rel)
}
