package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/schema"
)

// proofs returns rules-tests/<group>_test.yaml for each group with alerts. To make one takes
// seconds, so a file that is there, and was made of the same rules and metrics, is kept. An
// alert that no scenario makes fire is a finding, and a line in the file.
func (res *Result) proofs() (map[string][]byte, error) {
	loaded, err := res.ruleGroups()
	if err != nil {
		return nil, err
	}
	var groups []engine.Group
	named := map[string]string{} // the file of each group
	for _, f := range loaded {
		for _, g := range f.groups {
			groups = append(groups, g)
			named[g.Name] = f.name
		}
	}
	w := plan.World(res.Schema, res.Groups, res.Config)
	p := prove.New(w, groups)
	files := map[string][]byte{}
	for _, f := range loaded {
		for _, g := range f.groups {
			name := "rules-tests/" + strings.TrimSuffix(path.Base(f.name), ".rules.yaml") + "_test.yaml"
			header := rules.Header + "# " + res.madeOf(p.Needs(g.Name), named, groups) + "\n"
			if old, err := os.ReadFile(filepath.Join(res.Out, filepath.FromSlash(name))); err == nil && kept(header, old) {
				files[name] = old
				res.neverFires(old)
				continue
			}
			tests, proofs := p.File(context.Background(), g.Name)
			never := ""
			for _, proof := range proofs {
				if proof.Never {
					never += fmt.Sprintf("%s%s: %s\n", neverFires, proof.Alert, proof.Reason)
				}
			}
			if never != "" {
				res.neverFires([]byte(never))
			}
			if tests == nil {
				continue
			}
			for _, need := range p.Needs(g.Name) {
				if glob := "../" + named[need]; !slices.ContainsFunc(tests.RuleFiles, func(o ruletest.Pattern) bool { return o.Glob == glob }) {
					tests.RuleFiles = append(tests.RuleFiles, ruletest.Pattern{Glob: glob})
				}
			}
			body := append([]byte(never), ruletest.Format("", tests)...)
			files[name] = slices.Concat([]byte(header), []byte(sealOf(body)), body)
		}
	}
	return files, nil
}

// neverFires begins the line of an alert that no scenario makes fire.
const neverFires = "# Never fires: "

// neverFires adds a finding for each alert that a file of tests says never fires.
func (res *Result) neverFires(tests []byte) {
	for line := range bytes.Lines(tests) {
		text, ok := strings.CutPrefix(strings.TrimSpace(string(line)), neverFires)
		if !ok {
			if !bytes.HasPrefix(line, []byte("#")) {
				return
			}
			continue
		}
		alert, reason, _ := strings.Cut(text, ": ")
		for _, g := range res.Groups {
			for _, r := range g.Rules {
				if r.Alert != alert {
					continue
				}
				res.add([]schema.Finding{{
					Pos: r.Pos, Check: "never-fires", Severity: schema.Warning, Message: fmt.Sprintf("alert %s: %s", alert, reason),
					Hint: "that none was found is no proof that there is none: write a unit test that has it fire, or change the expression",
				}})
			}
		}
	}
}

// A ruleFile is a generated rule file.
type ruleFile struct {
	name   string
	groups []engine.Group
}

// ruleGroups returns the groups of the rule files as they are written.
func (res *Result) ruleGroups() ([]ruleFile, error) {
	var list []ruleFile
	for _, name := range res.Tree.Names() {
		if path.Dir(name) != "rules" {
			continue
		}
		read, findings := input.ParseRules(name, res.Tree.Data(name))
		if read == nil {
			return nil, fmt.Errorf("read %s again: %s", name, findings[0].Message)
		}
		list = append(list, ruleFile{name, ruletest.Groups(read.Groups)})
	}
	return list, nil
}

// madeOf says what the tests of a group are made of: a hash of rules and metrics.
func (res *Result) madeOf(needs []string, named map[string]string, groups []engine.Group) string {
	h := sha256.New()
	used := &schema.Schema{Version: res.Schema.Version}
	for _, need := range needs {
		h.Write(res.Tree.Data(named[need]))
		for _, g := range groups {
			if g.Name != need {
				continue
			}
			for _, r := range g.Rules {
				for _, name := range query.Names(r.Expr) {
					if m, _ := res.Schema.Series(name); m != nil && !slices.Contains(used.Metrics, m) {
						used.Metrics = append(used.Metrics, m)
					}
				}
			}
		}
	}
	h.Write(used.Format())
	return fmt.Sprintf("Made by version %d of rules and metrics %.8x", prove.Version, h.Sum(nil))
}

// sealOf is the line behind the header, by which a change of the file is seen.
func sealOf(body []byte) string { return fmt.Sprintf("# Tests %.8x\n", sha256.Sum256(body)) }

// kept reports whether a file has the header and is as it was written.
func kept(header string, old []byte) bool {
	rest, ok := bytes.CutPrefix(old, []byte(header))
	if !ok {
		return false
	}
	end := bytes.IndexByte(rest, '\n') + 1
	return sealOf(rest[end:]) == string(rest[:end])
}
