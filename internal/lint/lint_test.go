package lint

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
	"golang.org/x/tools/txtar"
)

const corpus = "../../testdata/lint/"

// TestChecks holds that every check is documented and has its corpus file, which fails
// without it: it wants findings.
func TestChecks(t *testing.T) {
	names := map[string]bool{}
	for _, c := range Checks() {
		if names[c.Name] {
			t.Errorf("two checks are called %s", c.Name)
		}
		names[c.Name] = true
		if n := len(regexp.MustCompile(`\.(\s|$)`).FindAllString(c.Doc, -1)); n < 3 {
			t.Errorf("check %s: doc has %d sentences, want a summary, why, and how to mend", c.Name, n)
		}
		if s := c.Summary(); s == "" || len(s) > 100 {
			t.Errorf("check %s: summary %q is empty or too long for a line", c.Name, s)
		}
		if c.Phase != "" {
			continue // its own tests show it
		}
		data, err := os.ReadFile(corpus + c.Name + ".txtar")
		if err != nil {
			t.Errorf("check %s has no corpus file: %v", c.Name, err)
		} else if !wantComment.Match(data) {
			t.Errorf("check %s: the corpus file wants nothing", c.Name)
		}
	}
	files, err := filepath.Glob(corpus + "*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name, _, _ := strings.Cut(filepath.Base(f), "."); !names[name] {
			t.Errorf("%s is of no check", f)
		}
	}
}

// padding stands in a corpus file for so many letters.
var padding = regexp.MustCompile(`%(\d{4,})x`)

// TestPhases holds that every check that another phase reports with is explained.
func TestPhases(t *testing.T) {
	literal := regexp.MustCompile(`Check:\s*"([a-z-]+)"`)
	known := map[string]bool{}
	for _, c := range Checks() {
		known[c.Name] = true
	}
	reported := 0
	for _, dir := range []string{"scanner", "schema", "rules", "render", "internal/plan", "internal/config", "internal/input", "internal/input/source", "internal/jsonnet"} {
		files, err := filepath.Glob("../../" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range literal.FindAllSubmatch(data, -1) {
				reported++
				if !known[string(m[1])] {
					t.Errorf("%s reports with check %s, which phase.go does not explain", file, m[1])
				}
			}
		}
	}
	if reported < 10 {
		t.Errorf("found %d findings in the source of other phases; the pattern is wrong", reported)
	}
}

// TestCorpus runs each check, alone, over its archive, CHECK.txtar, and where there are more
// over CHECK.*.txtar:
//
//	metrics.txt        a metric a line, see parseMetric
//	was.txt            the same as metrics.json remembers them
//	ports/OS/ARCH.txt  metrics that code for that platform defines
//	unnamed.txt        FILE:LINE of what defines metrics of any name, one a line
//	stale.txt          lines "FILE is STATE"
//	dashgen.yaml       configuration
//	*.rules.yaml       hand-written rules
//	*.json             hand-written dashboards
//	*.promql           an expression a line: see table
//
// An archive with tables and without metrics.txt is of the shop in corpus/shop.txtar.
//
// A comment // want "REGEXP"... or # want "REGEXP"... at the end of a line expects those
// findings on the line, and no others are expected. The expression is matched against
// message, hint and related places.
func TestCorpus(t *testing.T) {
	for _, c := range own(Checks()) {
		t.Run(c.Name, func(t *testing.T) {
			more, err := filepath.Glob(corpus + c.Name + ".*.txtar")
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range append(more, corpus+c.Name+".txtar") {
				runArchive(t, c, readArchive(t, name))
			}
		})
	}
}

func runArchive(t *testing.T, c *Check, ar *txtar.Archive) {
	t.Helper()
	if len(bytes.TrimSpace(ar.Comment)) == 0 {
		t.Error("archive does not say what it is about")
	}
	in, cfg := parseArchive(t, ar)
	for _, f := range in.Findings {
		if f.Check != c.Name {
			t.Errorf("%v: archive is damaged: %s", f.Pos, f.Message)
		}
	}
	findings := runChecks([]*Check{c}, in, cfg)
	for _, f := range ar.Files {
		findings = matchWants(t, f, findings, describe)
	}
	for _, f := range findings {
		t.Errorf("%v: unexpected: %s", f.Pos, describe(f))
	}
}

var (
	wantComment = regexp.MustCompile(`(?m) *(?://|#) want (".*")$`)
	wantString  = regexp.MustCompile(`"(.*?)"(?: |$)`)
)

// matchWants looks for what the lines of a file want among findings, as describe says them,
// and returns the others.
func matchWants(t *testing.T, f txtar.File, findings []schema.Finding, describe func(schema.Finding) string) (rest []schema.Finding) {
	t.Helper()
	for i, line := range strings.Split(string(f.Data), "\n") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, want := range wantString.FindAllStringSubmatch(m[1], -1) {
			k := slices.IndexFunc(findings, func(g schema.Finding) bool {
				here := g.Pos.File == f.Name && g.Pos.Line == i+1 || g.Pos.Line == 0 && strings.HasPrefix(line, g.Pos.File+" ")
				if isTable(f.Name) && here {
					g.Pos.Col = tableColumn(f.Name, i+1, line, g.Pos.Col)
				}
				return here && regexp.MustCompile(want[1]).MatchString(describe(g))
			})
			if k < 0 {
				t.Errorf("%s:%d: no finding matches %q", f.Name, i+1, want[1])
				continue
			}
			findings = slices.Delete(slices.Clone(findings), k, k+1)
		}
	}
	return findings
}

// describe returns col: severity: message; hint; related places.
func describe(f schema.Finding) string {
	s := fmt.Sprintf("%d: %s: %s", f.Pos.Col, f.Severity, f.Message)
	if f.Hint != "" {
		s += "; hint: " + f.Hint
	}
	for _, r := range f.Related {
		s += fmt.Sprintf("; %v: %s", r.Pos, r.Message)
	}
	return s
}

func parseArchive(t *testing.T, ar *txtar.Archive) (in Input, cfg *config.Config) {
	t.Helper()
	in.Schema, in.Today = &schema.Schema{}, "2026-06-30"
	var was *schema.Schema
	for _, f := range ar.Files {
		data := wantComment.ReplaceAll(f.Data, nil)
		var findings []schema.Finding
		switch {
		case f.Name == "metrics.txt":
			found := parseMetrics(t, f.Name, string(data))
			in.Schema, findings = schema.New(found)
		case f.Name == "was.txt":
			was, findings = schema.New(parseMetrics(t, f.Name, string(data)))
		case strings.HasPrefix(f.Name, "ports/"):
			p := Port{Platform: strings.TrimSuffix(strings.TrimPrefix(f.Name, "ports/"), ".txt")}
			p.Schema, findings = schema.New(parseMetrics(t, f.Name, string(data)))
			in.Ports = append(in.Ports, p)
		case f.Name == "unnamed.txt":
			for _, line := range strings.Fields(string(data)) {
				file, n, _ := strings.Cut(line, ":")
				at, err := strconv.Atoi(n)
				if err != nil {
					t.Fatal(err)
				}
				in.Unnamed = append(in.Unnamed, schema.Pos{File: file, Line: at})
			}
		case f.Name == "stale.txt":
			for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
				file, is, _ := strings.Cut(line, " is ")
				in.Stale = append(in.Stale, Stale{file, is})
			}
		case f.Name == "dashgen.yaml":
			cfg, findings = config.Parse(f.Name, data)
		case strings.HasSuffix(f.Name, ".rules.yaml"):
			var r *input.Rules
			if r, findings = input.ParseRules(f.Name, data); r != nil {
				in.Rules = append(in.Rules, r)
			}
		case isTable(f.Name):
			parseTable(t, f.Name, string(data), &in)
		case path.Ext(f.Name) == ".json":
			var d *input.Dashboard
			data = padding.ReplaceAllFunc(data, func(m []byte) []byte {
				n, _ := strconv.Atoi(string(padding.FindSubmatch(m)[1]))
				return bytes.Repeat([]byte("x"), n)
			})
			if d, findings = input.ParseDashboard(f.Name, data); d != nil {
				in.Dashboards = append(in.Dashboards, d)
			}
		default:
			continue // named in a want only
		}
		in.Findings = append(in.Findings, findings...)
	}
	if was != nil {
		in.Changes = schema.Diff(was, in.Schema, in.Today)
	}
	return in, cfg
}

// metricLine is TYPE NAME{LABELS} "HELP" KEY=VALUE...
var metricLine = regexp.MustCompile(`^(\w+) ([^\s{]+)(?:\{([^}]*)\})?(?: "([^"]*)")?((?: \w+=\S+)*)$`)

// parseMetrics reads metrics as text. Lines above a metric that begin with //dashgen: are
// its directives.
func parseMetrics(t *testing.T, file, text string) []*schema.Metric {
	t.Helper()
	var metrics []*schema.Metric
	var directives []schema.Directive
	for i, line := range strings.Split(text, "\n") {
		pos := schema.Pos{File: file, Line: i + 1, Col: 1}
		if rest, ok := strings.CutPrefix(line, "//dashgen:"); ok {
			name, text, _ := strings.Cut(rest, " ")
			directives = append(directives, schema.Directive{Name: name, Text: text, Args: strings.Fields(text), Pos: pos})
			continue
		}
		if line == "" {
			continue
		}
		m := metricLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("%v: not a metric: %s", pos, line)
		}
		metric := &schema.Metric{Name: m[2], Type: schema.Type(m[1]), Help: m[4], Package: "shop", Pos: pos, Directives: directives}
		for _, l := range strings.FieldsFunc(m[3], func(c rune) bool { return c == ',' }) {
			name, values, closed := strings.Cut(l, "=") // code=200|404: the closed set of values
			label := schema.Label{Name: name}
			if closed {
				label.Values = strings.Split(values, "|")
			}
			metric.Labels = append(metric.Labels, label)
		}
		if strings.Contains(metric.Name, "*") {
			metric.Certainty = schema.Pattern
		}
		for _, field := range strings.Fields(m[5]) {
			key, value, _ := strings.Cut(field, "=")
			metric.Deprecated = key != "buckets"
			switch key {
			case "native":
				metric.Native = &schema.Native{BucketFactor: 1.1}
				metric.Deprecated = false
			case "quantiles":
				for b := range strings.SplitSeq(value, ",") {
					v, err := strconv.ParseFloat(b, 64)
					if err != nil {
						t.Fatalf("%v: %v", pos, err)
					}
					metric.Objectives = append(metric.Objectives, schema.Objective{Quantile: v, Error: 0.01})
				}
				metric.Deprecated = false
			case "buckets":
				for b := range strings.SplitSeq(value, ",") {
					bound, err := strconv.ParseFloat(b, 64)
					if err != nil {
						t.Fatalf("%v: %v", pos, err)
					}
					metric.Buckets = append(metric.Buckets, bound)
				}
			case "deprecated":
				metric.DeprecatedSince = value
			case "removed":
				metric.RemovedIn = value
			case "until":
				metric.RemoveAfter = value
			case "aliases":
				metric.Aliases, metric.Deprecated = strings.Split(value, ","), false
			case "use":
				metric.ReplacedBy = value
			case "given":
				metric.Given, metric.Deprecated = strings.Split(value, ","), false
			default:
				t.Fatalf("%v: unknown key %s", pos, key)
			}
		}
		metric.Unit = schema.UnitOf(metric)
		metrics, directives = append(metrics, metric), nil
	}
	return metrics
}

// Grafana knows the units that hints offer.
func TestCommonUnits(t *testing.T) {
	for _, id := range commonUnits {
		if !query.KnownUnit(id) {
			t.Errorf("Grafana has no unit %q", id)
		}
	}
}
