package input

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// ParseRules reads a Prometheus rule file. The Rules are nil where the file is
// damaged. Findings of check "yaml" are about damage, of check "rulefmt" about what
// Prometheus' own reader refuses, except for expressions that do not parse: those
// are lint's to report, with the place inside the expression.
func ParseRules(file string, data []byte) (*Rules, []schema.Finding) {
	doc, findings := source.YAML(file, data, maxSize)
	if doc.Root == nil {
		return nil, findings
	}
	r := &Rules{File: file, doc: doc}
	if groups := doc.Root.Get("groups"); groups != nil {
		var shape []schema.Finding
		r.Groups, shape = config.Groups(doc, groups)
		for _, f := range shape {
			if f.Check == "config" {
				f.Check = "rulefmt"
			}
			findings = append(findings, f)
		}
	}
	for _, g := range r.Groups {
		for _, u := range g.Rules {
			if u.Expr == "" {
				continue
			}
			r.Queries = append(r.Queries, Query{Expr: u.Expr, Pos: u.ExprPos, Owner: owner(u), Datasource: "prometheus", Ignores: u.Ignores})
		}
	}
	return r, schema.SortFindings(append(findings, refused(doc, data, findings)...))
}

// refused returns what Prometheus' reader has against a rule file and ours has not
// said yet: it stops at the first value that it cannot decode, and knows the place
// of some faults only. ours stands where both speak of a line.
func refused(doc *source.Document, data []byte, ours []schema.Finding) []schema.Finding {
	said := map[int]bool{0: len(ours) > 0}
	for _, f := range ours {
		said[f.Pos.Line] = true
	}
	_, errs := rulefmt.Parse(data, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	var found []schema.Finding
	for _, err := range errs {
		for _, f := range refusal(doc, err) {
			if !said[f.Pos.Line] {
				found = append(found, f)
			}
		}
	}
	return found
}

func owner(u config.Rule) string {
	switch {
	case u.Alert != "":
		return fmt.Sprintf("alert %q", u.Alert)
	case u.Record != "":
		return fmt.Sprintf("recording rule %q", u.Record)
	}
	return "rule"
}

// refusal turns one of rulefmt's errors into findings.
func refusal(doc *source.Document, err error) []schema.Finding {
	var syntax parser.ParseErrors
	if errors.As(err, &syntax) {
		return nil
	}
	var rule *rulefmt.Error
	if errors.As(err, &rule) {
		if strings.HasPrefix(errors.Unwrap(&rule.Err).Error(), "invalid field '") {
			return nil // ours points at the field
		}
		f := schema.Finding{Pos: rulePos(doc, rule), Check: "rulefmt", Message: errors.Unwrap(&rule.Err).Error()}
		if rule.RuleName != "" {
			f.Message = fmt.Sprintf("rule %q: %s", rule.RuleName, f.Message)
		}
		return []schema.Finding{f}
	}
	var found []schema.Finding
	for _, line := range strings.Split(err.Error(), "\n") {
		if f, ok := plainRefusal(doc.File, line); ok {
			found = append(found, f)
		}
	}
	return found
}

var (
	lineCol      = regexp.MustCompile(`^(\d+):(\d+): `)
	yamlLine     = regexp.MustCompile(`^(?:yaml: )?\s*line (\d+): `)
	unknownField = regexp.MustCompile(`^field (\S+) not found in type \S+$`)
)

// plainRefusal turns one line of an error's text into a finding.
func plainRefusal(file, line string) (schema.Finding, bool) {
	f := schema.Finding{Pos: schema.Pos{File: file}, Check: "rulefmt"}
	if line == "yaml: unmarshal errors:" {
		return f, false
	}
	if m := lineCol.FindStringSubmatch(line); m != nil {
		if m[1] != "0" {
			f.Pos.Line, _ = strconv.Atoi(m[1])
			f.Pos.Col, _ = strconv.Atoi(m[2])
		}
		line = line[len(m[0]):]
	} else if m := yamlLine.FindStringSubmatch(line); m != nil {
		f.Pos.Line, _ = strconv.Atoi(m[1])
		line = line[len(m[0]):]
	}
	if m := unknownField.FindStringSubmatch(line); m != nil {
		line = fmt.Sprintf("unknown key %q", m[1])
	}
	f.Message = strings.TrimPrefix(line, "yaml: ")
	return f, true
}

// rulePos returns the place that rulefmt names, else where the rule begins.
func rulePos(doc *source.Document, err *rulefmt.Error) schema.Pos {
	if m := lineCol.FindStringSubmatch(err.Err.Error()); m != nil && m[1] != "0" {
		pos := schema.Pos{File: doc.File}
		pos.Line, _ = strconv.Atoi(m[1])
		pos.Col, _ = strconv.Atoi(m[2])
		return pos
	}
	for _, g := range doc.Root.List("groups") {
		if rules := g.List("rules"); g.String("name") == err.Group && err.Rule <= len(rules) {
			return rules[err.Rule-1].Pos()
		}
	}
	return schema.Pos{File: doc.File}
}
