package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file finds the queries that a change of the metrics breaks.

// An Impact is a change with the queries that it concerns.
type Impact struct {
	schema.Change
	Uses []Use // sorted by place
}

// A Use is a query that a change concerns.
type Use struct {
	Pos       schema.Pos // of what the message is about
	Owner     string     // panel "X", alert "Y"
	Message   string     // what it does with the metric: queries "x"
	Breaks    bool       // it does not work any more, or means something else
	Generated bool       // it stands in a file that dashgen generate rewrites
	Expr      string     // as it is
	Rewrite   string     // what does the same with the new metric; empty: not known
}

// String returns the use on one line.
func (u Use) String() string { return u.Owner + ", which " + u.Message }

// Impacts says of each change which queries it concerns: those of in's hand-written files
// and of cfg, and the rules that directives declare. old is what the changes lead away
// from. generated are the files among the hand-written ones that are not. A change that
// breaks a query, in a file that nobody will generate anew, is an error unless the metric
// is said to be alpha; one by which a query selects more is a warning.
func Impacts(in Input, cfg *config.Config, old *schema.Schema, changes []schema.Change, generated map[string]bool) []Impact {
	if cfg == nil {
		cfg = config.Default()
	}
	if in.Schema == nil {
		in.Schema = &schema.Schema{}
	}
	users := newUsers(in, cfg, old, changes)
	var all []Impact
	for _, c := range changes {
		i := Impact{Change: c}
		for _, u := range users {
			for _, use := range u.uses(c) {
				use.Generated = generated[use.Pos.File]
				i.Uses = append(i.Uses, use)
			}
		}
		i.Uses = sorted(i.Uses)
		i.judge()
		all = append(all, i)
	}
	return all
}

// Uses returns the queries that ask for a metric of in's schema, by its name or through
// recording rules: those of in's hand-written files and of cfg, and the rules that directives
// declare.
func Uses(in Input, cfg *config.Config, metric string) []Use {
	var all []Use
	for _, u := range newUsers(in, cfg, in.Schema, nil) {
		all = append(all, u.named(metric)...)
	}
	return sorted(all)
}

// sorted returns uses by place, each once.
func sorted(uses []Use) []Use {
	slices.SortStableFunc(uses, func(a, b Use) int { return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Message, b.Message)) })
	return slices.CompactFunc(uses, func(a, b Use) bool { return a.Pos == b.Pos && a.String() == b.String() })
}

// judge makes the severity worse where a query is broken.
func (i *Impact) judge() {
	alpha := i.Old != nil && i.Old.Stability == "alpha"
	for _, u := range i.Uses {
		switch {
		case alpha || u.Generated:
		case u.Breaks:
			i.Severity = schema.Error
		case i.Kind == "label-values" && i.Severity == schema.Note:
			i.Severity = schema.Warning
		}
	}
}

// A user is a query with what it means before and after.
type user struct {
	*Query
	before, after *query.Inferred // nil for a name
	was, now      *schema.Schema
}

// newUsers returns every query that may be concerned.
func newUsers(in Input, cfg *config.Config, old *schema.Schema, changes []schema.Change) []*user {
	queries := slices.Concat(handWritten(&in), declared(cfg), directed(&in, cfg))
	was, now := in, in.Schema
	was.Schema, was.Groups = old, nil
	in.Schema, in.Groups = underOldNames(in.Schema, changes), nil
	before, after := newWorld(&was, cfg), newWorld(&in, cfg)
	var users []*user
	for _, q := range queries {
		q.parse(before)
		if q.Tree == nil {
			continue
		}
		u := &user{Query: q, before: q.Inferred, was: old, now: now}
		if q.Inferred != nil {
			u.after = query.Infer(q.Expr, q.Tree, after)
		}
		users = append(users, u)
	}
	return users
}

// underOldNames adds to s what was renamed, under the old name: what else changed of it
// changes for queries on that.
func underOldNames(s *schema.Schema, changes []schema.Change) *schema.Schema {
	metrics := slices.Clone(s.Metrics)
	for _, c := range changes {
		if c.Kind != "renamed" {
			continue
		}
		m := *c.New
		m.Name = c.Metric
		metrics = append(slices.DeleteFunc(metrics, func(m *schema.Metric) bool { return m.Name == c.Metric }), &m)
	}
	all := &schema.Schema{Version: s.Version, Metrics: metrics}
	slices.SortFunc(all.Metrics, func(a, b *schema.Metric) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// directed returns the queries of rules that stand beside metrics.
func directed(in *Input, cfg *config.Config) []*Query {
	var all []*Query
	for _, g := range in.Groups {
		for _, r := range g.Rules {
			if r.Pattern != "" || r.Pos.File == "" || r.Pos.File == cfg.File {
				continue
			}
			q := input.Query{Expr: r.Expr, Pos: cmp.Or(r.ExprPos, r.Pos), Owner: ruleOwner(r.Alert, r.Record), Datasource: "prometheus"}
			rule := &config.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, Labels: r.Labels, Annotations: r.Annotations}
			all = append(all, &Query{Query: q, Own: true, Rule: rule, vars: aRule, at: wholly})
		}
	}
	return all
}

// A selection is a selector of a query that draws on a metric.
type selection struct {
	node   *parser.VectorSelector
	series string // its name, as written
	suffix string // what that has behind the metric's
	rule   string // the recording rule through which; empty: none
}

// selections returns the selectors of a metric, and of what is recorded from it.
func (u *user) selections(metric string) []selection {
	var all []selection
	if u.Name {
		if u.Expr == metric {
			all = append(all, selection{u.Tree.(*parser.VectorSelector), metric, "", ""})
		}
		return all
	}
	for n, i := range u.before.All() {
		vs, ok := n.(*parser.VectorSelector)
		if !ok {
			continue
		}
		s := selection{node: vs, series: seriesName(vs), suffix: i.Suffix, rule: i.Rule}
		direct := i.Metric != nil && i.Metric.Name == metric
		if direct {
			s.rule = ""
		}
		if direct || i.Rule != "" && slices.ContainsFunc(i.Metrics, func(m *schema.Metric) bool { return m.Name == metric }) {
			all = append(all, s)
		}
	}
	return all
}

func seriesName(vs *parser.VectorSelector) string {
	for _, m := range vs.LabelMatchers {
		if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return vs.Name
}

// consequences says for each kind of change what it does to a query on the metric. What is
// not here does nothing.
var consequences = map[string]func(*user, schema.Change) []Use{
	"removed":        anyUse,
	"renamed":        anyUse,
	"type":           valueUse,
	"certainty":      anyUse,
	"revived":        anyUse,
	"deprecated":     deprecatedUse,
	"unit":           valueUse,
	"label-removed":  lostLabel,
	"label-optional": matchesByLabel,
	"label-added":    addedLabel,
	"label-values":   values,
	"const-labels":   values,
	"objectives":     values,
	"buckets":        bucketUse,
	"native":         nativeUse,
	"conditional":    absence,
	"initialised":    firstEvent,
	"aliases":        aliasUse,
}

func (u *user) uses(c schema.Change) []Use {
	f := consequences[c.Kind]
	if f == nil || c.Old == nil && c.Kind != "revived" {
		return nil
	}
	return f(u, c)
}

// use is a use of which a message speaks, at an offset of the expression.
func (u *user) use(offset int, breaks bool, format string, args ...any) Use {
	return Use{Pos: u.At(offset), Owner: u.Owner, Message: fmt.Sprintf(format, args...), Breaks: breaks, Expr: u.Expr}
}

// anyUse: whoever names the metric. One that is gone breaks them, announced or not.
func anyUse(u *user, c schema.Change) []Use {
	if c.Kind == "renamed" && slices.Contains(c.New.Aliases, c.Metric) {
		return nil // recorded under the old name
	}
	if c.Kind == "certainty" && c.Compatible {
		return nil
	}
	all := u.named(c.Metric)
	for i := range all {
		all[i].Breaks, all[i].Rewrite = c.Kind == "removed" || c.Kind == "renamed", u.renamed(c)
	}
	return all
}

// named returns the uses of a metric by its name, and through recording rules.
func (u *user) named(metric string) []Use {
	var all []Use
	for _, s := range u.selections(metric) {
		use := u.use(offset(s.node), false, "queries %q", s.series)
		if s.rule != "" {
			use.Message = fmt.Sprintf("queries %q, recorded from %q", s.series, metric)
		}
		all = append(all, use)
	}
	return all
}
