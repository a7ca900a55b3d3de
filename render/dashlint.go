package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
)

// This file says where Grafana's dashboard-linter is not heeded, and why. Its rules want
// job and instance in every selector and $__rate_interval in every rate. Not every series
// has these labels, and people's windows stay as they wrote them.
// Source: https://github.com/grafana/dashboard-linter/tree/main/docs

// lintFile is where dashboard-linter looks for exclusions: beside the dashboard.
const lintFile = "dashboards/.lint"

// An exclusion keeps one rule of dashboard-linter from one panel; from the board as a
// whole, where panel is empty.
type exclusion struct{ rule, board, panel, reason string }

// lintExclusions returns dashboard-linter's configuration for the boards, nil where none
// of them needs one.
func lintExclusions(boards []plan.Board) ([]byte, error) {
	var all []exclusion
	for i := range boards {
		all = append(all, exclusionsOf(&boards[i])...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.SortFunc(all, func(a, b exclusion) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.board, b.board), cmp.Compare(a.panel, b.panel), cmp.Compare(a.reason, b.reason))
	})
	var out bytes.Buffer
	out.WriteString("# What dashboard-linter asks for and these dashboards do not do, with the reasons.\nexclusions:\n")
	rule := ""
	for _, e := range slices.Compact(all) {
		if e.rule != rule {
			rule = e.rule
			fmt.Fprintf(&out, "  %s:\n    entries:\n", rule)
		}
		lead := "      - "
		for _, field := range []struct{ key, value string }{{"dashboard", e.board}, {"panel", e.panel}, {"reason", e.reason}} {
			if field.value == "" {
				continue
			}
			text, err := yamlString(field.value)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&out, "%s%s: %s\n", lead, field.key, text)
			lead = "        "
		}
	}
	return out.Bytes(), nil
}

// yamlString returns s as a quoted string of YAML, of which JSON's are a part.
func yamlString(s string) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return strings.TrimSpace(out.String()), err
}

// exclusionsOf returns the exclusions that a board needs. The rules apply where the first
// data source is Prometheus.
func exclusionsOf(b *plan.Board) []exclusion {
	if len(b.Variables) == 0 || b.Variables[0].Query != "prometheus" {
		return nil
	}
	var all []exclusion
	for _, label := range []string{"job", "instance"} {
		if !slices.ContainsFunc(b.Variables, func(v plan.Variable) bool { return v.Name == label }) {
			all = append(all, exclusion{"template-" + label + "-rule", b.Title, "", "no query selects by " + label})
		}
	}
	for _, row := range b.Rows {
		for i := range row.Panels {
			p := &row.Panels[i]
			exclude := func(rule, reason string) {
				all = append(all, exclusion{rule, b.Title, p.Title, reason})
			}
			for _, q := range p.Queries {
				unmatched(q.Expr, exclude)
				fixedRates(p, q.Expr, exclude)
			}
		}
	}
	return all
}

// unmatched excludes from the rules target-job-rule and target-instance-rule what has a
// selector without the matcher on the board's variable. What does not parse is not
// looked at by the rules either.
func unmatched(expr string, exclude func(rule, reason string)) {
	e, err := query.Parse(expr)
	if err != nil {
		return
	}
	for _, s := range query.Selectors(e) {
		for _, label := range []string{"job", "instance"} {
			reason := fmt.Sprintf("%s may have no label %s", cmp.Or(s.Name, expr[s.Offset:s.End]), label)
			matched := false
			for _, m := range s.Matchers {
				if m.Name == label {
					matched = matched || m.Value == "$"+label
					reason = fmt.Sprintf("the query selects %s by itself", m)
				}
			}
			if !matched {
				exclude("target-"+label+"-rule", reason)
			}
		}
	}
}

var (
	rateBefore  = regexp.MustCompile(`\bi?rate\s*\(\s*$`)
	rangeBehind = regexp.MustCompile(`^\s*\[\s*([^\]]+?)\s*\]`)
	// rateKinds are the plugins that target-rate-interval-rule looks at.
	rateKinds = []string{"gauge", "stat", "state-timeline", "table", "timeseries"}
)

// fixedRates excludes from target-rate-interval-rule what has a rate over a window of its
// own.
func fixedRates(p *plan.Panel, expr string, exclude func(rule, reason string)) {
	e, err := query.Parse(expr)
	if k, _ := kindOf(p.Kind); err != nil || !slices.Contains(rateKinds, k.Plugin) {
		return
	}
	for _, s := range query.Selectors(e) {
		window := rangeBehind.FindStringSubmatch(expr[s.End:])
		if window == nil || strings.Trim(window[1], "${}") == "__rate_interval" || !rateBefore.MatchString(expr[:s.Offset]) {
			continue
		}
		whose := "declared"
		if strings.HasPrefix(p.Key, alertKey) {
			whose = "the alert's"
		}
		exclude("target-rate-interval-rule", fmt.Sprintf("the window of %s is %s", window[1], whose))
	}
}
