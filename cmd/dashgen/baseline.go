package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/schema"
)

// A baseline is what the flags of baselineFlags say.
type baseline struct {
	file  string
	write bool
}

// baselineFlags adds the flags that accept what was found before.
func baselineFlags(cmd *cobra.Command) *baseline {
	b := &baseline{}
	cmd.Flags().StringVar(&b.file, "baseline", "", "report only what this `file` does not hold")
	cmd.Flags().BoolVar(&b.write, "write-baseline", false, "write all findings into the file of --baseline, which accepts them")
	return b
}

// compare returns the findings that are new.
func (b *baseline) compare(findings []schema.Finding) ([]schema.Finding, error) {
	switch {
	case b.file == "" && b.write:
		return nil, usageError{errors.New("--write-baseline needs --baseline FILE, which it writes")}
	case b.file == "":
		return findings, nil
	case b.write:
		if err := os.WriteFile(b.file, lint.NewBaseline(findings).Format(), 0o666); err != nil {
			return nil, fmt.Errorf("write the baseline: %w", err)
		}
		return nil, nil
	}
	data, err := os.ReadFile(b.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError{fmt.Errorf("no baseline %s: write it with --baseline %s --write-baseline", b.file, b.file)}
	}
	if err != nil {
		return nil, fmt.Errorf("read the baseline: %w", err)
	}
	file := filepath.ToSlash(b.file)
	known, err := lint.ParseBaseline(file, data)
	if err != nil {
		return nil, err
	}
	fresh, mended := known.New(findings)
	if mended > 0 {
		fresh = append(fresh, schema.Finding{
			Pos: schema.Pos{File: file}, Check: "baseline", Severity: schema.Note,
			Message: fmt.Sprintf("%d findings of the baseline are mended", mended), Hint: fmt.Sprintf("dashgen lint --baseline %s --write-baseline", file),
		})
	}
	return schema.SortFindings(fresh), nil
}
