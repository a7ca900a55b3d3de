package schema

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Next stands in deprecated_since and removed_in for the release that is being made.
const Next = "next"

// A Scope says what was read to find metrics, by import path. The zero value says
// that the whole program was asked for and has no packages.
type Scope struct {
	Read    map[string]bool // read completely
	Unread  map[string]bool // not readable, or only in part; outweighs Read
	Partial bool            // part of the program was asked for: what is in neither set may exist
}

// whole reports whether everything was read that may use a metric.
func (s Scope) whole() bool { return !s.Partial && len(s.Unread) == 0 }

// gone reports whether a package is known not to define what was not found in it: it
// was read, or the program has no such package. The empty path, of what no Go package
// defines, counts as read unless it is in Unread.
func (s Scope) gone(pkg string) bool {
	switch {
	case s.Unread[pkg]:
		return false
	case pkg == "":
		return true
	}
	return s.Read[pkg] || !s.Partial
}

// Merge returns found, what code defines now, with what old, metrics.json, remembers:
//
//   - In code: the code's entry; where the program was not read as a whole, label values
//     that the old entry has stay, and a set that it does not have is open, since what was
//     not read may give more. If it is deprecated and the code names no release,
//     deprecated_since is what the old entry has, else "next". Aliases stay. If the old entry was a
//     tombstone, that is a finding ("revived-metric": a warning).
//   - Gone from code: the old entry becomes a tombstone, removed in "next", and that is
//     a finding ("removed-metric": a warning, a note if it was deprecated before). If
//     the code has a new metric in its place (see Diff), the tombstone names it as its
//     replacement. A tombstone stays as it is.
//   - In a package that was not read: the old entry, with Unread set, and a finding for
//     each package ("unread-package": a warning).
//
// Findings stand at the entry in metrics.json where there is one. Nothing blocks
// writing the result. Merging found again changes nothing. Tombstones in found count
// as absent; old and found may be nil, and neither is changed.
func Merge(old, found *Schema, scope Scope) (*Schema, []Finding) {
	m := &merger{old: orEmpty(old), found: orEmpty(found), scope: scope, renamed: map[string]string{}, unread: map[string][]string{}}
	m.out = &Schema{Version: Version, entries: maps.Clone(m.old.entries)}
	for _, r := range Renames(m.old, m.found) {
		if r.Certain {
			m.renamed[r.Old.Name] = r.New.Name
		}
	}
	for _, f := range m.found.Metrics {
		if f.RemovedIn == "" {
			m.out.Metrics = append(m.out.Metrics, m.inCode(f))
		}
	}
	for _, o := range m.old.Metrics {
		if now := m.found.Lookup(o.Name); now == nil || now.RemovedIn != "" {
			m.out.Metrics = append(m.out.Metrics, m.remembered(o))
		}
	}
	slices.SortFunc(m.out.Metrics, func(a, b *Metric) int { return cmp.Compare(a.Name, b.Name) })
	m.reportUnread()
	return m.out, SortFindings(m.findings)
}

func orEmpty(s *Schema) *Schema {
	if s == nil {
		return &Schema{}
	}
	return s
}

type merger struct {
	old, found, out *Schema
	scope           Scope
	renamed         map[string]string   // old name -> new name
	unread          map[string][]string // package -> entries kept
	findings        []Finding
}

// inCode returns the entry of a metric that code defines.
func (m *merger) inCode(f *Metric) *Metric {
	c := f.clone()
	c.Unread = false
	o := m.old.Lookup(f.Name)
	if o != nil {
		c.Aliases = some(o.Aliases)
	}
	if !m.scope.whole() {
		c.Labels = uniteValues(c.Labels, o)
	}
	if c.Deprecated && o != nil && o.Deprecated {
		c.DeprecatedSince = cmp.Or(c.DeprecatedSince, o.DeprecatedSince)
	}
	if c.Deprecated {
		c.DeprecatedSince = cmp.Or(c.DeprecatedSince, Next)
	}
	if o != nil && o.RemovedIn != "" {
		m.findings = append(m.findings, Finding{
			Pos: m.old.PosOf(o.Name), Check: "revived-metric", Severity: Warning,
			Message: fmt.Sprintf("metric %q is a tombstone, removed in %q, and is in the code again", o.Name, o.RemovedIn),
			Hint:    "if it means something else than before, give it another name",
			Related: related(f.Pos, "it is defined here"),
		})
	}
	return c
}

// uniteValues returns labels whose closed sets hold the values that old has, too. A set
// is open where old has none.
func uniteValues(labels []Label, old *Metric) []Label {
	out := slices.Clone(labels)
	for i, l := range out {
		var before *Label
		if old != nil {
			before = old.Label(l.Name)
		}
		if l.Values == nil || before == nil || before.Values == nil {
			out[i].Values = nil
			continue
		}
		out[i].Values = slices.Compact(slices.Sorted(slices.Values(slices.Concat(l.Values, before.Values))))
	}
	return out
}

// remembered returns the entry of a metric that was not found.
func (m *merger) remembered(o *Metric) *Metric {
	c := o.clone()
	c.Unread = false
	switch {
	case o.RemovedIn != "":
	case m.scope.gone(o.Package):
		m.reportRemoved(o)
		c.Deprecated, c.RemovedIn = true, Next
		c.ReplacedBy = cmp.Or(c.ReplacedBy, m.renamed[o.Name])
	default:
		c.Unread = true
		m.unread[o.Package] = append(m.unread[o.Package], o.Name)
	}
	return c
}

func (m *merger) reportRemoved(o *Metric) {
	f := Finding{
		Pos: m.old.PosOf(o.Name), Check: "removed-metric", Severity: Warning,
		Message: fmt.Sprintf("metric %q is gone from the code without having been deprecated", o.Name),
		Hint:    `put it back with the comment "// Deprecated: use NAME." for a release, or write "replaced_by" into its entry`,
	}
	if name := m.renamed[o.Name]; name != "" {
		f.Message = fmt.Sprintf("metric %q was renamed to %q without having been deprecated", o.Name, name)
		f.Hint = fmt.Sprintf(`dashgen accept --rename %s=%s keeps the old name as a recording rule; or expose both, the old one with the comment "// Deprecated: use %[2]s."`, o.Name, name)
		f.Related = related(m.found.Lookup(name).Pos, "the new name is defined here")
	}
	if o.Deprecated {
		f.Severity = Note
		f.Message = fmt.Sprintf("deprecated metric %q is gone from the code", o.Name)
		f.Hint = "its entry stays, so that queries on it can be told what to use"
	}
	m.findings = append(m.findings, f)
}

// related returns a place that a finding is about, or nothing where it is not known.
func related(pos Pos, message string) []Related {
	if pos.IsZero() {
		return nil
	}
	return []Related{{Pos: pos, Message: message}}
}

// reportUnread reports each package whose entries were kept unread.
func (m *merger) reportUnread() {
	for pkg, names := range m.unread {
		if pkg == "" {
			continue // what was damaged is a finding of its own
		}
		why, hint := "was not read completely", "mend what keeps it from loading and generate again"
		if !m.scope.Unread[pkg] {
			why, hint = "was not asked for", "name all packages of the program, for instance ./..."
		}
		kept := fmt.Sprintf("metric %q is", names[0])
		if len(names) > 1 {
			kept = fmt.Sprintf("%d metrics, %q the first, are", len(names), names[0])
		}
		m.findings = append(m.findings, Finding{
			Pos: m.old.PosOf(names[0]), Check: "unread-package", Severity: Warning,
			Message: fmt.Sprintf("package %q %s: its %s kept as before", pkg, why, kept),
			Hint:    hint,
		})
	}
}
