package input

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/query"
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
	r := &setReader{file: file, data: data, plain: true, findings: findings}
	r.rules(doc, doc.Root)
	return r.set.Rules[0], schema.SortFindings(r.findings)
}

// rules reads n, which has rule groups under groups.
func (r *setReader) rules(doc *source.Document, n *source.Node) { r.rulesIn(doc, doc, n) }

// fieldsOf returns the paths of rules, by the numbers of group and rule,
// where n has them in a document that stands in no file and all of them were read.
func fieldsOf(n *source.Node, groups []config.Group) map[[2]int]string {
	fields := map[[2]int]string{}
	list := n.List("groups")
	if n.Get("groups").Path() == "" || len(list) != len(groups) {
		return fields
	}
	for i, g := range list {
		rules := g.List("rules")
		for j, u := range rules {
			if len(rules) == len(groups[i].Rules) {
				fields[[2]int{i, j}] = u.Path()
			}
		}
	}
	return fields
}

// rulesIn reads the rule groups of n, which stands in a document inside outer.
func (r *setReader) rulesIn(outer, doc *source.Document, n *source.Node) {
	rules := &Rules{File: doc.File, at: places{outer}}
	r.set.Rules = append(r.set.Rules, rules)
	var found []schema.Finding
	if groups := n.Get("groups"); groups != nil {
		var shape []schema.Finding
		rules.Groups, shape = config.Groups(doc, groups)
		for _, f := range shape {
			if f.Check == "config" {
				f.Check = "rulefmt"
			}
			found = append(found, f)
		}
	}
	fields := fieldsOf(n, rules.Groups)
	for i, g := range rules.Groups {
		for j, u := range g.Rules {
			if u.Expr == "" {
				continue
			}
			rules.Queries = append(rules.Queries, Query{Expr: u.Expr, Pos: u.ExprPos, Owner: owner(u), Datasource: "prometheus", Ignores: u.Ignores, Field: fields[[2]int{i, j}]})
		}
	}
	if len(rules.Queries) > maxQueries {
		r.findings = append(r.findings, tooMany(n.Get("groups").Pos(), "yaml", "rule file"))
		*rules = Rules{File: rules.File, at: rules.at}
		return
	}
	if speaksLogQL(rules.Queries) {
		r.findings = append(r.findings, found...)
		return
	}
	plain := r.plain && n == outer.Root
	said := slices.Concat(r.findings, found)
	r.findings = append(r.findings, found...)
	if plain {
		r.findings = append(r.findings, refused(n, r.data, said, plain)...)
	} else {
		r.findings = append(r.findings, refused(n, plainRules(n), said, plain)...)
	}
}

// speaksLogQL reports whether rules are those of Loki, whose files have the same shape,
// and says so of their queries then: one of them has a pipe, which PromQL does not know.
func speaksLogQL(queries []Query) bool {
	if !slices.ContainsFunc(queries, func(q Query) bool { return hasPipe(q.Expr) }) {
		return false
	}
	for i := range queries {
		if q := &queries[i]; hasPipe(q.Expr) || nameless.MatchString(q.Expr) {
			q.Datasource = "loki"
		}
	}
	return true
}

// nameless matches a selector without a metric's name, which all of Loki's are.
var nameless = regexp.MustCompile(`(?:^|[^\w:\s])\s*\{`)

// hasPipe reports whether an expression has a | outside of quotes and comments.
func hasPipe(expr string) bool {
	for i, zone := range query.Zones(expr) {
		if zone == query.Code && expr[i] == '|' {
			return true
		}
	}
	return false
}

// plainRules returns the rule groups of a node as a rule file of their own.
func plainRules(n *source.Node) []byte {
	data, err := json.Marshal(map[string]any{"groups": n.Get("groups").Value()})
	if err != nil {
		return nil // no value of a tree is one that JSON cannot write
	}
	return data
}

// refused returns what Prometheus' reader has against a rule file and ours has not
// said yet: it stops at the first value that it cannot decode, and knows the place
// of some faults only. ours stands where both speak of a line. n holds the groups; data
// is the file where it is plain, else the groups alone, and lines in it mean nothing.
func refused(n *source.Node, data []byte, ours []schema.Finding, plain bool) []schema.Finding {
	said := map[int]bool{0: len(ours) > 0}
	for _, f := range ours {
		said[f.Pos.Line] = true
	}
	_, errs := rulefmt.Parse(data, false, model.UTF8Validation, unparsed{}, slog.New(slog.DiscardHandler))
	var found []schema.Finding
	for _, err := range errs {
		for _, f := range refusal(n, err, plain) {
			if !said[f.Pos.Line] {
				found = append(found, f)
			}
		}
	}
	return found
}

// An unparsed parser takes every expression as it is: what is wrong with one is lint's to say,
// within its limits.
type unparsed struct{ parser.Parser }

func (unparsed) ParseExpr(string) (parser.Expr, error) { return &parser.NumberLiteral{}, nil }

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
func refusal(n *source.Node, err error, plain bool) []schema.Finding {
	var rule *rulefmt.Error
	if errors.As(err, &rule) {
		if strings.HasPrefix(errors.Unwrap(&rule.Err).Error(), "invalid field '") {
			return nil // ours points at the field
		}
		f := schema.Finding{Pos: rulePos(n, rule, plain), Check: "rulefmt", Message: errors.Unwrap(&rule.Err).Error()}
		if rule.RuleName != "" {
			f.Message = fmt.Sprintf("rule %q: %s", rule.RuleName, f.Message)
		}
		return []schema.Finding{f}
	}
	var found []schema.Finding
	for _, line := range strings.Split(err.Error(), "\n") {
		if f, ok := plainRefusal(n.Pos().File, line); ok {
			if !plain {
				f.Pos = n.Pos()
			}
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

// ofOthers are the keys that Mimir, Loki and Thanos know in rule files beside those of
// Prometheus.
var ofOthers = []string{"namespace", "source_tenants", "partial_response_strategy", "evaluation_delay", "align_evaluation_time_on_interval"}

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
		if slices.Contains(ofOthers, m[1]) {
			return f, false
		}
		line = fmt.Sprintf("unknown key %q", m[1])
	}
	f.Message = strings.TrimPrefix(line, "yaml: ")
	return f, true
}

// rulePos returns the place that rulefmt names, else where the rule begins.
func rulePos(n *source.Node, err *rulefmt.Error, plain bool) schema.Pos {
	if m := lineCol.FindStringSubmatch(err.Err.Error()); plain && m != nil && m[1] != "0" {
		pos := schema.Pos{File: n.Pos().File}
		pos.Line, _ = strconv.Atoi(m[1])
		pos.Col, _ = strconv.Atoi(m[2])
		return pos
	}
	for _, g := range n.List("groups") {
		if rules := g.List("rules"); g.String("name") == err.Group && err.Rule <= len(rules) {
			return rules[err.Rule-1].Pos()
		}
	}
	return schema.Pos{File: n.Pos().File}
}
