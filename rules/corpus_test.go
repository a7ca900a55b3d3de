package rules

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/schematest"
	"github.com/dashgen/dashgen/scanner"
	"github.com/dashgen/dashgen/schema"
)

var update = flag.Bool("update", false, "rewrite what the archives of testdata/alert expect")

// An archive of testdata/alert says in its comment what it is about and holds
//
//	metrics             in the form of schematest, with //dashgen: lines above them
//	dashgen.yaml        may be missing
//	needs               what the patterns ask for, as text; may be missing where that is nothing
//	answers             the numbers given, name and number a line: the directives that the needs
//	                    propose and that lack no other are written above their metrics
//	rules               the rules expected, as text
//	fires: NAME         series, a value a minute; then, behind an empty line, the timeline
//	quiet: NAME         expected; a scenario that fires has a firing in it, a quiet one none
//
// A scenario ends with its last value.
type archive struct {
	file string
	txtar.Archive
	cfg      *config.Config
	schema   *schema.Schema
	groups   []plan.Group
	findings []schema.Finding
	needs    []Need // before the answers
	open     []Need // behind them
}

func corpus(t *testing.T) []*archive {
	t.Helper()
	files, err := filepath.Glob("../testdata/alert/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	var all []*archive
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(strings.TrimSpace(string(ar.Comment))) == 0 {
			t.Errorf("%s does not say what it is about", file)
		}
		a := &archive{file: file, Archive: *ar}
		a.derive(t)
		all = append(all, a)
	}
	return all
}

// part returns the named part of an archive.
func (a *archive) part(name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// derive makes the rules of an archive.
func (a *archive) derive(t *testing.T) {
	t.Helper()
	a.cfg = config.Default()
	if text := a.part("dashgen.yaml"); text != "" {
		var fs []schema.Finding
		if a.cfg, fs = config.Parse("dashgen.yaml", []byte(text)); len(fs) > 0 {
			t.Fatal(a.file, fs)
		}
	}
	if a.cfg.Name == "" {
		a.cfg.Name = "shop"
	}
	s := metrics(t, a.part("metrics"))
	a.schema = s
	signals := plan.Signals(s, a.cfg)
	a.groups, a.findings = Derive(signals, s, a.cfg)
	a.needs = Needs(signals, s, a.cfg, a.groups)
	if answers := a.part("answers"); answers != "" {
		a.answer(t, s, strings.Fields(answers))
		a.groups, a.findings = Derive(signals, s, a.cfg)
		a.open = Needs(signals, s, a.cfg, a.groups)
	}
}

// answer writes the directives that the needs propose above their metrics, the blanks filled in.
func (a *archive) answer(t *testing.T, s *schema.Schema, numbers []string) {
	t.Helper()
	for i := 0; i < len(numbers); i += 2 {
		numbers[i] = "<" + numbers[i] + ">"
	}
	fill := strings.NewReplacer(numbers...)
	for _, n := range a.needs {
		for _, line := range n.Directives() {
			line = fill.Replace(line)
			if blank.MatchString(line) {
				continue
			}
			d, err := scanner.ParseDirective(line, schema.Pos{File: "metrics.go", Line: 1, Col: 1})
			if err != nil {
				t.Fatal(a.file, err)
			}
			n.Metric.Directives = append(n.Metric.Directives, d)
		}
	}
}

var blank = regexp.MustCompile(`<[a-z]+>`)

// Both forms of what is proposed are read: directives by the archives with answers, entries of
// dashgen.yaml here.
func TestNeedsYAML(t *testing.T) {
	for _, a := range corpus(t) {
		fill := strings.NewReplacer("<percent>", "99.9", "<bound>", "0.1")
		for _, n := range a.needs {
			text := "version: 1\n"
			alert, objective := n.YAML()
			if alert != "" {
				alert = blank.ReplaceAllString(alert, "0.5")
				text += "alerts: [{name: shop, rules: [" + alert + "]}]\n"
			}
			if objective != "" {
				text += "slos: {objectives: [" + fill.Replace(objective) + "]}\n"
			}
			cfg, fs := config.Parse("dashgen.yaml", []byte(text))
			if cfg != nil && len(fs) == 0 {
				_, fs = configured(cfg)
			}
			if len(fs) > 0 || alert == "" && objective == "" {
				t.Errorf("%s: %s for %s: %v\n%s", a.file, n.Pattern, n.Metric.Name, fs, text)
			}
			for _, line := range n.Directives() {
				if !blank.MatchString(line) {
					t.Errorf("%s: %s lacks nothing", a.file, line)
				}
			}
		}
	}
}

// needText writes what is asked for.
func needText(needs []Need) string {
	var b strings.Builder
	for _, n := range needs {
		fmt.Fprintf(&b, "%s %s: %s\n", n.Pattern, n.Metric.Name, n.Tells)
		for _, x := range n.Blanks {
			fmt.Fprintf(&b, "    <%s> %s: %s\n", x.Name, x.Means, x.From)
		}
		for _, line := range n.Directives() {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	return b.String()
}

// metrics reads metrics with the directives that stand above them. The file is metrics.go,
// and columns and lines are the text's.
func metrics(t *testing.T, text string) *schema.Schema {
	t.Helper()
	var lines []string
	above := map[string][]schema.Directive{}
	var waiting []schema.Directive
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "//dashgen:") {
			d, err := scanner.ParseDirective(line, schema.Pos{File: "metrics.go", Line: i + 1, Col: 1})
			if err != nil {
				t.Fatal(err)
			}
			waiting = append(waiting, d)
			continue
		}
		lines = append(lines, line)
		above[line] = waiting
		waiting = nil
	}
	s, err := schematest.Parse(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range s.Metrics {
		for line, ds := range above {
			if rest, ok := strings.CutPrefix(line, string(m.Type)+" "+m.Name); ok && (rest == "" || rest[0] == ' ' || rest[0] == '{') {
				m.Directives = ds
			}
		}
	}
	sorted, fs := schema.New(s.Metrics)
	if len(fs) > 0 {
		t.Fatal(fs)
	}
	return sorted
}

// text writes rules, a line each; annotations on lines of their own.
func text(groups []plan.Group) string {
	var b strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&b, "%s:\n", g.Name)
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "%s: %s", r.Name(), strings.Join(strings.Fields(r.Expr), " "))
			if r.For > 0 {
				fmt.Fprintf(&b, " | for %s", Duration(r.For))
			}
			if r.KeepFiringFor > 0 {
				fmt.Fprintf(&b, " | keep %s", Duration(r.KeepFiringFor))
			}
			for _, k := range slices.Sorted(maps.Keys(r.Labels)) {
				fmt.Fprintf(&b, " | %s=%s", k, r.Labels[k])
			}
			b.WriteByte('\n')
			for _, k := range slices.Sorted(maps.Keys(r.Annotations)) {
				fmt.Fprintf(&b, "    %s: %s\n", k, r.Annotations[k])
			}
		}
	}
	return b.String()
}

func TestRules(t *testing.T) {
	for _, a := range corpus(t) {
		t.Run(strings.TrimSuffix(filepath.Base(a.file), ".txtar"), func(t *testing.T) {
			got := text(a.groups)
			for _, f := range a.findings {
				got += fmt.Sprintf("%v: %s (%s)\n", f.Pos, f.Message, f.Check)
			}
			a.expect(t, "rules", got)
			a.expect(t, "needs", needText(a.needs))
			for _, n := range a.open {
				t.Errorf("%s asks for %s although it was answered", n.Pattern, n.Metric.Name)
			}
		})
	}
}

// expect compares a part with what was got, or rewrites it.
func (a *archive) expect(t *testing.T, name, got string) {
	t.Helper()
	if a.part(name) == got {
		return
	}
	if !*update {
		t.Errorf("%s: %s: got\n%s\nwant\n%s", a.file, name, got, a.part(name))
		return
	}
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		i = 1 + slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "rules" })
		a.Files = slices.Insert(a.Files, i, txtar.File{Name: name})
	}
	a.Files[i].Data = []byte(got)
	if err := os.WriteFile(a.file, txtar.Format(&a.Archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBehaviour(t *testing.T) {
	for _, a := range corpus(t) {
		for _, f := range slices.Clone(a.Files) {
			kind, _, ok := strings.Cut(f.Name, ": ")
			if !ok {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(a.file), ".txtar")+"/"+f.Name, func(t *testing.T) {
				series, _, _ := strings.Cut(string(f.Data), "\n\n")
				got := a.run(t, series)
				a.expect(t, f.Name, strings.TrimSpace(series)+"\n\n"+got)
				if fired := strings.Contains(got, " firing "); fired != (kind == "fires") {
					t.Errorf("it is to be %s, and fired is %v", kind, fired)
				}
			})
		}
	}
}

// run returns the timelines of an archive's alerts over series.
func (a *archive) run(t *testing.T, series string) string {
	t.Helper()
	store, err := engine.Load(time.Minute, series)
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(store, engine.Options{Evaluation: a.cfg.Intervals.Evaluation})
	from := time.Unix(0, 0)
	out, err := e.Run(context.Background(), engineGroups(a.groups), from, store.End())
	if err != nil {
		t.Fatal(err)
	}
	for i := range out.Timelines {
		delete(out.Timelines[i].Labels, "severity")
		for _, c := range out.Timelines[i].Changes {
			for name, text := range c.Annotations {
				if strings.Contains(text, "<no value>") || strings.Contains(text, "error expanding") {
					t.Errorf("%s: annotation %s is %q", out.Timelines[i].Alert, name, text)
				}
			}
		}
	}
	return out.Text(from)
}

func engineGroups(groups []plan.Group) []engine.Group {
	var all []engine.Group
	for _, g := range groups {
		one := engine.Group{Name: g.Name, Interval: g.Interval}
		for _, r := range g.Rules {
			one.Rules = append(one.Rules, engine.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, For: r.For, KeepFiringFor: r.KeepFiringFor, Labels: r.Labels, Annotations: r.Annotations})
		}
		all = append(all, one)
	}
	return all
}

// Every pattern says what it is and has a corpus: one scenario that fires, two that do
// not, and rules that it derived.
func TestPatterns(t *testing.T) {
	all := corpus(t)
	for _, p := range Patterns() {
		if !strings.HasSuffix(p.Doc, ".") || p.Alerts == nil && p.Needs == nil {
			t.Errorf("pattern %s is incomplete", p.Name)
		}
		i := slices.IndexFunc(all, func(a *archive) bool { return filepath.Base(a.file) == p.Name+".txtar" })
		if i < 0 {
			t.Errorf("pattern %s has no testdata/alert/%s.txtar", p.Name, p.Name)
			continue
		}
		count := map[string]int{}
		for _, f := range all[i].Files {
			kind, _, _ := strings.Cut(f.Name, ": ")
			count[kind]++
		}
		if count["fires"] < 1 || count["quiet"] < 2 {
			t.Errorf("%s: %d scenarios fire and %d are quiet; at least one and two are needed", all[i].file, count["fires"], count["quiet"])
		}
		derived := slices.ContainsFunc(all[i].needs, func(n Need) bool { return n.Pattern == p.Name })
		for _, g := range all[i].groups {
			for _, r := range g.Rules {
				derived = derived || r.Pattern == p.Name
			}
		}
		if !derived {
			t.Errorf("%s: pattern %s derives nothing", all[i].file, p.Name)
		}
	}
}

// What the reference asks of every derived alert: a severity, annotations, names of their own, `for` of two
// evaluations or a range, and never both, a range of four scrapes, silence of the engine.
func TestDerivedForm(t *testing.T) {
	for _, a := range corpus(t) {
		names := map[string]bool{}
		for _, g := range a.groups {
			for _, r := range g.Rules {
				if r.Pattern == "" {
					continue
				}
				if names[r.Alert] {
					t.Errorf("%s: two alerts are called %s", a.file, r.Alert)
				}
				names[r.Alert] = true
				if !slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
					t.Errorf("%s: %s has labels %v, annotations %v", a.file, r.Alert, r.Labels, r.Annotations)
				}
				if strings.Contains(r.Annotations["summary"], "$") {
					t.Errorf("%s: the summary of %s is not static", a.file, r.Alert)
				}
				// A rate that was zero once has to hold; what looks back at events is done then.
				ranged := strings.Contains(r.Expr, "_over_time(") || strings.Contains(r.Expr, "increase(")
				if ranged == (r.For > 0) && !strings.Contains(r.Expr, "changes(") || r.For > 0 && r.For < 2*a.cfg.Intervals.Evaluation {
					t.Errorf("%s: %s: %s for %v", a.file, r.Alert, r.Expr, r.For)
				}
			}
		}
	}
}

// Ranges and fors grow with the intervals of scraping and evaluation.
func TestSlowIntervals(t *testing.T) {
	for _, a := range corpus(t) {
		cfg := *a.cfg
		cfg.Intervals = config.Intervals{Scrape: 20 * time.Minute, Evaluation: time.Hour}
		s := metrics(t, a.part("metrics"))
		groups, _ := Derive(plan.Signals(s, &cfg), s, &cfg)
		for _, g := range groups {
			for _, r := range g.Rules {
				if r.Pattern == "" {
					continue
				}
				if r.For > 0 && r.For < 2*time.Hour {
					t.Errorf("%s holds for %v", r.Alert, r.For)
				}
				_, after, ranged := strings.Cut(r.Expr, "[")
				over, _, _ := strings.Cut(after, "]")
				if d, err := model.ParseDuration(over); ranged && (err != nil || time.Duration(d) < 80*time.Minute) {
					t.Errorf("%s: range %s", r.Expr, over)
				}
			}
		}
	}
}
