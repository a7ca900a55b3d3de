package schema

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// This file holds what a person says about metrics that changed.

// AcceptRename says that the tombstone old and the metric new are the same. The tombstone
// names new as its replacement, until the day that until, as 2027-01-31, says; empty: no
// day is said. new gets old as an alias, under which recording rules keep it, unless the
// two differ in type or unit: then a query on the old name would mean something else, and
// bridged is false. Names that were aliases of old are such of new from now on.
func (s *Schema) AcceptRename(old, new, until string) (bridged bool, err error) {
	tomb, n := s.Lookup(old), s.Lookup(new)
	switch _, dateErr := time.Parse(time.DateOnly, until); {
	case tomb == nil:
		return false, fmt.Errorf("rename %s: metrics.json has no metric of that name", old)
	case tomb.RemovedIn == "":
		return false, fmt.Errorf("rename %s: the code still defines it", old)
	case n == nil || n.RemovedIn != "":
		return false, fmt.Errorf("rename %s to %s: no code defines %[2]s", old, new)
	case until != "" && dateErr != nil:
		return false, fmt.Errorf("rename %s: %q is no date: write it as YYYY-MM-DD", old, until)
	}
	tomb.ReplacedBy = new
	if until != "" {
		tomb.RemoveAfter = until
	}
	exact := tomb.Certainty != Pattern && n.Certainty != Pattern
	if bridged = exact && tomb.Type == n.Type && tomb.Unit == n.Unit; bridged {
		n.Aliases = set(append(n.Aliases, append(tomb.Aliases, old)...))
		tomb.Aliases = nil
	}
	return bridged, nil
}

// CloseAlias takes a name out of the aliases of the metric that has it.
func (s *Schema) CloseAlias(name string) error {
	for _, m := range s.Metrics {
		if i := slices.Index(m.Aliases, name); i >= 0 {
			m.Aliases = slices.Delete(m.Aliases, i, i+1)
			if len(m.Aliases) == 0 {
				m.Aliases = nil
			}
			return nil
		}
	}
	return fmt.Errorf("close %s: no metric has it as an alias", name)
}

// Release writes the name of a release where the schema says Next, and returns in how many
// entries.
func (s *Schema) Release(name string) (int, error) {
	if name == Next || strings.TrimSpace(name) != name || name == "" {
		return 0, fmt.Errorf("release %q: give the name of a release, such as 1.4", name)
	}
	n := 0
	for _, m := range s.Metrics {
		before := *m
		for _, key := range []*string{&m.DeprecatedSince, &m.RemovedIn} {
			if *key == Next {
				*key = name
			}
		}
		if m.DeprecatedSince != before.DeprecatedSince || m.RemovedIn != before.RemovedIn {
			n++
		}
	}
	return n, nil
}

// SeriesNames returns the names of a metric's series, as one that is called name has them:
// what Series finds it by. A pattern has none.
func (m *Metric) SeriesNames(name string) []string {
	if m.Certainty == Pattern {
		return nil
	}
	var names []string
	if m.Type != Histogram || m.Native != nil || len(m.Buckets) == 0 {
		names = append(names, name)
	}
	if m.Type == Histogram && m.Native != nil && len(m.Buckets) == 0 {
		return names
	}
	for _, suffix := range suffixes[m.Type] {
		names = append(names, name+suffix)
	}
	return names
}
