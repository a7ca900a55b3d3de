package build

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/exposition"
	"github.com/dashgen/dashgen/scanner"
	"github.com/dashgen/dashgen/schema"
)

// This file reads the metrics of a program that is not written in Go from what it exposed.

// expositions returns the files that metrics are read from instead of Go source; none
// where Go source is read.
func expositions(cfg *config.Config, opts Options) []string {
	if opts.Exposition != nil {
		return opts.Exposition
	}
	var files []string
	for _, name := range cfg.Exposition {
		files = append(files, filepath.Join(cfg.Dir, filepath.FromSlash(name)))
	}
	return files
}

// exposed returns what a scan would, of expositions. Where one cannot be read as a whole,
// no package counts as read, so that nothing is taken to be gone.
func exposed(files []string) (*scanner.Result, error) {
	res := &scanner.Result{Read: map[string]bool{}, Unread: map[string]bool{}}
	var all [][]*exposition.Family
	for _, name := range files {
		families, findings, err := readExposition(name)
		if err != nil {
			return nil, err
		}
		all = append(all, families)
		res.Findings = append(res.Findings, findings...)
	}
	res.Metrics = exposition.Metrics(exposition.Unite(all...))
	if len(res.Findings) > 0 {
		res.Unread[""] = true
	} else {
		res.Read[""] = true
	}
	return res, nil
}

// readExposition reads one file.
func readExposition(name string) ([]*exposition.Family, []schema.Finding, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("read an exposition: %w", err)
	}
	defer f.Close()
	data, err := exposition.ReadAll(f)
	if err != nil {
		return nil, nil, fmt.Errorf("read the exposition %s: %w", name, err)
	}
	families, findings := exposition.Parse(filepath.ToSlash(name), "", data)
	return families, findings, nil
}
