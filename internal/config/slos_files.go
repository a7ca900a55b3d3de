package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/common/model"
)

// This file reads objectives that were written for sloth (prometheus/v1, and the custom
// resource PrometheusServiceLevel) or as OpenSLO (openslo/v1).

// readSLOs reads the files that slos: names, of each program.
func (c *Config) readSLOs() []schema.Finding {
	findings := c.SLOs.readFiles(c.Dir)
	for i := range c.Programs {
		findings = append(findings, c.Programs[i].SLOs.readFiles(c.Dir)...)
	}
	return findings
}

func (s *SLOs) readFiles(dir string) []schema.Finding {
	var findings []schema.Finding
	for _, g := range s.Files {
		report := func(format string, args ...any) {
			findings = append(findings, schema.Finding{Pos: g.Pos, Check: "config", Message: fmt.Sprintf("%q ", g.Pattern) + fmt.Sprintf(format, args...), Hint: "mend the pattern: it is relative to dashgen.yaml"})
		}
		names, err := source.Glob(dir, g.Pattern)
		if err != nil {
			report("cannot be looked up: %v", err)
			continue
		}
		if len(names) == 0 {
			report("matches no file")
		}
		for _, name := range names {
			data, err := os.ReadFile(filepath.FromSlash(name))
			if err != nil {
				report("cannot be read: %v", err)
				continue
			}
			list, fs := ParseSLOs(name, data)
			s.Read, findings = append(s.Read, list...), append(findings, fs...)
		}
	}
	return findings
}

// ParseSLOs reads the objectives of a file: a specification of sloth's, or documents of
// OpenSLO, of which those that hold neither objectives nor indicators are left alone. What
// cannot be read is a finding.
func ParseSLOs(file string, data []byte) ([]SLO, []schema.Finding) {
	_, roots, findings := source.YAMLStream(file, data, maxSize)
	for i := range findings {
		findings[i].Check = "config"
	}
	r := &sloReader{indicators: map[string]*source.Node{}, findings: findings}
	for _, n := range roots {
		if n.String("kind") == "SLI" {
			r.indicators[n.Get("metadata").String("name")] = n.Get("spec")
		}
	}
	for _, n := range roots {
		version, kind := n.String("apiVersion"), n.String("kind")
		switch {
		case n.String("version") == "prometheus/v1":
			r.sloth(n)
		case version == "sloth.slok.dev/v1" && kind == "PrometheusServiceLevel":
			r.sloth(n.Get("spec"))
		case version == "openslo/v1" && kind == "SLO":
			r.openSLO(n)
		case version == "openslo/v1":
		default:
			r.report(n, `write version: prometheus/v1, or apiVersion: openslo/v1`, "this is neither a specification of sloth's nor one of OpenSLO's that is read")
		}
	}
	for i := range r.list {
		r.findings = append(r.findings, r.list[i].Faults()...)
	}
	return r.list, schema.SortFindings(r.findings)
}

// A sloReader collects objectives.
type sloReader struct {
	indicators map[string]*source.Node // specs of OpenSLO's SLI documents
	list       []SLO
	findings   []schema.Finding
}

func (r *sloReader) report(n *source.Node, hint, format string, args ...any) {
	if n == nil {
		return
	}
	r.findings = append(r.findings, schema.Finding{Pos: n.Pos(), Check: "config", Message: fmt.Sprintf(format, args...), Hint: hint})
}

// either returns the value of a key in one of two spellings: a_b and aB.
func either(n *source.Node, key string) *source.Node {
	if v := n.Get(key); v != nil {
		return v
	}
	words := strings.Split(key, "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return n.Get(strings.Join(words, ""))
}

// texts returns the entries of a mapping of text.
func texts(n *source.Node) map[string]string {
	all := map[string]string{}
	if n != nil {
		for _, f := range n.Fields {
			all[f.Key] = f.Value.Text
		}
	}
	return all
}

func (r *sloReader) number(n *source.Node, noun string) float64 {
	if n == nil {
		return 0 // which Faults reports
	}
	v, err := strconv.ParseFloat(n.Text, 64)
	if err != nil {
		r.report(n, "", "%s is no number", noun)
	}
	return v
}

func (r *sloReader) expr(n *source.Node) Query {
	if n == nil {
		return Query{}
	}
	return Query{Expr: strings.TrimSpace(n.Text), Pos: n.Pos()}
}

// place says where an objective's faults and expressions stand.
func (o *SLO) place(n *source.Node, objective *source.Node) {
	o.Pos, o.Places = n.Pos(), map[string]schema.Pos{}
	if objective != nil {
		o.Places["objective"] = objective.Pos()
	}
	for key, q := range map[string]Query{"error_query": o.Error, "good_query": o.Good, "total_query": o.Total, "ratio_query": o.Ratio} {
		if q.Expr != "" {
			o.Places[key] = q.Pos
		}
	}
}

// sloth reads a specification of sloth's.
func (r *sloReader) sloth(n *source.Node) {
	shared := texts(n.Get("labels"))
	for _, s := range n.List("slos") {
		events, raw, alerting := s.Get("sli").Get("events"), s.Get("sli").Get("raw"), s.Get("alerting")
		o := SLO{Name: s.String("name"), Description: s.String("description"), Service: n.String("service"), Objective: r.number(s.Get("objective"), "objective"), Sloth: true,
			Error: r.expr(either(events, "error_query")), Total: r.expr(either(events, "total_query")), Ratio: r.expr(either(raw, "error_ratio_query")),
			Alert: alerting.String("name"), Labels: shared, Annotations: texts(alerting.Get("annotations")),
			Page: r.slothAlert(alerting, "page_alert"), Ticket: r.slothAlert(alerting, "ticket_alert")}
		if own := texts(s.Get("labels")); len(own) > 0 {
			o.Labels = texts(n.Get("labels"))
			for k, v := range own {
				o.Labels[k] = v
			}
		}
		o.Absent.Disable = o.Page.Disable && o.Ticket.Disable
		o.place(s, s.Get("objective"))
		if plugin := s.Get("sli").Get("plugin"); plugin != nil {
			r.report(plugin, "write what it computes, as events", "objective %s: plugins of sloth's are not run", o.Name)
			continue
		}
		r.list = append(r.list, o)
	}
}

func (r *sloReader) slothAlert(alerting *source.Node, key string) SLOAlert {
	n := either(alerting, key)
	a := SLOAlert{Labels: texts(alerting.Get("labels")), Annotations: texts(n.Get("annotations"))}
	if d := n.Get("disable"); d != nil {
		a.Disable = d.Text == "true"
	}
	for k, v := range texts(n.Get("labels")) {
		a.Labels[k] = v
	}
	a.For = r.duration(n.Get("for"))
	return a
}

func (r *sloReader) duration(n *source.Node) time.Duration {
	if n == nil {
		return 0
	}
	d, err := model.ParseDuration(n.Text)
	if err != nil {
		r.report(n, "a duration such as 30d", "%q is no duration that can be read", n.Text)
	}
	return time.Duration(d)
}

// openSLO reads an SLO document of OpenSLO's: an objective for each of its own.
func (r *sloReader) openSLO(n *source.Node) {
	spec, name := n.Get("spec"), n.Get("metadata").String("name")
	indicator := spec.Get("indicator").Get("spec")
	if ref := spec.Get("indicatorRef"); ref != nil {
		if indicator = r.indicators[ref.Text]; indicator == nil {
			r.report(ref, "put the SLI document into the same file", "objective %s: there is no indicator %q in this file", name, ref.Text)
			return
		}
	}
	if m := spec.Get("budgetingMethod"); m != nil && m.Text != "Occurrences" {
		r.report(m, "write Occurrences", "objective %s: budgets by %s are not read", name, m.Text)
		return
	}
	var window time.Duration
	for _, w := range spec.List("timeWindow") {
		window = r.duration(w.Get("duration"))
		if rolling := w.Get("isRolling"); rolling != nil && rolling.Text == "false" {
			r.report(rolling, "write isRolling: true", "objective %s: calendar windows are not read", name)
			return
		}
	}
	objectives := spec.List("objectives")
	for i, target := range objectives {
		o := SLO{Name: name, Service: spec.String("service"), Description: spec.String("description"), Window: window}
		if len(objectives) > 1 {
			o.Name = fmt.Sprintf("%s-%d", name, i+1)
		}
		at := target.Get("target")
		o.Objective = 100 * r.number(at, "target")
		if at == nil {
			at = target.Get("targetPercent")
			o.Objective = r.number(at, "targetPercent")
		}
		o.Objective, _ = strconv.ParseFloat(strconv.FormatFloat(o.Objective, 'g', 12, 64), 64)
		if r.openIndicator(&o, indicator, target) {
			o.place(target, at)
			r.list = append(r.list, o)
		}
	}
	if len(objectives) == 0 {
		r.report(n, "add spec: {objectives: [{target: 0.999}]}", "objective %s has no target", name)
	}
}

// openIndicator reads how events are counted, and reports whether it could.
func (r *sloReader) openIndicator(o *SLO, spec, target *source.Node) bool {
	ratio, threshold := spec.Get("ratioMetric"), spec.Get("thresholdMetric")
	counter := ratio.Get("counter") != nil && ratio.Get("counter").Text == "true"
	read := func(n *source.Node) Query {
		from := n.Get("metricSource")
		q := r.expr(from.Get("spec").Get("query"))
		if kind := from.String("type"); n != nil && kind != "" && !strings.EqualFold(kind, "prometheus") {
			r.report(from, "", "objective %s: a source of type %s is not read", o.Name, kind)
		}
		if counter && q.Expr != "" && !strings.ContainsAny(q.Expr, "[(") {
			q.Expr = "sum(rate(" + q.Expr + "[{{.window}}]))" // a bare counter
		}
		return q
	}
	switch {
	case threshold != nil:
		q := read(threshold)
		op := map[string]string{"lte": "<=", "gte": ">=", "lt": "<", "gt": ">"}[target.String("op")]
		value := target.Get("value")
		if q.Expr == "" || op == "" || value == nil {
			r.report(target, "add op: lte and value: 0.5, and a query", "objective %s: its threshold is not said", o.Name)
			return false
		}
		// Good is a minute at whose end the comparison holds.
		o.Ratio = Query{Expr: fmt.Sprintf("1 - avg_over_time(((%s) %s bool %s)[{{.window}}:1m])", q.Over("5m"), op, value.Text), Pos: q.Pos}
		return true
	case ratio.Get("raw") != nil:
		o.Ratio = read(ratio.Get("raw"))
		if ratio.String("rawType") == "success" && o.Ratio.Expr != "" {
			o.Ratio.Expr = "1 - (" + o.Ratio.Expr + ")"
		}
	case ratio != nil:
		o.Good, o.Error, o.Total = read(ratio.Get("good")), read(ratio.Get("bad")), read(ratio.Get("total"))
		if o.Good.Expr != "" {
			o.Error = Query{}
		}
	default:
		r.report(spec, "write ratioMetric or thresholdMetric", "objective %s: its indicator is not read", o.Name)
		return false
	}
	return true
}
