package config

import (
	"fmt"
	"hash/fnv"
	"path"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// maxSize is the greatest size of dashgen.yaml, in bytes.
const maxSize = 1 << 20

// Parse reads dashgen.yaml. The Config is never nil: it holds the defaults and
// what could be read. Name, where it is not written, stays empty; [Load] knows it.
func Parse(file string, data []byte) (*Config, []schema.Finding) {
	return parse(file, data, "")
}

// parse reads with a name for where none is written.
func parse(file string, data []byte, name string) (*Config, []schema.Finding) {
	c := Default()
	c.File, c.Dir, c.Name = file, path.Dir(file), name
	doc, damage := source.YAML(file, data, maxSize)
	c.doc = doc
	r := &reader{}
	for _, f := range damage {
		f.Check = "config"
		r.findings = append(r.findings, f)
	}
	if doc.Root != nil && doc.Root.Kind != source.Null {
		c.Intervals.Evaluation, c.Intervals.Assumed = 0, doc.Root.Get("intervals").Get("scrape") == nil
		lists := [][]*source.Node{items(doc.Root.List("dashboards"), "rows", "panels"), items(doc.Root.List("alerts"), "rules"), doc.Root.Get("slos").List("objectives")}
		for _, p := range doc.Root.List("programs") {
			lists = append(lists, items(p.List("dashboards"), "rows", "panels"), items(p.List("alerts"), "rules"), p.Get("slos").List("objectives"))
		}
		r.attach(doc, lists...)
		root.read(r, doc.Root, c)
	}
	c.complete(r)
	return c, schema.SortFindings(r.findings)
}

// complete fills in the defaults that depend on other values.
func (c *Config) complete(r *reader) {
	if len(c.Platforms) == 0 {
		c.Platforms = Default().Platforms
	}
	if c.Intervals.Evaluation == 0 {
		c.Intervals.Evaluation = c.Intervals.Scrape
	}
	first := map[string]schema.Pos{}
	r.uids(c.Name, c.Dashboards, first)
	for _, p := range c.Programs {
		r.uids(p.Name, p.Dashboards, first)
	}
}

// uids gives the dashboards of a program their uids, and reports those that there are
// already.
func (r *reader) uids(program string, dashboards []Dashboard, first map[string]schema.Pos) {
	for i := range dashboards {
		d := &dashboards[i]
		if d.UID == "" {
			d.UID = UID(program, d.Title)
		}
		r.twin(first, d.UID, d.Pos, fmt.Sprintf("two dashboards have the uid %q", d.UID), "give one of them another uid")
	}
}

// UID returns the uid of a dashboard that has none: the program's name and the
// title as lower-case words joined by hyphens, without the name where the title
// begins with it, and with a hash at the end where that is too long for Grafana or
// leaves nothing.
func UID(name, title string) string {
	s := slug(title)
	if n := slug(name); s != n && !strings.HasPrefix(s, n+"-") {
		s = strings.Trim(n+"-"+s, "-")
	}
	const longest, hash = 40, 9
	if len(s) <= longest && slug(title) != "" {
		return s
	}
	h := fnv.New32a()
	h.Write([]byte(name + "\x00" + title))
	return strings.Trim(fmt.Sprintf("%s-%08x", strings.TrimRight(s[:min(len(s), longest-hash)], "-"), h.Sum32()), "-")
}

// slug keeps the letters and digits of ASCII.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return !('a' <= c && c <= 'z' || '0' <= c && c <= '9')
	})
	return strings.Join(words, "-")
}

// items returns the nodes of a list, then those of the lists below them under the
// given keys.
func items(list []*source.Node, below ...string) []*source.Node {
	all := list[:len(list):len(list)]
	if len(below) == 0 {
		return all
	}
	for _, n := range list {
		all = append(all, items(n.List(below[0]), below[1:]...)...)
	}
	return all
}

// attach turns the comments "# dashgen:ignore CHECK reason" into the ignores of
// the items that they speak of.
func (r *reader) attach(doc *source.Document, lists ...[]*source.Node) {
	r.ignores = map[*source.Node][]Ignore{}
	var all []*source.Node
	for _, l := range lists {
		all = append(all, l...)
	}
	of, rest := doc.Attach(all)
	for _, n := range all {
		if _, done := r.ignores[n]; done {
			continue // named by an alias
		}
		for _, d := range of[n] {
			if i, ok := r.directive(d); ok {
				r.ignores[n] = append(r.ignores[n], i)
			}
		}
	}
	for _, d := range rest {
		if i, ok := r.directive(d); ok {
			r.report(i.Pos, "write it on the line above a dashboard, a panel or a rule", "ignore of %q stands beside nothing that it could speak of", i.Check)
		}
	}
}

func (r *reader) directive(d source.Directive) (Ignore, bool) {
	if d.Name != "ignore" {
		r.report(d.Pos, r.suggest(d.Name, []string{"ignore"}), "unknown comment dashgen:%s", d.Name)
		return Ignore{}, false
	}
	i, f := ParseIgnore(d.Text, d.Pos)
	if f != nil {
		r.findings = append(r.findings, *f)
	}
	return i, f == nil
}

// ParseIgnore reads what follows "dashgen:ignore": the name of a check, the reason, and
// perhaps until=DAY as the last or the second word. An ignore without a reason accepts
// nothing; it is a finding.
func ParseIgnore(text string, pos schema.Pos) (Ignore, *schema.Finding) {
	check, reason, _ := strings.Cut(strings.TrimSpace(text), " ")
	i := Ignore{Check: check, Pos: pos}
	words := strings.Fields(reason)
	if n := len(words); n > 0 && strings.HasPrefix(words[n-1], "until=") {
		i.Until, words = words[n-1], words[:n-1]
	} else if n > 0 && strings.HasPrefix(words[0], "until=") {
		i.Until, words = words[0], words[1:]
	}
	i.Until = strings.TrimPrefix(i.Until, "until=")
	i.Reason = strings.TrimSpace(reason)
	if len(words) < len(strings.Fields(reason)) {
		i.Reason = strings.Join(words, " ")
	}
	f := &schema.Finding{Pos: pos, Check: "ignore-reason", Severity: schema.Error}
	_, day := time.Parse(time.DateOnly, i.Until)
	switch {
	case i.Check == "":
		f.Message, f.Hint = "ignore names no check", "dashgen:ignore CHECK the reason, in words"
	case i.Reason == "":
		f.Message, f.Hint = fmt.Sprintf("ignore of %q has no reason", i.Check), fmt.Sprintf("dashgen:ignore %s the reason, in words", i.Check)
	case day != nil && len(words) < len(strings.Fields(reason)):
		f.Message, f.Hint = fmt.Sprintf("ignore of %q holds until %q, which is no day", i.Check, i.Until), "write it as until=2027-01-31"
	default:
		return i, nil
	}
	return i, f
}

// Groups reads rule groups, the value of groups: in a rule file, and the ignores
// among its comments. It keeps what it can read; findings are of check "config".
func Groups(doc *source.Document, n *source.Node) ([]Group, []schema.Finding) {
	r := &reader{key: "groups", ruleFile: true}
	r.attach(doc, items(n.Items, "rules"))
	var groups []Group
	listOf(fileGroup.kind()).read(r, n, &groups)
	r.twins(groups)
	return groups, r.findings
}
