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
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/prove"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/ruletest"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/schema"
)

// proofs returns rules-tests/<group>_test.yaml for each group with alerts. To make the tests of
// an alert takes a second, so those that are there, and were made of the same rules and metrics,
// are kept. An alert that no scenario makes fire is a finding, and a line in the file.
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
			alerts := p.Alerts(g.Name)
			if len(alerts) == 0 {
				continue
			}
			name := "rules-tests/" + strings.TrimSuffix(path.Base(f.name), ".rules.yaml") + "_test.yaml"
			file := p.File(g.Name)
			for _, need := range p.Needs(g.Name) {
				if glob := "../" + named[need]; !slices.ContainsFunc(file.RuleFiles, func(o ruletest.Pattern) bool { return o.Glob == glob }) {
					file.RuleFiles = append(file.RuleFiles, ruletest.Pattern{Glob: glob})
				}
			}
			old, err := os.ReadFile(filepath.Join(res.Out, filepath.FromSlash(name)))
			if err != nil {
				old = nil // there is none, or none that can be kept
			}
			files[name] = slices.Concat(ruletest.FormatHead(rules.Header, file), res.sections(p, alerts, file.Evaluation, old))
		}
	}
	return files, nil
}

// sections returns the tests of a group's alerts, a section for each: those of an old file that
// were made of the same, and the others anew.
func (res *Result) sections(p *prove.Prover, alerts []engine.Rule, interval time.Duration, old []byte) []byte {
	kept := sectionsOf(old)
	of := make([]string, len(alerts)) // by alert: what its section is made of
	var anew []engine.Rule
	for i, r := range alerts {
		of[i] = fmt.Sprintf("%s%s: made by version %d of %s", ofAlert, oneLine(r.Alert), prove.Version, madeOf(res.Schema, p, r, interval))
		if kept[of[i]] == nil {
			anew = append(anew, r)
		}
	}
	proofs := p.Prove(context.Background(), anew, interval)
	var all []byte
	for i, r := range alerts {
		body := kept[of[i]]
		if body == nil {
			body, proofs = sectionOf(proofs[0]), proofs[1:]
		}
		res.neverFires(r.Alert, body)
		all = append(all, fmt.Sprintf("%s, tests %.8x\n%s", of[i], sha256.Sum256(body), body)...)
	}
	return all
}

// ofAlert begins the line above the tests of an alert: what they are made of, and a hash, by
// which a change of them is seen.
const ofAlert = "  # Alert "

// sectionsOf returns the tests of each alert in a file, by what they are made of; without those
// that somebody changed.
func sectionsOf(file []byte) map[string][]byte {
	kept := map[string][]byte{}
	_, rest, more := bytes.Cut(file, []byte("\n"+ofAlert))
	for more {
		var one []byte
		one, rest, more = bytes.Cut(rest, []byte("\n"+ofAlert))
		head, body, _ := bytes.Cut(one, []byte("\n"))
		if more {
			body = append(slices.Clone(body), '\n')
		}
		if of, sum, ok := strings.Cut(string(head), ", tests "); ok && sum == fmt.Sprintf("%.8x", sha256.Sum256(body)) {
			kept[ofAlert+of] = body
		}
	}
	return kept
}

// neverFires and notProven begin the line of an alert that no scenario makes fire, and of one
// of which less can be shown than that it fires and stays quiet.
const (
	neverFires = "  # Never fires: "
	notProven  = "  # Not proven: "
)

func sectionOf(one *prove.Proof) []byte {
	var why string
	switch {
	case one.Never:
		why = neverFires + oneLine(one.Reason) + "\n"
	case !one.Proven():
		why = notProven + oneLine(one.Reason) + "\n"
	}
	return append([]byte(why), ruletest.FormatTests(one.Tests)...)
}

// oneLine writes text as a comment can hold it.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// neverFires adds a finding if the tests of an alert say that it never fires.
func (res *Result) neverFires(alert string, tests []byte) {
	text, ok := bytes.CutPrefix(tests, []byte(neverFires))
	if !ok {
		return
	}
	reason, _, _ := strings.Cut(string(text), "\n")
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

// madeOf says what the tests of an alert are made of: a hash of rules and metrics.
func madeOf(s *schema.Schema, p *prove.Prover, alert engine.Rule, interval time.Duration) string {
	h := sha256.New()
	fmt.Fprintln(h, interval)
	used := &schema.Schema{Version: s.Version}
	for _, r := range append(p.Recorded(alert), alert) {
		fmt.Fprintf(h, "%q\n", []any{r.Alert, r.Record, r.Expr, r.For.String(), r.KeepFiringFor.String(), r.Labels, r.Annotations})
		for _, name := range query.Names(r.Expr) {
			if m, _ := s.Series(name); m != nil && !slices.Contains(used.Metrics, m) {
				used.Metrics = append(used.Metrics, m)
			}
		}
	}
	h.Write(used.Format())
	return fmt.Sprintf("%.8x", h.Sum(nil))
}
