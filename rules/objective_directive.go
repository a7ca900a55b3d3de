package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

// sloParams are the parameters of //dashgen:slo.
var sloParams = []string{"alert", "below", "description", "errors", "match", "min_errors", "objective", "window"}

const sloHint = `write //dashgen:slo name objective=99.9, with below=0.5 beside a histogram and errors="{code=~\"5..\"}" beside a counter whose failures the source does not show`

// directedSLOs returns the objectives that //dashgen:slo directives declare.
func directedSLOs(p *Pass) ([]config.SLO, []schema.Finding) {
	var all []config.SLO
	var findings []schema.Finding
	for _, m := range p.Schema.Metrics {
		for _, d := range m.Directives {
			if d.Name != "slo" || m.RemovedIn != "" {
				continue
			}
			o, err := directedSLO(m, d)
			if err != nil {
				findings = append(findings, schema.Finding{Pos: d.Pos, Check: "directive", Message: err.Error(), Hint: sloHint})
				continue
			}
			faults := o.Faults()
			for i := range faults {
				faults[i].Check = "directive"
			}
			findings = append(findings, faults...)
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b config.SLO) int { return strings.Compare(a.Name, b.Name) })
	return all, findings
}

// directedSLO turns one //dashgen:slo into an objective.
func directedSLO(m *schema.Metric, d schema.Directive) (config.SLO, error) {
	o := config.SLO{Metric: m.Name, Pos: d.Pos, Alert: d.Params["alert"], Description: d.Params["description"], Errors: d.Params["errors"], Match: d.Params["match"]}
	if len(d.Args) != 1 {
		return o, fmt.Errorf("slo takes one name, not %d", len(d.Args))
	}
	o.Name = d.Args[0]
	for key := range d.Params {
		if !slices.Contains(sloParams, key) {
			return o, fmt.Errorf("slo has no parameter %q; there are %s", key, strings.Join(sloParams, ", "))
		}
	}
	var err error
	if o.Objective, err = strconv.ParseFloat(strings.TrimSuffix(d.Params["objective"], "%"), 64); err != nil {
		return o, fmt.Errorf("objective=%q is no percentage", d.Params["objective"])
	}
	if text := d.Params["below"]; text != "" {
		below, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return o, fmt.Errorf("below=%q is no number", text)
		}
		o.Below = &below
	}
	if text := d.Params["window"]; text != "" {
		if o.Window, err = parseDuration(text); err != nil {
			return o, fmt.Errorf("window=: %w", err)
		}
	}
	if text := d.Params["min_errors"]; text != "" {
		if o.MinErrors, err = strconv.Atoi(text); err != nil || o.MinErrors < 1 {
			return o, fmt.Errorf("min_errors=%q is no number of 1 or more", text)
		}
	}
	return o, nil
}
