package query

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// binary infers l op r.
func (in *Inferred) binary(e *parser.BinaryExpr) *Info {
	l, r := in.infos[e.LHS], in.infos[e.RHS]
	info := &Info{Scalar: l.Scalar && r.Scalar, Foreign: l.Foreign || r.Foreign, Metrics: metricsOf(l, r), Values: Anything, Usual: Anything}
	if l.Aggregated != nil {
		info.Aggregated = l.Aggregated
	} else {
		info.Aggregated = r.Aggregated
	}
	if !l.Scalar && !r.Scalar {
		info.Match = matching(e.VectorMatching, l.Labels, r.Labels)
		if in.Variable(e) {
			info.Match = &Match{}
		}
	}
	switch {
	case e.Op == parser.LOR:
		info = either(l, r)
		info.Match = matching(e.VectorMatching, l.Labels, r.Labels)
	case e.Op == parser.LAND || e.Op == parser.LUNLESS:
		in.set(e, info, l, r)
	case e.Op.IsComparisonOperator():
		in.comparison(e, info, l, r)
	default:
		info.Labels = in.resultLabels(e, l, r)
		info.Values, info.Usual = arithmetic(e.Op, l.Values, r.Values), arithmetic(e.Op, l.Usual, r.Usual)
		if e.Op == parser.DIV && !l.Scalar && !r.Scalar {
			in.bounded(e, info)
		}
		info.Unit, info.UnitKnown = in.binaryUnit(e, l, r)
		info.Type, info.Of = arithmeticType(e.Op, l, r, info.Unit, info.UnitKnown)
		if !info.Type.Cumulative() {
			info.Aggregated = nil
		}
		in.joined(e, info, l, r)
	}
	return info
}

// bounded gives the ratio of a part to its whole its bounds.
func (in *Inferred) bounded(e *parser.BinaryExpr, info *Info) {
	ok, certain := in.partOfWhole(e)
	if !ok {
		return
	}
	share := Bounds{Lo: 0, Hi: 1, NaN: true}
	info.Usual = share
	if certain {
		share.Hi += 1e-9 // of two sums that round differently
		info.Values = share
	}
}

// joined says how often an arithmetic operation or a comparison with bool has no
// series.
func (in *Inferred) joined(e *parser.BinaryExpr, info, l, r *Info) {
	switch {
	case l.Empty.State == Always:
		info.Empty = l.Empty
	case r.Empty.State == Always:
		info.Empty = r.Empty
	case info.Match != nil && info.Match.Never:
		info.Empty = Emptiness{Always, &Reason{Kind: NoMatch, Node: e, Word: info.Match.Label}}
	case l.Empty.State == Never && r.Empty.State == Never && !mayHoldHistogram(l) && !mayHoldHistogram(r) && (l.Scalar || r.Scalar || alone(e.VectorMatching, l.Labels, r.Labels)):
		info.Empty = Emptiness{State: Never}
	}
}

// alone reports whether two vectors match whatever their series: matched by no label at
// all.
func alone(m *parser.VectorMatching, l, r Labels) bool {
	if m != nil && m.On && len(m.MatchingLabels) == 0 {
		return true
	}
	return l.Closed() && r.Closed() && len(l.list) == 0 && len(r.list) == 0
}

// set infers and and unless.
func (in *Inferred) set(e *parser.BinaryExpr, info, l, r *Info) {
	match, foreign, metrics := info.Match, info.Foreign, info.Metrics
	*info = l.value()
	info.Match, info.Foreign, info.Metrics = match, foreign, metrics
	covered := r.Empty.State == Never && alone(e.VectorMatching, l.Labels, r.Labels)
	switch {
	case l.Empty.State == Always:
	case e.Op == parser.LAND && r.Empty.State == Always:
		info.Empty = r.Empty
	case e.Op == parser.LAND && match.Never:
		info.Empty = Emptiness{Always, &Reason{Kind: NoMatch, Node: e, Word: match.Label}}
	case e.Op == parser.LAND && !covered:
		info.Empty = Emptiness{}
	case e.Op == parser.LUNLESS && covered:
		info.Empty = Emptiness{Always, &Reason{Kind: Covered, Node: e}}
	case e.Op == parser.LUNLESS && r.Empty.State != Always && !match.Never:
		info.Empty = Emptiness{}
	}
	if e.Op == parser.LAND {
		info.Labels = matched(e.VectorMatching, info.Labels, r.Labels)
		in.narrowedBy(e, info, l, r)
	}
}

// matched narrows the labels of the left side by those of the right that they are
// matched on: what the right cannot have, the left does not have either.
func matched(m *parser.VectorMatching, l, r Labels) Labels {
	for _, one := range l.list {
		if !matchesOn(m, one.Name) {
			continue
		}
		right := r.exact(one.Name)
		if right != nil && right.Presence == Guaranteed && one.Presence < Guaranteed {
			sure := *one
			sure.Presence = Guaranteed
			l = l.with(sure)
		}
	}
	return l
}

// narrowedBy takes from "x and x > 5" that x is greater than 5 on both sides.
func (in *Inferred) narrowedBy(e *parser.BinaryExpr, info, l, r *Info) {
	if e.VectorMatching.On || len(e.VectorMatching.MatchingLabels) > 0 {
		return
	}
	left, right := filtered(e.LHS), filtered(e.RHS)
	of := in.infos[left]
	name := of.Labels.exact(nameLabel)
	one := name == nil && of.Labels.Closed() || name != nil && len(name.Values) == 1
	if !one || left.String() != right.String() {
		return // series of several names match each other
	}
	info.Values, info.Usual = l.Values.both(r.Values), l.Usual.both(r.Usual)
	if info.Values.Empty() && info.Empty.State != Always {
		info.Empty = Emptiness{Always, &Reason{Kind: Apart, Node: e}}
	}
}

// filtered returns the expression whose samples comparisons with numbers choose from.
func filtered(e parser.Expr) parser.Expr {
	for {
		e = Unparen(e)
		b, ok := e.(*parser.BinaryExpr)
		switch {
		case !ok || !b.Op.IsComparisonOperator() || b.ReturnBool:
			return e
		case b.RHS.Type() == parser.ValueTypeScalar:
			e = b.LHS
		case b.LHS.Type() == parser.ValueTypeScalar:
			e = b.RHS
		default:
			return e
		}
	}
}

// comparison infers a comparison: one that chooses samples, or one with bool.
func (in *Inferred) comparison(e *parser.BinaryExpr, info, l, r *Info) {
	info.Holds, info.Usually = holds(e.Op, l.Values, r.Values), holds(e.Op, l.Usual, r.Usual)
	if e.ReturnBool || info.Scalar {
		info.Type, info.UnitKnown, info.Unit = Bool, true, Unit{Mul: 1}
		info.Values = map[State]Bounds{Always: point(1), Never: point(0), Sometimes: {Lo: 0, Hi: 1, Int: true}}[info.Holds]
		info.Usual = info.Values
		info.Aggregated = nil
		info.Labels = in.resultLabels(e, l, r)
		in.joined(e, info, l, r)
		return
	}
	kept, other, op := l, r, e.Op
	if l.Scalar {
		kept, other, op = r, l, turned[e.Op]
	}
	match, state, usually := info.Match, info.Holds, info.Usually
	foreign, metrics := info.Foreign, info.Metrics
	*info = kept.value()
	info.Match, info.Holds, info.Usually, info.Foreign, info.Metrics = match, state, usually, foreign, metrics
	info.Values, info.Usual = narrowed(op, kept.Values, other.Values), narrowed(op, kept.Usual, other.Usual)
	info.Labels = in.resultLabels(e, l, r)
	info.Empty = Emptiness{}
	in.joined(e, info, l, r)
	switch {
	case info.Empty.State == Always:
	case state == Never:
		info.Empty = Emptiness{Always, &Reason{Kind: NeverTrue, Node: e}}
	case state != Always:
		info.Empty = Emptiness{}
	}
}

var turned = map[parser.ItemType]parser.ItemType{
	parser.LSS: parser.GTR, parser.GTR: parser.LSS, parser.LTE: parser.GTE, parser.GTE: parser.LTE, parser.EQLC: parser.EQLC, parser.NEQ: parser.NEQ,
}

// resultLabels returns the labels of an arithmetic operation or a comparison.
// Source: promql.resultMetric.
func (in *Inferred) resultLabels(e *parser.BinaryExpr, l, r *Info) Labels {
	m := e.VectorMatching
	many, one := l.Labels, r.Labels
	switch {
	case l.Scalar && r.Scalar:
		return Labels{}
	case l.Scalar:
		many = r.Labels
	case !r.Scalar && m.Card == parser.CardOneToMany:
		many, one = r.Labels, l.Labels
	}
	if !e.Op.IsComparisonOperator() || e.ReturnBool {
		many = many.nameless()
	}
	if l.Scalar || r.Scalar {
		return many
	}
	if in.Variable(e) {
		many.Open = true
		return many.nameless()
	}
	if m.Card == parser.CardOneToOne {
		if m.On {
			many = many.keep(m.MatchingLabels, e)
		} else if len(m.MatchingLabels) > 0 {
			many = many.without(m.MatchingLabels, e)
		}
	}
	many = matched(m, many, one)
	for _, name := range m.Include {
		from := one.Label(name)
		if from == nil && !one.Can(name) {
			many = many.without([]string{name}, e)
			continue
		}
		add := Label{Name: name, Presence: Possible, Origin: FromJoin}
		if from != nil {
			add = *from
			add.Name, add.Origin = name, FromJoin
		}
		many = many.with(add)
	}
	return many
}

// matchesOn reports whether two series must agree in a label.
func matchesOn(m *parser.VectorMatching, name string) bool {
	if m.On {
		return slices.Contains(m.MatchingLabels, name)
	}
	return name != nameLabel && !slices.Contains(m.MatchingLabels, name)
}

// matching says whether series of two label sets can match at all.
func matching(m *parser.VectorMatching, l, r Labels) *Match {
	found := &Match{}
	consider := func(name string) {
		if found.Never || !matchesOn(m, name) {
			return
		}
		left, lok := l.Values(name)
		right, rok := r.Values(name)
		one := &Match{Label: name, Left: l.Label(name), Right: r.Label(name)}
		switch {
		case lok && rok && !slices.ContainsFunc(left, func(v string) bool { return slices.Contains(right, v) }):
			one.Never = true
		case l.Must(name) && !r.Can(name), r.Must(name) && !l.Can(name):
			one.Never = true
		case !found.Unlikely && (declared(one.Left) && !r.Can(name) || declared(one.Right) && !l.Can(name)):
			one.Unlikely = true
		default:
			return
		}
		*found = *one
	}
	for _, l := range l.list {
		consider(l.Name)
	}
	for _, l := range r.list {
		consider(l.Name)
	}
	return found
}

func declared(l *Label) bool { return l != nil && l.Presence == Declared }

// arithmeticType returns the type of l op r.
func arithmeticType(op parser.ItemType, l, r *Info, u Unit, known bool) (t, of Type) {
	number := func(i *Info) bool { return i.Type == Number }
	switch {
	case number(l) && number(r):
		return Number, Unknown
	case known && u.Time:
		return Timestamp, Unknown
	case (op == parser.MUL || op == parser.DIV || op == parser.ADD || op == parser.SUB) && number(r) && l.Type != Bool && l.Type != InfoMetric:
		return scaled(l, u, known)
	case (op == parser.MUL || op == parser.ADD) && number(l) && r.Type != Bool && r.Type != InfoMetric:
		return scaled(r, u, known)
	case op == parser.MUL && (l.Type == InfoMetric || l.Type == Bool && l.Values.Lo == l.Values.Hi): // joins labels to it
		return r.Type, r.Of
	case op == parser.MUL && (r.Type == InfoMetric || r.Type == Bool && r.Values.Lo == r.Values.Hi):
		return l.Type, l.Of
	case op == parser.ADD && l.Type == r.Type && l.Of == r.Of:
		return l.Type, l.Of
	case op == parser.SUB && l.Type == r.Type && (l.Type == Rate || l.Type == Increase):
		return l.Type, l.Of
	}
	switch {
	case known && (u.Base == "ratio" || u.Base == "percent"):
		return Ratio, Unknown
	case known && u.Per == "" && isDuration(u.Base):
		return Duration, Unknown
	}
	if l.Type == Unknown || r.Type == Unknown {
		return Unknown, Unknown
	}
	return Gauge, Unknown
}

// scaled returns the type of a value times or plus a number.
func scaled(i *Info, u Unit, known bool) (t, of Type) {
	if known && !u.Time && i.Type == Timestamp {
		return Duration, Unknown
	}
	return i.Type, i.Of
}

// binaryUnit returns the unit of l op r.
func (in *Inferred) binaryUnit(e *parser.BinaryExpr, l, r *Info) (Unit, bool) {
	lv, lnum := l.literal()
	rv, rnum := r.literal()
	switch {
	case e.Op == parser.MUL && rnum:
		return l.Unit.times(rv), l.UnitKnown
	case e.Op == parser.MUL && lnum:
		return r.Unit.times(lv), r.UnitKnown
	case e.Op == parser.DIV && rnum && rv != 0:
		return l.Unit.times(1 / rv), l.UnitKnown
	case !l.UnitKnown || !r.UnitKnown:
		return Unit{}, false
	case e.Op == parser.MUL:
		return multiply(l, r)
	case e.Op == parser.DIV:
		return divide(l.Unit, r.Unit)
	case e.Op == parser.ADD || e.Op == parser.SUB:
		return sum(e.Op == parser.SUB, l.Unit, r.Unit, lnum, rnum)
	case e.Op == parser.MOD && rnum:
		return l.Unit, true
	}
	return Unit{}, false
}

// literal returns the number that an expression without metrics says.
func (i *Info) literal() (float64, bool) {
	v, ok := i.Values.Point()
	return v, ok && i.Type == Number && i.Scalar
}

// multiply returns the unit of l * r: of the other side where one is a plain number of
// nothing, such as a bool, an info metric or a ratio; of the thing where one is a rate
// or per-second value and the other a duration.
func multiply(l, r *Info) (Unit, bool) {
	a, b := l.Unit, r.Unit
	switch {
	case plain(b) || b.Base == "ratio" && b.Per == "":
		return a.times(b.scale()), true
	case plain(a) || a.Base == "ratio" && a.Per == "":
		return b.times(a.scale()), true
	case a.Per == "second" && b.Base == "seconds" && b.Per == "" && !b.Time:
		a.Per = ""
		return a.times(b.scale()), true
	case b.Per == "second" && a.Base == "seconds" && a.Per == "" && !a.Time:
		b.Per = ""
		return b.times(a.scale()), true
	}
	return Unit{}, false
}

func plain(u Unit) bool { return u.Base == "" && u.Per == "" && !u.Time }
