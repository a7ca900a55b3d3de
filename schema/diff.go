package schema

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Change is one difference between what two schemas promise. Compatible means that
// what was written against the old one still finds what it asks for and still means
// the same, whatever the metric's stability is; who is hit is not asked.
type Change struct {
	Metric     string // the name; of a renamed metric the old one
	Kind       string // one of the kinds that Diff lists
	Message    string // as in a Finding, without the metric's name
	Hint       string // as in a Finding; mostly empty
	Compatible bool
	Severity   Severity // what the metric's stability makes of it; see Severities
	Label      string   // that it is about; else empty
	Lost       []string // values that the label has no more, or bounds, as le has them, that are gone
	Gained     []string // values that the label has now
	Old, New   *Metric  // nil where it is added or removed
}

// String returns the change on one line.
func (c Change) String() string {
	if c.Severity == Note {
		return fmt.Sprintf("%s: %s", c.Metric, c.Message)
	}
	return fmt.Sprintf("%s: %s (%s)", c.Metric, c.Message, c.Severity)
}

// Diff returns what differs between the metrics of two schemas, sorted by metric, kind
// and message. Tombstones count as absent. today, as 2027-01-31, is the day that the
// dates of deprecations are held against; empty: they are not. The kinds, and what is
// incompatible:
//
//	added           never
//	revived         always: a tombstone's name is back, and may mean something else
//	removed         unless it was deprecated and may be removed by its date
//	renamed         unless the old name stays as an alias, or as for removed
//	type, unit      changed, or not told any more
//	certainty       a name that was exact depends on configuration, or is told in part only
//	label-added     always: matching with other series one to one ends
//	label-removed   always
//	label-values    a value of a closed set is gone
//	label-optional  a label that all series had is missing on some
//	const-labels    another value
//	buckets         a bound is gone, or they are not told any more
//	native          no native histogram any more, or only one
//	objectives      a quantile is gone
//	conditional     registered behind a condition now
//	initialised     series are not there before the first event any more
//	stability       lowered
//	deprecated      without a replacement or a date
//	aliases         the metric is not recorded under an old name any more
//	help, moved, annotation: never
//
// In short: to tell more is compatible, to tell less or otherwise is not. What a metric
// was renamed to is said by Renames; what else differs between the two follows under the
// old name. Where a rename is likely and nobody has said so, the removal's hint asks.
func Diff(old, new *Schema, today string) []Change {
	old, new = orEmpty(old), orEmpty(new)
	d := &differ{today: today, now: new}
	renamed := map[string]Rename{}
	successors := map[string]bool{}
	for _, r := range Renames(old, new) {
		renamed[r.Old.Name] = r
		successors[r.New.Name] = r.Certain
	}
	for _, o := range living(old) {
		n := lookupLiving(new, o.Name)
		d.likely = nil
		if r, ok := renamed[o.Name]; ok && r.Certain {
			n = r.New
		} else if ok {
			d.likely = r.New
		}
		d.metric(o, n)
	}
	for _, n := range living(new) {
		was := old.Lookup(n.Name)
		if !successors[n.Name] && (was == nil || was.RemovedIn != "") {
			d.metric(nil, n)
		}
		if was != nil && was.RemovedIn != "" {
			d.revived(was, n)
		}
	}
	slices.SortFunc(d.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message))
	})
	return d.changes
}

// living returns the entries of s that are no tombstones.
func living(s *Schema) []*Metric {
	return slices.DeleteFunc(slices.Clone(s.Metrics), func(m *Metric) bool { return m.RemovedIn != "" })
}

func lookupLiving(s *Schema, name string) *Metric {
	if m := s.Lookup(name); m != nil && m.RemovedIn == "" {
		return m
	}
	return nil
}

// A differ collects the changes between metrics.
type differ struct {
	today    string
	now      *Schema
	old, new *Metric
	likely   *Metric // what old was renamed to, if it was
	changes  []Change
}

// report adds a change and returns it, for more to be said of it.
func (d *differ) report(kind string, compatible bool, format string, args ...any) *Change {
	c := Change{
		Metric: cmp.Or(d.old, d.new).Name, Kind: kind, Message: fmt.Sprintf(format, args...), Compatible: compatible, Severity: Note, Old: d.old, New: d.new,
	}
	if !compatible {
		c.Severity = severityOf(kind, cmp.Or(d.old, d.new).Stability)
	}
	d.changes = append(d.changes, c)
	return &d.changes[len(d.changes)-1]
}

// oneSeries reports whether metrics of a type are one series each, under the metric's own
// name: what asks an untyped one gets the same answers where it is called a gauge or counter.
func oneSeries(t Type) bool { return t == Gauge || t == Counter }

// metric compares one metric with what became of it.
func (d *differ) metric(old, new *Metric) {
	d.old, d.new = old, new
	switch {
	case old == nil:
		d.report("added", true, "added")
		return
	case new == nil:
		d.removed()
		return
	case old.Name != new.Name && slices.Contains(new.Aliases, old.Name):
		d.report("renamed", true, "renamed to %q, which is recorded under the old name, too", new.Name)
	case old.Name != new.Name:
		c := d.report("renamed", d.announced(), "renamed to %q", new.Name)
		if old.Deprecated && !d.announced() {
			c.Severity = severityOf("removed", old.Stability)
			c.Message += fmt.Sprintf(" before its time: it was deprecated%s", deprecation(old))
		}
		c.Hint = fmt.Sprintf("dashgen accept --rename %s=%s keeps the old name as a recording rule", old.Name, new.Name)
		if old.Type != new.Type || old.Unit != new.Unit {
			c.Hint = fmt.Sprintf("dashgen accept --rename %s=%s; the old name is not recorded, since what it said was something else", old.Name, new.Name)
		}
	}
	d.word("certainty", "certainty", cmp.Or(string(old.Certainty), "exact"), cmp.Or(string(new.Certainty), "exact"), new.Certainty == Exact)
	d.word("type", "type", string(old.Type), string(new.Type), old.Type == "" || old.Type == Untyped && oneSeries(new.Type))
	d.word("unit", "unit", old.Unit, new.Unit, old.Unit == "")
	d.word("help", "help", old.Help, new.Help, true)
	d.labels()
	d.buckets()
	d.native()
	d.objectives()
	d.word("stability", "stability", old.Stability, new.Stability,
		promiseOf(old.Stability) <= promiseOf(new.Stability))
	d.registration()
	if !old.Deprecated || old.Name == new.Name {
		d.deprecation()
	}
	d.word("moved", "package", old.Package, new.Package, true)
	d.word("moved", "symbol", old.Symbol, new.Symbol, true)
	d.annotations()
	d.aliases()
}

// announced reports whether the old metric was deprecated and may go today.
func (d *differ) announced() bool {
	return d.old.Deprecated && (d.today == "" || !d.old.WindowOpen(d.today))
}

// removed reports that the old metric is gone.
func (d *differ) removed() {
	if told := d.toldOtherwise(); told != "" {
		d.report("certainty", d.old.Certainty == Pattern, "%s", told)
		return
	}
	switch {
	case d.announced():
		d.report("removed", true, "removed, having been deprecated%s", deprecation(d.old))
	case d.old.Deprecated:
		d.report("removed", false, "removed before its time: it was deprecated%s", deprecation(d.old))
	default:
		d.report("removed", false, "removed")
	}
	if d.likely != nil {
		c := &d.changes[len(d.changes)-1]
		c.Hint = fmt.Sprintf("if it is %q now: dashgen accept --rename %s=%[1]s", d.likely.Name, d.old.Name)
	}
}

// toldOtherwise says, of a metric whose entry is gone, that the source tells its name more
// or less exactly than before: empty where it is not so.
func (d *differ) toldOtherwise() string {
	var exact []string
	for _, m := range living(d.now) {
		if m.Certainty == Pattern && d.old.Certainty != Pattern && m.Type == d.old.Type && matches(m.Name, d.old.Name) {
			return fmt.Sprintf("its name is known in part only now: %q", m.Name)
		}
		if d.old.Certainty == Pattern && matches(d.old.Name, m.Name) {
			exact = append(exact, m.Name)
		}
	}
	switch len(exact) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("its name is told now: %q", exact[0])
	}
	return fmt.Sprintf("the names that it stands for are told now: %q and %d more", exact[0], len(exact)-1)
}

// revived reports that the new metric has a tombstone's name.
func (d *differ) revived(tomb, now *Metric) {
	d.old, d.new = tomb, now
	d.report("revived", false, "in the code again, having been removed in %q", tomb.RemovedIn)
}

// registration compares when there are series.
func (d *differ) registration() {
	switch old, new := d.old.Conditional, d.new.Conditional; {
	case !old && new:
		d.report("conditional", false, "registered behind a condition now: it may be absent")
	case old && !new:
		d.report("conditional", true, "not registered behind a condition any more")
	}
	switch old, new := d.old.Initialised, d.new.Initialised; {
	case old && !new:
		d.report("initialised", false, "series are not there before the first event any more: increase() misses it")
	case !old && new:
		d.report("initialised", true, "series are there before the first event")
	}
}

// word compares a key that holds one word or text.
func (d *differ) word(kind, key, old, new string, compatible bool) {
	switch {
	case old == new:
	case old == "":
		d.report(kind, compatible, "%s %q added", key, new)
	case new == "":
		d.report(kind, compatible, "%s %q removed", key, old)
	default:
		d.report(kind, compatible, "%s changed from %q to %q", key, old, new)
	}
}

// A domain is what a label can hold. A constant label holds one value.
type domain struct {
	values             []string // nil: any
	constant, optional bool
}

func domains(m *Metric) map[string]domain {
	all := map[string]domain{}
	for _, l := range m.Labels {
		all[l.Name] = domain{values: l.Values, optional: l.Optional}
	}
	for name, v := range m.ConstLabels {
		all[name] = domain{values: []string{v}, constant: true}
	}
	return all
}

func (d *differ) labels() {
	old, new := domains(d.old), domains(d.new)
	names := maps.Clone(old)
	maps.Copy(names, new)
	for name := range names {
		o, before := old[name]
		n, after := new[name]
		switch {
		case !before:
			d.report("label-added", false, "label %q added", name).Label = name
		case !after:
			d.report("label-removed", false, "label %q removed", name).Label = name
		default:
			d.label(name, o, n)
		}
	}
}

func (d *differ) label(name string, o, n domain) {
	lost, gained := minus(o.values, n.values), minus(n.values, o.values)
	closed := len(o.values) > 0 && len(n.values) > 0
	report := func(kind string, compatible bool, format string, args ...any) {
		c := d.report(kind, compatible, format, args...)
		if c.Label = name; closed {
			c.Lost, c.Gained = lost, gained
		}
	}
	switch {
	case o.constant && n.constant:
		if len(lost) > 0 {
			report("const-labels", false, "constant label %q changed from %q to %q", name, o.values[0], n.values[0])
		}
		return
	case o.constant:
		report("const-labels", !closed || len(lost) == 0, "constant label %q=%q is not constant any more", name, o.values[0])
	case n.constant:
		report("const-labels", !closed || len(lost) == 0, "label %q is constant now: %q", name, n.values[0])
	case closed:
		if len(lost) > 0 {
			report("label-values", false, "label %q lost the values %s", name, quoted(lost))
		}
		if len(gained) > 0 {
			report("label-values", true, "label %q has more values: %s", name, quoted(gained))
		}
	case len(n.values) > 0:
		report("label-values", true, "label %q has a closed set of values: %s", name, quoted(n.values))
	case len(o.values) > 0:
		report("label-values", true, "label %q has no closed set of values any more", name)
	}
	if !o.optional && n.optional {
		report("label-optional", false, "label %q is optional now", name)
	}
	if o.optional && !n.optional {
		report("label-optional", true, "label %q is not optional any more", name)
	}
}

// minus returns what a holds and b does not.
func minus[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return slices.Contains(b, x) })
}

func quoted(values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprintf("%q", v)
	}
	return strings.Join(list, ", ")
}

func (d *differ) buckets() {
	old, new := d.old.Buckets, d.new.Buckets
	lost, gained := minus(old, new), minus(new, old)
	bounds := func(c *Change) {
		c.Label = "le"
		for _, b := range lost {
			c.Lost = append(c.Lost, strconv.FormatFloat(b, 'g', -1, 64))
		}
	}
	switch {
	case len(old) == 0 && len(new) > 0:
		d.report("buckets", true, "buckets %v added", new)
	case len(old) > 0 && len(new) == 0 && d.new.Native != nil:
		bounds(d.report("native", false, "only a native histogram now: buckets %v removed", old))
	case len(old) > 0 && len(new) == 0:
		bounds(d.report("buckets", false, "buckets %v removed", old))
	default:
		if len(lost) > 0 {
			bounds(d.report("buckets", false, "bucket bounds %v removed", lost))
		}
		if len(gained) > 0 {
			d.report("buckets", true, "bucket bounds %v added", gained)
		}
	}
}

func (d *differ) native() {
	old, new := d.old.Native, d.new.Native
	switch {
	case old == nil && new != nil:
		d.report("native", true, "native histogram added")
	case old != nil && new == nil:
		d.report("native", false, "native histogram removed")
	case old != nil && *old != *new:
		d.report("native", true, "bucket factor changed from %v to %v", old.BucketFactor, new.BucketFactor)
	}
}

func (d *differ) objectives() {
	quantiles := func(list []Objective) map[float64]float64 {
		m := map[float64]float64{}
		for _, o := range list {
			m[o.Quantile] = o.Error
		}
		return m
	}
	old, new := quantiles(d.old.Objectives), quantiles(d.new.Objectives)
	for q, e := range old {
		if now, ok := new[q]; !ok {
			c := d.report("objectives", false, "quantile %v removed", q)
			c.Label, c.Lost = "quantile", []string{strconv.FormatFloat(q, 'g', -1, 64)}
		} else if now != e {
			d.report("objectives", true, "error of quantile %v changed from %v to %v", q, e, now)
		}
	}
	for q := range new {
		if _, ok := old[q]; !ok {
			d.report("objectives", true, "quantile %v added", q)
		}
	}
}

func (d *differ) deprecation() {
	old, new := d.old, d.new
	switch {
	case !old.Deprecated && new.Deprecated:
		c := d.report("deprecated", true, "deprecated%s", deprecation(new))
		if new.ReplacedBy == "" && new.RemoveAfter == "" {
			c.Severity = severityOf("deprecated", old.Stability)
			c.Hint = "say what to use and until when: //dashgen:deprecated use=NAME remove_after=2027-01-31"
		}
		return
	case old.Deprecated && !new.Deprecated:
		d.report("deprecated", true, "not deprecated any more")
		return
	}
	d.word("deprecated", "deprecated_since", old.DeprecatedSince, new.DeprecatedSince, true)
	d.word("deprecated", "replaced_by", old.ReplacedBy, new.ReplacedBy, true)
	d.word("deprecated", "remove_after", old.RemoveAfter, new.RemoveAfter, true)
	d.word("deprecated", "note", old.Note, new.Note, true)
}

// deprecation says a deprecation's details, each behind a comma or space.
func deprecation(m *Metric) string {
	var b strings.Builder
	if m.DeprecatedSince != "" {
		fmt.Fprintf(&b, " since %q", m.DeprecatedSince)
	}
	if m.ReplacedBy != "" {
		fmt.Fprintf(&b, ", replaced by %q", m.ReplacedBy)
	}
	if m.RemoveAfter != "" {
		fmt.Fprintf(&b, ", to be removed after %s", m.RemoveAfter)
	}
	return b.String()
}

func (d *differ) annotations() {
	d.word("annotation", "owner", d.old.Owner, d.new.Owner, true)
	d.word("annotation", "runbook", d.old.Runbook, d.new.Runbook, true)
	d.word("annotation", "how_to_use", d.old.HowToUse, d.new.HowToUse, true)
	if d.old.Essential != d.new.Essential {
		d.report("annotation", true, "essential changed from %t to %t", d.old.Essential, d.new.Essential)
	}
}

// aliases compares the old names under which the metric is recorded.
func (d *differ) aliases() {
	if added := minus(d.new.Aliases, d.old.Aliases); len(added) > 0 {
		d.report("aliases", true, "recorded as %s, too", quoted(added))
	}
	if gone := minus(d.old.Aliases, d.new.Aliases); len(gone) > 0 {
		d.report("aliases", false, "not recorded as %s any more", quoted(gone)).Lost = gone
	}
}
