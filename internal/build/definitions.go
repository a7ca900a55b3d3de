package build

import (
	"context"
	"fmt"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

// A Definition is what the code of one program defines, memory left out.
type Definition struct {
	Config   *config.Config
	Schema   *schema.Schema
	Findings []schema.Finding // of the configuration and of the scan
}

// Definitions scans the programs of the configuration that holds for the folder dir, as Run
// does for the working directory. Patterns are relative to dir.
func Definitions(ctx context.Context, dir string, opts Options) ([]Definition, error) {
	cfg, findings, err := config.Load(dir)
	if err != nil {
		return nil, err
	}
	cfgs, err := Programs(cfg, opts.Patterns)
	if err != nil {
		return nil, fmt.Errorf("programs in %s: %w", dir, err)
	}
	opts.Dir = dir
	scans, err := Scan(ctx, cfgs, opts)
	if err != nil {
		return nil, err
	}
	var all []Definition
	for i, cfg := range cfgs {
		s, conflicts := schema.New(scans[i].Metrics)
		d := Definition{Config: cfg, Schema: s}
		for _, fs := range [][]schema.Finding{findings, scans[i].Findings, conflicts} {
			d.Findings = append(d.Findings, fs...)
		}
		d.Findings = schema.SortFindings(d.Findings)
		all = append(all, d)
	}
	return all, nil
}
