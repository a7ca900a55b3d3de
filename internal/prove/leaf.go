package prove

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// A subject is an alert with all that its expression draws on.
type subject struct {
	world *query.World
	rules []engine.Rule // the recording rules that it needs, in their order, and the alert behind them
	exprs map[string][]parser.Expr

	tree    parser.Expr
	series  []*series
	numbers []float64       // that stand in the expressions, without repeats
	ranges  []time.Duration // of range selectors, and offsets
	reach   time.Duration   // how far back the expressions look
	shifts  bool            // a gauge's movement is asked for
	matched []matcher       // of all selectors, whose other values are worth a try

	mirrored bool // it draws on what alerts leave behind, its own too
}

// A matcher is one of a series that was made for it.
type matcher struct {
	of    *series
	m     *labels.Matcher
	other string // a value that it refuses
}

// newSubject reads an alert. The error says what of it no series are made for.
func newSubject(w *query.World, recorded []engine.Rule, alert engine.Rule) (*subject, error) {
	s := &subject{world: w, exprs: map[string][]parser.Expr{}}
	tree, err := query.Parse(alert.Expr)
	if err != nil {
		return nil, err
	}
	s.tree = tree
	var leaves []leaf
	needed := map[string]bool{}
	var visit func(text string, e parser.Expr, before time.Duration) error
	visit = func(text string, e parser.Expr, before time.Duration) error {
		in := query.Infer(text, e, w)
		found, reach, err := s.leavesOf(in, e)
		if err != nil {
			return err
		}
		s.reach = max(s.reach, before+reach)
		for _, l := range found {
			name := l.name
			var rules []engine.Rule
			for _, r := range recorded {
				if r.Record == name && name != "" {
					rules = append(rules, r)
				}
			}
			if len(rules) == 0 {
				leaves = append(leaves, l)
				s.mirrored = s.mirrored || name == "ALERTS" || name == "ALERTS_FOR_STATE"
				continue
			}
			if needed[name] {
				continue
			}
			needed[name] = true
			for _, r := range rules {
				inner, err := query.Parse(r.Expr)
				if err != nil {
					return err
				}
				s.exprs[name] = append(s.exprs[name], inner)
				if err := visit(r.Expr, inner, before+reach); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := visit(alert.Expr, tree, 0); err != nil {
		return nil, err
	}
	for _, r := range recorded {
		if needed[r.Record] {
			s.rules = append(s.rules, r)
		}
	}
	s.rules = append(s.rules, alert)
	slices.Sort(s.numbers)
	s.numbers = slices.Compact(s.numbers)
	return s, s.make(leaves)
}

// A leaf is a selector.
type leaf struct {
	name  string
	info  *query.Info
	vs    *parser.VectorSelector
	kind  kind
	extra []string // labels that the expression names; for a metric that is not known
}

// counting are the functions whose argument is a counter.
var counting = []string{"rate", "increase", "irate", "resets"}

// moving are those that ask how a gauge moves.
var moving = []string{"deriv", "predict_linear", "delta", "idelta", "changes", "double_exponential_smoothing"}

// leavesOf returns the selectors of an expression and how far back it looks.
func (s *subject) leavesOf(in *query.Inferred, e parser.Expr) ([]leaf, time.Duration, error) {
	var found []leaf
	var failed error
	var extra []string
	reach := 5 * time.Minute
	parser.Inspect(e, func(n parser.Node, path []parser.Node) error {
		switch n := n.(type) {
		case *parser.NumberLiteral:
			s.numbers = append(s.numbers, n.Val)
		case *parser.AggregateExpr:
			if !n.Without {
				extra = append(extra, n.Grouping...)
			}
		case *parser.BinaryExpr:
			if n.VectorMatching != nil && n.VectorMatching.On {
				extra = append(extra, n.VectorMatching.MatchingLabels...)
			}
		case *parser.Call:
			s.shifts = s.shifts || slices.Contains(moving, n.Func.Name)
		case *parser.MatrixSelector:
			s.ranges = append(s.ranges, n.Range)
		case *parser.SubqueryExpr:
			s.ranges = append(s.ranges, n.Range)
			if n.Timestamp != nil || n.StartOrEnd != 0 {
				failed = fmt.Errorf("the @ modifier looks at a time that a test does not choose")
			}
		case *parser.VectorSelector:
			if n.Timestamp != nil || n.StartOrEnd != 0 {
				failed = fmt.Errorf("the @ modifier looks at a time that a test does not choose")
			}
			l := leaf{vs: n, info: in.At(n)}
			for _, m := range n.LabelMatchers {
				if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
					l.name = m.Value
				}
			}
			if l.name == "" {
				failed = fmt.Errorf("%s selects no metric by name", n)
			}
			back, called := n.OriginalOffset, ""
			for _, up := range path {
				switch up := up.(type) {
				case *parser.MatrixSelector:
					back += up.Range
				case *parser.SubqueryExpr:
					back += up.Range + up.OriginalOffset
				case *parser.Call:
					called = up.Func.Name
				}
			}
			if n.OriginalOffset > 0 {
				s.ranges = append(s.ranges, n.OriginalOffset)
			}
			reach = max(reach, back)
			l.kind = kindOf(l, called)
			if l.info.Type == query.NativeHistogram {
				failed = fmt.Errorf("%s is a native histogram", l.name)
			}
			found = append(found, l)
		}
		return nil
	})
	for i := range found {
		found[i].extra = extra
	}
	return found, reach, failed
}

// kindOf says what sort of series a selector takes, by its type, or by what is done with it.
func kindOf(l leaf, called string) kind {
	switch l.info.Type {
	case query.Counter:
		return counter
	case query.Bucket:
		return histogram
	case query.Count, query.Sum:
		if l.info.Metric != nil && l.info.Metric.Type == schema.Histogram {
			return histogram
		}
		return counter
	case query.InfoMetric:
		return constant
	case query.Bool:
		return flag
	case query.Unknown:
		switch {
		case strings.HasSuffix(l.name, "_bucket"):
			return histogram
		case slices.Contains(counting, called):
			return counter
		}
	}
	return gauge
}

// make makes the series that the selectors take, and those that one refuses and another takes.
func (s *subject) make(leaves []leaf) error {
	prefer := map[string]string{}
	for pass := range 2 { // the values that matchers ask for are everybody's first choice
		for _, l := range leaves {
			ls, err := s.labels(l, prefer)
			if err != nil {
				return err
			}
			for _, m := range l.vs.LabelMatchers {
				if _, is := prefer[m.Name]; !is && m.Name != labels.MetricName && ls[m.Name] != "" {
					prefer[m.Name] = ls[m.Name]
				}
			}
			if pass == 1 {
				s.add(l, ls)
			}
		}
	}
	for _, l := range leaves {
		ls, err := s.labels(l, prefer)
		if err != nil {
			return err
		}
		of := s.add(l, ls)
		for _, m := range l.vs.LabelMatchers {
			if m.Name == labels.MetricName || m.Name == "le" || m.Name == "quantile" {
				continue
			}
			value, ok := refused(l, m)
			if !ok {
				continue
			}
			c := maps.Clone(ls)
			c[m.Name] = value
			if slices.ContainsFunc(leaves, func(o leaf) bool { return baseName(o) == baseName(l) && takes(o, c) }) {
				s.add(l, c)
			}
			if !slices.ContainsFunc(s.matched, func(o matcher) bool { return o.of == of && o.m.Name == m.Name && o.other == value }) {
				s.matched = append(s.matched, matcher{of, m, value})
			}
		}
	}
	if len(s.series) > 24 {
		return fmt.Errorf("it draws on %d series, which is more than are searched through", len(s.series))
	}
	return nil
}

// baseName returns the name that all series of a histogram share.
func baseName(l leaf) string {
	if l.kind != histogram {
		return l.name
	}
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		if name, ok := strings.CutSuffix(l.name, suffix); ok {
			return name
		}
	}
	return l.name
}

func takes(l leaf, ls engine.Labels) bool {
	for _, m := range l.vs.LabelMatchers {
		if m.Name != labels.MetricName && m.Name != "le" && !m.Matches(ls[m.Name]) {
			return false
		}
	}
	return true
}

// add adds the series of a selector, unless it is there.
func (s *subject) add(l leaf, ls engine.Labels) *series {
	one := &series{name: baseName(l), labels: ls, kind: l.kind, parts: map[string]bool{}, values: map[string][]string{}}
	at := slices.IndexFunc(s.series, func(o *series) bool { return o.String() == one.String() })
	if at < 0 {
		at = len(s.series)
		s.series = append(s.series, one)
		for _, label := range l.info.Before.All() {
			one.values[label.Name] = label.Values
		}
		if l.kind == histogram {
			one.bounds = []float64{0.1, 1, 10}
			if m := l.info.Metric; m != nil && len(m.Buckets) > 0 && !slices.Contains(m.Untold, "buckets") {
				one.bounds = slices.DeleteFunc(slices.Clone(m.Buckets), func(v float64) bool { return math.IsInf(v, 0) })
			}
		}
	}
	one = s.series[at]
	if l.kind == histogram {
		one.parts[strings.TrimPrefix(l.name, one.name)] = true
	}
	if m := l.info.Metric; l.kind == histogram && (m == nil || len(m.Buckets) == 0) {
		for _, m := range l.vs.LabelMatchers {
			if v, err := strconv.ParseFloat(m.Value, 64); m.Name == "le" && err == nil && !math.IsInf(v, 0) && !slices.Contains(one.bounds, v) {
				one.bounds = append(one.bounds, v)
				slices.Sort(one.bounds)
			}
		}
	}
	return one
}

// labels returns the labels of a series that a selector takes.
func (s *subject) labels(l leaf, prefer map[string]string) (engine.Labels, error) {
	ls := engine.Labels{}
	set := func(name string, values []string) error {
		switch {
		case ls[name] != "" || name == labels.MetricName || name == "le" && l.kind == histogram:
			return nil
		case strings.Contains(name, "*"):
			return nil
		}
		var try []string
		if v, is := prefer[name]; is && (values == nil || slices.Contains(values, v)) {
			try = append(try, v)
		}
		try = append(try, values...)
		if values == nil {
			for _, m := range l.vs.LabelMatchers {
				if m.Name == name {
					try = append(try, wanted(m)...)
				}
			}
			if name == "instance" {
				try = append(try, "a:9090")
			}
			try = append(try, "a", "b", "0", "1", "500", "example")
		}
		try = append(try, "")
		for _, v := range try {
			ok := true
			for _, m := range l.vs.LabelMatchers {
				ok = ok && (m.Name != name || m.Matches(v))
			}
			if ok {
				if v != "" {
					ls[name] = v
				}
				return nil
			}
		}
		return fmt.Errorf("no value of label %s is known that %s takes", name, l.vs)
	}
	of := l.info.Before
	for _, one := range of.All() {
		if one.Presence >= query.Declared {
			if err := set(one.Name, one.Values); err != nil {
				return nil, err
			}
		}
	}
	var names []string
	for _, m := range l.vs.LabelMatchers {
		names = append(names, m.Name)
	}
	if of.Open {
		names = append(append(names, l.extra...), s.world.Targets.Certain...)
	}
	for _, name := range names {
		var values []string
		if one := of.Label(name); one != nil {
			values = one.Values
		}
		if err := set(name, values); err != nil {
			return nil, err
		}
	}
	return ls, nil
}

// twins adds for each series one of another instance and, for each label of its own whose value
// no matcher asks for, one of another value. It reports whether there are any.
func (s *subject) twins() bool {
	was := s.series
	for _, one := range was {
		for _, name := range slices.Sorted(maps.Keys(one.labels)) {
			if name == "job" || slices.ContainsFunc(s.matched, func(m matcher) bool { return m.of == one && m.m.Name == name }) {
				continue
			}
			n := *one
			n.labels = maps.Clone(one.labels)
			n.labels[name] = another(one, name)
			if !slices.ContainsFunc(s.series, func(o *series) bool { return o.String() == n.String() }) {
				s.series = append(s.series, &n)
			}
		}
	}
	return len(s.series) > len(was) && len(s.series) <= 24
}

// another returns a second value of a label.
func another(one *series, label string) string {
	if label == "instance" {
		return "b:9090"
	}
	for _, v := range one.values[label] {
		if v != "" && v != one.labels[label] {
			return v
		}
	}
	return "another"
}

// wanted returns values that a matcher may take: what it spells.
func wanted(m *labels.Matcher) []string {
	switch m.Type {
	case labels.MatchEqual:
		return []string{m.Value}
	case labels.MatchRegexp:
		var list []string
		for _, part := range strings.Split(strings.Trim(m.Value, "^()$"), "|") {
			list = append(list, part, strings.NewReplacer(".+", "a", ".*", "a", "..", "00", ".", "0", "[0-9]", "0", "\\d", "0", "\\", "").Replace(part))
		}
		return list
	}
	return nil
}

// refused returns a value of the label that a matcher refuses, of those that it can have.
func refused(l leaf, m *labels.Matcher) (string, bool) {
	var try []string
	one := l.info.Before.Label(m.Name)
	switch {
	case one != nil && one.Values != nil:
		try = one.Values
	case m.Type == labels.MatchNotEqual, m.Type == labels.MatchNotRegexp:
		inverse, err := m.Inverse()
		if err != nil {
			return "", false
		}
		try = wanted(inverse)
	default:
		try = []string{"other", "b", "z"}
	}
	for _, v := range try {
		if v != "" && !m.Matches(v) {
			return v, true
		}
	}
	return "", false
}
