package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file says of each kind of change what a query that uses the metric then is.

// deprecatedUse: whoever names a metric that is deprecated now will have to change.
func deprecatedUse(u *user, c schema.Change) []Use {
	if c.Old.Deprecated || !c.New.Deprecated {
		return nil
	}
	var all []Use
	for _, s := range u.selections(c.Metric) {
		if s.rule == "" {
			use := u.use(offset(s.node), false, "queries %q", s.series)
			use.Rewrite = u.renamed(c)
			all = append(all, use)
		}
	}
	return all
}

// successor returns the metric that takes the old one's place in queries; nil: none is known.
func (u *user) successor(c schema.Change) *schema.Metric {
	switch {
	case c.New != nil && c.New.Name != c.Metric:
		return c.New
	case c.New != nil && c.Kind == "deprecated":
		return u.now.Lookup(c.New.ReplacedBy)
	case c.New == nil && c.Old != nil:
		tomb := cmp.Or(u.now.Lookup(c.Metric), c.Old)
		return u.now.Lookup(tomb.ReplacedBy)
	}
	return nil
}

// renamed returns the expression with the name of the metric that takes the old one's
// place, converted where that has another unit. Where it has another type, or a unit that
// does not convert, there is none.
func (u *user) renamed(c schema.Change) string {
	n := u.successor(c)
	if n == nil || n.RemovedIn != "" || n.Type != c.Old.Type {
		return ""
	}
	return u.instead(c, n)
}

// instead returns the expression that asks a metric of the same type for what it asked the
// old one; empty: none is known, or it is the same.
func (u *user) instead(c schema.Change, n *schema.Metric) string {
	expr := u.Expr
	if n.Unit != c.Old.Unit {
		if expr = u.scaled(c, n.Unit); expr == "" {
			return ""
		}
	}
	expr = query.Rename(expr, func(series string) string {
		m, suffix := u.was.Series(series)
		if m == nil || m.Name != c.Metric || series != c.Metric+suffix {
			return series
		}
		return n.Name + suffix
	})
	if expr == u.Expr {
		return ""
	}
	return expr
}

func offset(n parser.Node) int { return int(n.PositionRange().Start) }

// valueUse: whoever asks for the value, rather than whether or how often there is one.
func valueUse(u *user, c schema.Change) []Use {
	if c.Compatible {
		return nil
	}
	var all []Use
	for _, s := range u.selections(c.Metric) {
		if u.counted(s.node) {
			continue
		}
		if n, told := u.inUnit(c.Old, s); c.Kind == "unit" && told && n == nil {
			continue
		}
		use := u.use(offset(s.node), true, "queries %q", s.series)
		if s.rule != "" {
			use.Message = fmt.Sprintf("queries %q, recorded from %q", s.series, c.Metric)
		} else if c.Kind == "unit" && c.Old.Type == c.New.Type {
			use.Rewrite = u.instead(c, c.New)
		}
		all = append(all, use)
	}
	return all
}

// counted reports whether a selector only serves to tell which series there are.
func (u *user) counted(n parser.Node) bool {
	if u.Name {
		return true // dashgen draws it as what it is
	}
	for up := u.before.Parent(n); up != nil; up = u.before.Parent(up) {
		switch up := up.(type) {
		case *parser.AggregateExpr:
			return up.Op == parser.COUNT || up.Op == parser.GROUP
		case *parser.Call:
			return slices.Contains([]string{"absent", "absent_over_time", "present_over_time", "count_over_time"}, up.Func.Name)
		case *parser.MatrixSelector, *parser.ParenExpr, *parser.StepInvariantExpr:
		default:
			return false
		}
	}
	return false
}

// nativeUse: whoever asks for series that only the other kind of histogram has.
func nativeUse(u *user, c schema.Change) []Use {
	if c.Compatible {
		return nil
	}
	var all []Use
	for _, s := range u.selections(c.Metric) {
		if (s.suffix != "") == (c.New.Native != nil) {
			all = append(all, u.use(offset(s.node), true, "queries %q", s.series))
		}
	}
	return all
}

// aliasUse: whoever names what is not recorded any more.
func aliasUse(u *user, c schema.Change) []Use {
	var all []Use
	for _, s := range query.Selectors(u.Tree) {
		for _, alias := range c.Lost {
			if rest, ok := strings.CutPrefix(s.Name, alias); ok && slices.Contains([]string{"", "_bucket", "_count", "_sum"}, rest) {
				all = append(all, u.use(s.Offset, true, "queries %q", s.Name))
			}
		}
	}
	return all
}

// absence: whoever asks whether the metric is there.
func absence(u *user, c schema.Change) []Use {
	return u.callsOf(c, []string{"absent", "absent_over_time"}, true, "asks with %s whether %q is there")
}

// firstEvent: an alert on how a metric grows does not see it come to be.
func firstEvent(u *user, c schema.Change) []Use {
	if c.Compatible || !u.alert() {
		return nil
	}
	return u.callsOf(c, []string{"rate", "increase", "irate"}, false, "asks with %s how %q grows")
}

// callsOf returns the uses of a metric within a call of some functions.
func (u *user) callsOf(c schema.Change, funcs []string, breaks bool, format string) []Use {
	if c.Compatible || u.Name {
		return nil
	}
	var all []Use
	for _, s := range u.selections(c.Metric) {
		for n := u.before.Parent(s.node); n != nil; n = u.before.Parent(n) {
			if call, ok := n.(*parser.Call); ok && slices.Contains(funcs, call.Func.Name) {
				all = append(all, u.use(offset(call), breaks, format, call.Func.Name, s.series))
				break
			}
		}
	}
	return all
}

// lostLabel: matchers, groupings, legends and templates that name the label.
func lostLabel(u *user, c schema.Change) []Use {
	if u.Name {
		return nil
	}
	var all []Use
	for _, s := range u.selections(c.Metric) {
		for _, m := range s.node.LabelMatchers {
			if m.Name == c.Label && s.rule == "" && !m.Matches("") {
				all = append(all, u.use(u.word(s.node, c.Label), true, "selects %q by %s", s.series, m))
			}
		}
	}
	had := func(n parser.Node) bool {
		return u.carries(u.before, n, c.Label, c.Metric) && !u.after.At(n).Labels.Can(c.Label)
	}
	for n := range u.before.All() {
		switch n := n.(type) {
		case *parser.AggregateExpr:
			if !n.Without && slices.Contains(n.Grouping, c.Label) && had(n.Expr) {
				all = append(all, u.use(u.word(n, c.Label), true, "aggregates by %q", c.Label))
			}
		case *parser.BinaryExpr:
			if m := n.VectorMatching; m != nil && (m.On && slices.Contains(m.MatchingLabels, c.Label) || slices.Contains(m.Include, c.Label)) && (had(n.LHS) || had(n.RHS)) {
				all = append(all, u.use(u.word(n, c.Label), true, "matches by %q", c.Label))
			}
		}
	}
	if had(u.Tree) {
		all = append(all, u.prints(c.Label)...)
	}
	return all
}

func (u *user) word(n parser.Node, word string) int { return int(u.before.Where(n, word).Start) }

// carries reports whether series of a node have the label from the metric.
func (u *user) carries(in *query.Inferred, n parser.Node, label, metric string) bool {
	l := in.At(n).Labels.Label(label)
	return l != nil && l.Metric != nil && l.Metric.Name == metric
}

// prints returns where the legend or the rule's texts print a label.
func (u *user) prints(label string) []Use {
	var all []Use
	for _, m := range legendLabel.FindAllStringSubmatch(u.Legend, -1) {
		if m[1] == label {
			use := u.use(0, true, "has %q in its legend", label)
			use.Pos = u.LegendPos
			all = append(all, use)
		}
	}
	if u.Rule == nil {
		return all
	}
	for kind, texts := range map[string]map[string]string{"annotations": u.Rule.Annotations, "labels": u.Rule.Labels} {
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			if slices.Contains(templateLabels(texts[key]), label) {
				use := u.use(0, true, "prints %q in %q", label, key)
				use.Pos = u.position(kind + "." + key)
				all = append(all, use)
			}
		}
	}
	return all
}

// matchesByLabel: who matches series by a label that some do not have any more.
func matchesByLabel(u *user, c schema.Change) []Use {
	if c.Compatible || u.Name {
		return nil
	}
	var all []Use
	operations(u.Query, func(b *parser.BinaryExpr, _ *query.Info) {
		m := b.VectorMatching
		if m == nil || !m.On || !slices.Contains(m.MatchingLabels, c.Label) {
			return
		}
		if u.carries(u.before, b.LHS, c.Label, c.Metric) || u.carries(u.before, b.RHS, c.Label, c.Metric) {
			all = append(all, u.use(u.word(b, c.Label), true, "matches by %q", c.Label))
		}
	})
	return all
}

// addedLabel: series that were matched one to one, or compared as a whole by an alert, are
// split.
func addedLabel(u *user, c schema.Change) []Use {
	if u.Name {
		return nil
	}
	carries := func(n parser.Node) bool { return u.carries(u.after, n, c.Label, c.Metric) }
	var all []Use
	add := func(n parser.Node, format string, args ...any) {
		use := u.use(offset(n), true, format, args...)
		use.Rewrite = u.summed(c)
		all = append(all, use)
	}
	operations(u.Query, func(b *parser.BinaryExpr, _ *query.Info) {
		m := b.VectorMatching
		l, r := carries(b.LHS), carries(b.RHS)
		switch {
		case !l && !r:
		case m == nil || !vector(b.LHS) || !vector(b.RHS):
			if u.alert() && chooses(b) && c.Old.Type != schema.Gauge {
				add(b, "compares %q, whose value is split by %q", c.Metric, c.Label)
			}
		case m.On && !slices.Contains(m.MatchingLabels, c.Label) && !b.Op.IsSetOperator():
			if l && m.Card != parser.CardManyToOne || r && m.Card != parser.CardOneToMany {
				add(b, "matches %q one to one, of which there are several now, by %q", c.Metric, c.Label)
			}
		case !m.On && !slices.Contains(m.MatchingLabels, c.Label) && l != r && !u.can(b, c.Label):
			add(b, "matches %q with series that do not have %q", c.Metric, c.Label)
		}
	})
	return all
}

// can reports whether both operands can have a label.
func (u *user) can(b *parser.BinaryExpr, label string) bool {
	return u.after.At(b.LHS).Labels.Can(label) && u.after.At(b.RHS).Labels.Can(label)
}

func vector(e parser.Expr) bool {
	t := e.Type()
	return t == parser.ValueTypeVector || t == parser.ValueTypeMatrix
}

// summed returns the expression with the rates of the metric summed over the new label;
// nothing where something else than a rate is taken, or all of it is summed already.
func (u *user) summed(c schema.Change) string {
	expr := u.Expr
	list := u.selections(c.Metric)
	slices.SortFunc(list, func(a, b selection) int { return offset(b.node) - offset(a.node) })
	for _, s := range list {
		if s.rule != "" {
			return ""
		}
		matrix, ok := u.before.Parent(s.node).(*parser.MatrixSelector)
		if !ok {
			return ""
		}
		call, ok := u.before.Parent(matrix).(*parser.Call)
		if !ok || !slices.Contains([]string{"rate", "increase", "irate"}, call.Func.Name) {
			return ""
		}
		at := call.PositionRange()
		expr = expr[:at.Start] + "sum without (" + c.Label + ") (" + expr[at.Start:at.End] + ")" + expr[at.End:]
	}
	if expr == u.Expr {
		return ""
	}
	return expr
}

// values: matchers on what the label does not say any more, or says besides.
func values(u *user, c schema.Change) []Use {
	var all []Use
	for _, s := range u.selections(c.Metric) {
		if s.rule != "" {
			continue
		}
		for _, m := range s.node.LabelMatchers {
			if m.Name != c.Label {
				continue
			}
			lost, gained := picked(m, c.Lost), picked(m, c.Gained)
			switch {
			case c.Compatible && len(gained) > 0 && m.Type != labels.MatchEqual:
				all = append(all, u.use(u.valueAt(s.node, m), false, "selects %q by %s: %s, too", s.series, m, strings.Join(gained, ", ")))
			case !c.Compatible && len(lost) > 0 && (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp):
				all = append(all, u.use(u.valueAt(s.node, m), true, "selects %q by %s", s.series, m))
			}
		}
	}
	return all
}

// valueAt returns where a matcher stands; of a name, where that begins.
func (u *user) valueAt(n *parser.VectorSelector, m *labels.Matcher) int {
	if u.before == nil {
		return offset(n)
	}
	return u.word(n, m.Name)
}

// picked returns the values that a matcher keeps. Those of le and quantile are numbers.
func picked(m *labels.Matcher, of []string) []string {
	var kept []string
	for _, v := range of {
		number := m.Name == "le" || m.Name == "quantile"
		if m.Matches(v) || number && (m.Matches(v+".0") || m.Type == labels.MatchEqual && query.SameNumber(m.Value, v)) {
			kept = append(kept, v)
		}
	}
	return kept
}

// bucketUse: matchers on bounds that are gone, and alerts that the greatest bound that is
// left keeps from firing.
func bucketUse(u *user, c schema.Change) []Use {
	all := values(u, c)
	if c.Compatible || u.Name || len(u.selections(c.Metric)) == 0 {
		return all
	}
	operations(u.Query, func(b *parser.BinaryExpr, i *query.Info) {
		if now := u.after.At(b); i.Holds != query.Never && now.Holds == query.Never {
			all = append(all, u.use(offset(b), true, "compares with what %q cannot reach any more", c.Metric))
		}
	})
	return all
}
