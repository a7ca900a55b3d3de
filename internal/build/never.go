package build

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/schema"
)

// NeverFires returns a finding for each alert in rule files by hand that no scenario makes fire,
// and for each side of an or that does nothing to that. Generated groups may record what they draw
// on. Alerts on metrics that the schema does not have are left alone. What was found is remembered
// in the user's cache folder, unless anew says that nothing is to be.
func NeverFires(ctx context.Context, files []*input.Rules, generated []plan.Group, s *schema.Schema, cfg *config.Config, anew bool) []schema.Finding {
	var loaded []engine.Group
	var recorded []plan.Rule
	for _, g := range generated {
		one := engine.Group{Name: g.Name}
		for _, r := range g.Rules {
			if r.Record != "" {
				one.Rules, recorded = append(one.Rules, engine.Rule{Record: r.Record, Expr: r.Expr, Labels: r.Labels}), append(recorded, r)
			}
		}
		loaded = append(loaded, one)
	}
	for _, f := range files {
		for _, g := range ruletest.Groups(f.Groups) {
			for _, r := range g.Rules {
				if r.Record != "" {
					recorded = append(recorded, plan.Rule{Record: r.Record, Expr: r.Expr, Labels: r.Labels})
				}
			}
			loaded = append(loaded, g)
		}
	}
	p := prove.New(plan.World(s, []plan.Group{{Rules: recorded}}, cfg), loaded)
	var findings []schema.Finding
	for _, f := range files {
		for i, g := range ruletest.Groups(f.Groups) {
			for j, r := range g.Rules {
				if r.Alert == "" || !known(s, append(p.Recorded(r), r)) {
					continue
				}
				for _, silent := range remembered(p, s, r, cfg, anew, func() []prove.Silent { return p.Never(ctx, r) }) {
					findings = append(findings, silentFinding(r.Alert, f.Groups[i].Rules[j].ExprPos, silent))
				}
			}
		}
	}
	return findings
}

func silentFinding(alert string, pos schema.Pos, silent prove.Silent) schema.Finding {
	f := schema.Finding{Pos: pos, Check: "never-fires", Severity: schema.Warning,
		Message: fmt.Sprintf("alert %q: none of %d scenarios makes it fire", alert, silent.Tried),
		Hint:    "that none was found is no proof that there is none: write a unit test that has it fire, or change the expression"}
	if silent.Operand != "" {
		f.Message += " because of " + oneLine(silent.Operand)
	}
	return f
}

// known reports whether all that rules draw on is the schema's, recorded by one of them, or
// written by Prometheus itself.
func known(s *schema.Schema, rules []engine.Rule) bool {
	for _, r := range rules {
		for _, name := range query.Names(r.Expr) {
			m, _ := s.Series(name)
			if m == nil && name != "up" && !slices.ContainsFunc(rules, func(o engine.Rule) bool { return o.Record == name }) {
				return false
			}
		}
	}
	return true
}

// remembered returns what find finds of an alert, or found when nothing that it depends on was
// otherwise. A cache that cannot be read or written is none.
func remembered(p *prove.Prover, s *schema.Schema, alert engine.Rule, cfg *config.Config, anew bool, find func() []prove.Silent) []prove.Silent {
	user, err := os.UserCacheDir()
	if err != nil || anew {
		return find()
	}
	made := sha256.Sum256(fmt.Append(nil, prove.Version, cfg.Prometheus, cfg.TargetLabels, cfg.Intervals, madeOf(s, p, alert, 0)))
	key := fmt.Sprintf("%x", made)
	file := filepath.Join(user, "dashgen", "never", key[:2], key)
	var silent []prove.Silent
	if data, err := os.ReadFile(file); err == nil && json.Unmarshal(data, &silent) == nil {
		return silent
	}
	silent = find()
	if data, err := json.Marshal(silent); err == nil && os.MkdirAll(filepath.Dir(file), 0o777) == nil {
		_ = tree.Replace(file, data)
	}
	return silent
}
