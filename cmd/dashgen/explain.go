package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/internal/lint"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/scanner"
	"github.com/dashgen/dashgen/schema"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain METRIC|ALERT|DASHBOARD|CHECK [packages]",
		Short: "Say everything that is known of a metric, an alert, a dashboard, a check or another part",
		Long: `Explain says, of a metric: what it is, where it is defined, how its name was put
together, expression by expression, and where its type and label values come from, how it
is looked at and why, which panels and alerts use it, and where people ask for it, in
dashgen.yaml and in the files that inputs: names; of an alert, theirs too: when it fires, in
words, and where it is plotted; of a dashboard, by its uid or title: its layout, one line a
panel with place, size, kind, title, unit and expressions ($ stands for the matchers on the
variables); of a check, an alert pattern, a panel kind or an instrumentation library: what it
does. Without an argument it lists the checks, patterns, panel kinds and
libraries.

With --needs it lists the alerts that lack a number which the source does not say, such as
the share of requests that may fail: what the number is, what the source has to propose, and
what to write where. None is invented, and nothing is derived until it is written.`,
		Example: `  dashgen explain shop_http_requests_total
  dashgen explain 'shop_queue_*' ./cmd/shop
  dashgen explain 'shop / Orders'
  dashgen explain counter-total
  dashgen explain --needs ./...
  dashgen explain`,
	}
	flags := sourceFlags(cmd)
	needs := cmd.Flags().Bool("needs", false, "list the alerts that lack a number, and what to write; arguments are packages")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out := cmd.OutOrStdout()
		if *needs {
			all, err := buildAll(cmd, flags.of(args))
			if err != nil {
				return err
			}
			if err := printFindings(cmd.ErrOrStderr(), unread(findingsOf(all))); err != nil && err != errFindings {
				return err
			}
			return listNeeds(out, all)
		}
		if len(args) == 0 {
			return listTopics(out)
		}
		if t, ok := findTopic(args[0]); ok {
			_, err := fmt.Fprintf(out, "%s (%s)\n\n%s\n", t.name, t.kind, wrap(t.doc, 90))
			return err
		}
		opts := flags.of(args[1:])
		opts.Explain = true
		all, err := buildAll(cmd, opts)
		if err != nil {
			return err
		}
		if err := printFindings(cmd.ErrOrStderr(), unread(findingsOf(all))); err != nil && err != errFindings {
			return err
		}
		hand := newInputReader(cmd.Context(), all)
		cfg, _, err := build.Config()
		if err != nil {
			return err
		}
		if err := hand.read(cfg.Dir, cfg.Inputs); err != nil { // what is wrong with them is lint's to say
			return err
		}
		return explain(out, args[0], all, hand)
	}
	return cmd
}

// A topic is a registered part that documents itself.
type topic struct{ kind, name, doc string }

// topics returns every check, pattern, panel kind and library, by kind and name.
func topics() []topic {
	var all []topic
	for _, c := range lint.Checks() {
		doc := c.Doc
		if c.Optional {
			doc += fmt.Sprintf("\n\nIt is off until dashgen.yaml asks for it: checks: {%s: info}.", c.Name)
		}
		all = append(all, topic{"check", c.Name, doc})
	}
	for _, p := range rules.Patterns() {
		all = append(all, topic{"alert pattern", p.Name, p.Doc})
	}
	for _, k := range render.PanelKinds() {
		all = append(all, topic{"panel kind", k.Name, k.Doc})
	}
	for _, l := range scanner.Libraries() {
		all = append(all, topic{"library", l.Name, l.Doc})
	}
	return all
}

func findTopic(name string) (topic, bool) {
	all := topics()
	if i := slices.IndexFunc(all, func(t topic) bool { return t.name == name }); i >= 0 {
		return all[i], true
	}
	return topic{}, false
}

func listTopics(out io.Writer) error {
	kind := ""
	for _, t := range topics() {
		if t.kind != kind {
			if kind != "" {
				fmt.Fprintln(out)
			}
			kind = t.kind
			fmt.Fprintf(out, "%s\n", map[string]string{"check": "Checks", "alert pattern": "Alert patterns", "panel kind": "Panel kinds", "library": "Instrumentation libraries"}[kind])
		}
		first, _, _ := strings.Cut(strings.ReplaceAll(t.doc, "\n", " "), ". ")
		if _, err := fmt.Fprintf(out, "  %-28s %s\n", t.name, strings.TrimSuffix(first, ".")); err != nil {
			return err
		}
	}
	return nil
}

// explain says what is known of a metric, a series or an alert, in each program that has
// it.
func explain(out io.Writer, name string, all []*build.Result, hand *inputReader) error {
	known := false
	for _, res := range all {
		var text bytes.Buffer
		in := lint.Input{Schema: res.Schema, Groups: res.Groups, Dashboards: hand.set.Dashboards, Rules: hand.set.Rules}
		if err := foreign(res, &in, hand.done); err != nil {
			return err
		}
		found, err := explainIn(&text, name, res, in)
		if err != nil {
			return err
		}
		if found && len(all) > 1 {
			fmt.Fprintf(out, "%s: ", res.Config.Name)
		}
		if _, err := out.Write(text.Bytes()); err != nil {
			return err
		}
		known = known || found
	}
	if known {
		return nil
	}
	hint := "'dashgen explain' lists the parts, 'dashgen scan' the metrics"
	if near := source.Nearest(name, explainable(all)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return usageError{fmt.Errorf("explain: %q is no metric, alert, dashboard, check, alert pattern, panel kind or library; %s", name, hint)}
}

// explainIn says what is known of a name in one program, if anything.
func explainIn(out io.Writer, name string, res *build.Result, in lint.Input) (found bool, err error) {
	m := res.Schema.Lookup(name)
	if m == nil {
		m, _ = res.Schema.Series(name)
	}
	if m != nil {
		return true, explainMetric(out, m, res, in)
	}
	for _, g := range slices.Concat(res.Groups, handGroups(in)) {
		for _, r := range g.Rules {
			if r.Name() == name {
				return true, explainRule(out, &r, g, res, in)
			}
		}
	}
	for _, b := range res.Boards {
		if b.UID == name || b.Title == name {
			_, err := io.WriteString(out, render.Text(b))
			return true, err
		}
	}
	return false, nil
}

// handGroups returns the rules that people wrote in files of their own.
func handGroups(in lint.Input) []plan.Group {
	var groups []plan.Group
	for _, f := range in.Rules {
		for _, g := range f.Groups {
			group := plan.Group{Name: g.Name}
			for _, r := range g.Rules {
				group.Rules = append(group.Rules, plan.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, For: r.For, KeepFiringFor: r.KeepFiringFor,
					Labels: r.Labels, Annotations: r.Annotations, Pos: r.Pos, ExprPos: r.ExprPos})
			}
			groups = append(groups, group)
		}
	}
	return groups
}

// explainable returns every name that explain has something to say of.
func explainable(all []*build.Result) []string {
	var names []string
	for _, res := range all {
		for _, m := range res.Schema.Metrics {
			names = append(names, m.Name)
		}
		for _, g := range res.Groups {
			for _, r := range g.Rules {
				names = append(names, r.Name())
			}
		}
		for _, b := range res.Boards {
			names = append(names, b.UID, b.Title)
		}
	}
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}

// A sheet prints "key  value" lines and leaves out empty values.
type sheet struct {
	out io.Writer
	err error
}

func (s *sheet) line(key, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text == "" || s.err != nil {
		return
	}
	_, s.err = fmt.Fprintf(s.out, "  %-14s %s\n", key, text)
}

func (s *sheet) list(key string, items []string) {
	for _, i := range items {
		s.line(key, "%s", i)
		key = ""
	}
}

func explainMetric(out io.Writer, m *schema.Metric, res *build.Result, in lint.Input) error {
	if _, err := fmt.Fprintf(out, "%s%s\n", m.Name, labelText(m)); err != nil {
		return err
	}
	s := &sheet{out: out}
	s.line("type", "%s", m.Type)
	s.line("unit", "%s", m.Unit)
	s.line("help", "%s", m.Help)
	if len(m.Buckets) > 0 {
		s.line("buckets", "%s", floats(m.Buckets))
	}
	if m.Native != nil {
		s.line("native", "histogram, bucket factor %v", m.Native.BucketFactor)
	}
	var objectives []string
	for _, o := range m.Objectives {
		objectives = append(objectives, fmt.Sprintf("%g with an error of %g", o.Quantile, o.Error))
	}
	s.line("quantiles", "%s", strings.Join(objectives, ", "))
	s.line("certainty", "%s", m.Certainty)
	if m.Conditional {
		s.line("registered", "behind a condition: not every run has it")
	}
	if m.Initialised {
		s.line("series", "there before the first event")
	}
	if m.Exemplars {
		s.line("exemplars", "some of what it counts or observes has one")
	}
	if !m.Pos.IsZero() {
		s.line("defined", "%s", m.Pos)
	}
	if pos := res.Schema.PosOf(m.Name); !pos.IsZero() {
		s.line("remembered", "%s", pos)
	}
	s.line("package", "%s", m.Package)
	s.line("symbol", "%s", m.Symbol)
	s.line("stability", "%s", m.Stability)
	var provs []schema.Provenance
	for _, d := range res.Scan.Metrics {
		if d.Name == m.Name {
			provs = append(provs, d.How...)
		}
	}
	s.how(provs)
	itself := func(text string) string { return text }
	s.line("life", "%s", render.Life(m, itself, itself))
	s.line("former names", "%s", strings.Join(m.Aliases, ", "))
	if m.Essential {
		s.line("essential", "it stands first on dashboards")
	}
	s.line("owner", "%s", m.Owner)
	s.line("runbook", "%s", m.Runbook)
	s.line("how to use", "%s", m.HowToUse)
	for _, sig := range slices.Concat(res.Signals, plan.Patterns(res.Schema, res.Config)) {
		if !slices.Contains(sig.Metrics, m) {
			continue
		}
		s.line("signal", "%s: %s", sig.Kind, sig.Why)
		for _, series := range sig.Series {
			s.line("", "%s", series.Expr.In("", "$__rate_interval"))
		}
	}
	if m.Type == schema.Counter || m.Type == schema.Gauge {
		s.line("labels", "%s", plan.KeptWhy(m))
	}
	s.list("panels", panelsWith(res, func(p *plan.Panel) bool { return slices.Contains(p.Metrics, m.Name) }))
	s.list("rules", rulesWith(res, m.Name))
	for _, n := range needsOf(res) {
		if n.Metric.Name == m.Name {
			s.line("alert lacks", "%s: %s", n.Pattern, n.Tells)
			s.need(&n)
		}
	}
	var uses []string
	for _, u := range lint.Uses(in, res.Config, m.Name) {
		uses = append(uses, fmt.Sprintf("%v: %v", u.Pos, u))
	}
	s.list("asked for at", uses)
	return s.err
}

func floats(fs []float64) string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strings.Join(out, " ")
}

func panelsWith(res *build.Result, with func(*plan.Panel) bool) []string {
	var out []string
	for _, b := range res.Boards {
		for _, row := range b.Rows {
			for _, p := range row.Panels {
				if with(&p) {
					out = append(out, fmt.Sprintf("%s: %s (%s, %s)", b.Title, p.Title, p.Kind, p.Unit))
					for _, why := range p.Why {
						out = append(out, "  "+why)
					}
				}
			}
		}
	}
	return out
}

func rulesWith(res *build.Result, metric string) []string {
	var out []string
	for _, g := range res.Groups {
		if g.Objective != nil && slices.Contains(g.Objective.Metrics, metric) {
			out = append(out, "objective "+objectiveText(g.Objective)+alertsText(g))
			continue // else a line for each window
		}
		for _, r := range g.Rules {
			if slices.Contains(r.Metrics, metric) {
				out = append(out, fmt.Sprintf("%s: %s", r.Name(), strings.Join(strings.Fields(r.Expr), " ")))
			}
		}
	}
	return out
}

func objectiveText(o *plan.Objective) string {
	return fmt.Sprintf("%s: %s%% over %s", o.Name, strconv.FormatFloat(100*o.Target, 'g', 8, 64), rules.Duration(o.Window))
}

// alertsText names the alerts of a group, each once.
func alertsText(g plan.Group) string {
	var names []string
	for _, r := range g.Rules {
		if r.Alert != "" && !slices.Contains(names, r.Alert) {
			names = append(names, r.Alert)
		}
	}
	return strings.Join(append([]string{""}, names...), ", ")
}

func explainRule(out io.Writer, r *plan.Rule, g plan.Group, res *build.Result, in lint.Input) error {
	if _, err := fmt.Fprintln(out, r.Name()); err != nil {
		return err
	}
	s := &sheet{out: out}
	s.line("group", "%s", g.Name)
	if o := g.Objective; o != nil {
		s.line("objective", "%s", objectiveText(o))
	}
	s.line("expression", "%s", strings.Join(strings.Fields(r.Expr), " "))
	if r.Alert != "" {
		world := plan.World(res.Schema, slices.Concat(res.Groups, handGroups(in)), res.Config)
		s.list("in words", strings.Split(wrap(strings.ReplaceAll(render.When(r, world), "`", ""), 90), "\n"))
	}
	if r.For > 0 {
		s.line("for", "%s", rules.Duration(r.For))
	}
	if r.KeepFiringFor > 0 {
		s.line("keeps firing", "%s", rules.Duration(r.KeepFiringFor))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		s.line(name, "%s", r.Labels[name])
	}
	s.line("summary", "%s", r.Annotations["summary"])
	s.line("description", "%s", r.Annotations["description"])
	if r.Alert != "" {
		s.line("runbook", "%s", cmp.Or(r.Annotations["runbook_url"], res.Config.Runbook(r.Alert)))
	}
	if r.Pattern != "" {
		s.line("derived by", "the pattern %s: 'dashgen explain %s'", r.Pattern, r.Pattern)
	}
	if !r.Pos.IsZero() {
		s.line("declared", "%s", r.Pos)
	}
	s.list("metrics", r.Metrics)
	s.list("panels", panelsWith(res, func(p *plan.Panel) bool { return slices.Contains(p.Alerts, r.Alert) }))
	return s.err
}

// wrap breaks a text into lines of at most width, keeping its paragraphs.
func wrap(text string, width int) string {
	var pars []string
	for _, par := range strings.Split(text, "\n\n") {
		var lines []string
		line := ""
		for _, w := range strings.Fields(par) {
			if line != "" && len(line)+1+len(w) > width {
				lines = append(lines, line)
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += w
		}
		pars = append(pars, strings.Join(append(lines, line), "\n"))
	}
	return strings.Join(pars, "\n\n")
}
