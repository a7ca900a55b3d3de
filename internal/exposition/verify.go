package exposition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// Options say how to hold families against a schema. The zero value knows of no name
// whose it is, and has no limit.
type Options struct {
	Owned       func(name string) bool      // whether a name that no code defines is this program's; nil: none is
	Expected    func(m *schema.Metric) bool // whether the program itself exposes it; nil: all are
	SeriesLimit int                         // series that one family may have; 0: no limit
	Stored      bool                        // read from Prometheus, where a label without a value is no label
}

// Verify compares what code promises with what was exposed. It returns what is wrong, and
// the names of families that somebody else defines. Findings stand where the metric is
// defined, or where it was exposed if no code defines it; the other place is related.
func Verify(s *schema.Schema, families []*Family, opts Options) (findings []schema.Finding, foreign []string) {
	exposed := map[string]*Family{}
	for _, f := range families {
		exposed[f.Name] = f
		m, _ := s.Series(f.Name)
		if m == nil {
			m = s.Lookup(f.Name)
		}
		switch {
		case m == nil && (opts.Owned == nil || !opts.Owned(f.Name)):
			foreign = append(foreign, f.Name)
		case m == nil:
			findings = append(findings, schema.Finding{Pos: f.Pos, Check: "unexpected-metric",
				Message: fmt.Sprintf("%q is exposed, but no code defines it", f.Name),
				Hint:    "scan the packages that the program is built of, or add a constructor: dashgen scan --unresolved"})
		case m.RemovedIn != "":
			findings = append(findings, schema.Finding{Pos: f.Pos, Check: "unexpected-metric",
				Message: fmt.Sprintf("%q is exposed, but it was removed in %s", f.Name, m.RemovedIn),
				Hint:    "the program that runs is older than the code"})
		default:
			findings = append(findings, compare(m, f, opts)...)
		}
	}
	var absent []schema.Finding
	owed := 0
	for _, m := range s.Metrics {
		if !opts.owes(m) {
			continue
		}
		owed++
		if exposed[m.Name] == nil {
			absent = append(absent, missing(m))
		}
	}
	if owed > 1 && len(absent) == owed {
		absent = []schema.Finding{{Check: "missing-metric",
			Message: fmt.Sprintf("none of the %d metrics is exposed that the code defines and that have to be there", owed),
			Hint:    "is it the address of this program, and its registry?"}}
	}
	return schema.SortFindings(append(findings, absent...)), foreign
}

// owes reports whether a metric has to be there: series without labels, and those that are
// made before the first event, are exposed from the start.
func (o Options) owes(m *schema.Metric) bool {
	if m.RemovedIn != "" || m.Certainty == schema.Pattern || m.Conditional || o.Expected != nil && !o.Expected(m) {
		return false
	}
	return m.Initialised || !slices.ContainsFunc(m.Labels, func(l schema.Label) bool { return !l.Optional })
}

func missing(m *schema.Metric) schema.Finding {
	f := schema.Finding{Pos: m.Pos, Check: "missing-metric",
		Message: fmt.Sprintf("%q is defined, but not exposed", m.Name),
		Hint:    "is it registered, and with the registry that is gathered?"}
	if m.Certainty == schema.Default {
		f.Severity = schema.Warning
		f.Hint = "a default is in its name: was the program started with another?"
	}
	return f
}

// comparisons hold one family against its metric, each with a check of its own.
var comparisons = []func(m *schema.Metric, f *Family, opts Options) []schema.Finding{
	compareType, compareUnit, compareBuckets, compareDeclared, compareSeen, compareSeries,
}

func compare(m *schema.Metric, f *Family, opts Options) []schema.Finding {
	var all []schema.Finding
	for _, c := range comparisons {
		for _, found := range c(m, f, opts) {
			found.Pos = m.Pos
			if m.Pos.IsZero() {
				found.Pos = f.Pos
			} else if !f.Pos.IsZero() {
				found.Related = append(found.Related, schema.Related{Pos: f.Pos, Message: "exposed here"})
			}
			all = append(all, found)
		}
	}
	return all
}

// asText are types that the text format has no word for, by what it says instead.
var asText = map[schema.Type]schema.Type{schema.Info: schema.Gauge, schema.StateSet: schema.Gauge}

func compareType(m *schema.Metric, f *Family, _ Options) []schema.Finding {
	if f.Type == "" || m.Type == "" || m.Type == schema.Untyped || f.Type == m.Type || asText[m.Type] == f.Type || asText[f.Type] == m.Type {
		return nil
	}
	return []schema.Finding{{Check: "wrong-type", Message: fmt.Sprintf("%q is a %s by its code, and exposed as a %s", f.Name, m.Type, f.Type)}}
}

func compareUnit(m *schema.Metric, f *Family, _ Options) []schema.Finding {
	if f.Unit == "" || m.Unit == "" || f.Unit == m.Unit {
		return nil
	}
	return []schema.Finding{{Check: "wrong-unit", Message: fmt.Sprintf("%q is in %s by its code, and exposed in %s", f.Name, m.Unit, f.Unit)}}
}

func compareBuckets(m *schema.Metric, f *Family, _ Options) []schema.Finding {
	if len(m.Buckets) == 0 || f.Series == 0 || len(f.Buckets) == 0 && f.Native || slices.Equal(m.Buckets, f.Buckets) {
		return nil
	}
	return []schema.Finding{{Check: "wrong-buckets",
		Message: fmt.Sprintf("%q has the bucket bounds %s by its code, and %s exposed", f.Name, bounds(m.Buckets), bounds(f.Buckets)),
		Hint:    "queries that compare le with a bound that is not there find nothing"}}
}

// bounds shows bucket bounds.
func bounds(list []float64) string {
	var words []string
	for _, b := range list {
		words = append(words, strconv.FormatFloat(b, 'g', -1, 64))
	}
	return "[" + shortList(words) + "]"
}

// shortList shows the first words of a list.
func shortList(words []string) string {
	const most = 12
	if len(words) > most {
		return fmt.Sprintf("%s … %d more", strings.Join(words[:most], " "), len(words)-most)
	}
	return strings.Join(words, " ")
}

// compareDeclared finds labels and values that the code does not declare.
func compareDeclared(m *schema.Metric, f *Family, _ Options) []schema.Finding {
	var all []schema.Finding
	for _, l := range f.Labels {
		if !m.HasLabel(l.Name) {
			if !slices.Equal(l.Values, []string{""}) {
				all = append(all, schema.Finding{Check: "undeclared-label", Message: fmt.Sprintf("%q is exposed with the label %q, which its code does not declare", f.Name, l.Name)})
			}
			continue
		}
		known := declaredValues(m, l.Name)
		if known == nil {
			continue
		}
		var others []string
		for _, v := range l.Values {
			if v != "" && !slices.Contains(known, v) {
				others = append(others, strconv.Quote(v))
			}
		}
		if len(others) > 0 {
			all = append(all, schema.Finding{Check: "undeclared-value",
				Message: fmt.Sprintf("label %q of %q is exposed with %s; its code gives it %s only", l.Name, f.Name, shortList(others), shortList(quoted(known)))})
		}
	}
	return all
}

// declaredValues returns the closed set of a label's values; nil: it is open.
func declaredValues(m *schema.Metric, name string) []string {
	if v, constant := m.ConstLabels[name]; constant {
		return []string{v}
	}
	return m.Label(name).Values
}

func quoted(list []string) []string {
	var words []string
	for _, s := range list {
		words = append(words, strconv.Quote(s))
	}
	return words
}

// compareSeen finds labels that no series carries.
func compareSeen(m *schema.Metric, f *Family, opts Options) []schema.Finding {
	if f.Series == 0 {
		return nil
	}
	var names []string
	for _, l := range m.Labels {
		if !l.Optional && !strings.Contains(l.Name, "*") {
			names = append(names, l.Name)
		}
	}
	names = append(names, sortedKeys(m.ConstLabels)...)
	var all []schema.Finding
	for _, name := range names {
		if f.label(name) != nil {
			continue
		}
		found := schema.Finding{Check: "unseen-label", Message: fmt.Sprintf("no series of %q carries the label %q, which its code declares", f.Name, name)}
		if opts.Stored {
			found.Severity = schema.Warning
			found.Hint = "Prometheus stores no label without a value: is it always empty?"
		}
		all = append(all, found)
	}
	return all
}

func compareSeries(m *schema.Metric, f *Family, opts Options) []schema.Finding {
	if opts.SeriesLimit == 0 || f.Series <= opts.SeriesLimit {
		return nil
	}
	widest := Label{}
	for _, l := range f.Labels {
		if len(l.Values) > len(widest.Values) {
			widest = l
		}
	}
	return []schema.Finding{{Check: "cardinality", Severity: schema.Warning,
		Message: fmt.Sprintf("%q has %d series, more than %d; label %q has most values", f.Name, f.Series, opts.SeriesLimit, widest.Name)}}
}
