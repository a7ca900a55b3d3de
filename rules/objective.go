package rules

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/schema"
)

// This file turns service level objectives into recording rules and into alerts on how
// fast their error budgets go, over several windows: chapter 5 of Google's SRE workbook.

// month is the window that the windows of burns are given for.
const month = 30 * 24 * time.Hour

// A burnCondition is one of the workbook's, for an objective over a month: which share of its
// budget is gone within the long window.
type burnCondition struct {
	share       float64
	long, short time.Duration
	tier        string
}

var burns = []burnCondition{
	{0.02, time.Hour, 5 * time.Minute, "page"},
	{0.05, 6 * time.Hour, 30 * time.Minute, "page"},
	{0.10, 24 * time.Hour, 2 * time.Hour, "ticket"},
	{0.10, 72 * time.Hour, 6 * time.Hour, "ticket"},
}

// The names of what is recorded are those of sloth, whose dashboards and users know them.
const (
	ratioRecord     = "slo:sli_error:ratio_rate"
	errorRecord     = "slo:sli_error:rate"
	totalRecord     = "slo:sli_total:rate"
	remainingRecord = "slo:period_error_budget_remaining:ratio"
)

// objectives returns a group of rules for each objective, of dashgen.yaml and of the
// directives beside metrics.
func objectives(p *Pass) ([]plan.Group, []schema.Finding) {
	all := slices.Concat(p.Config.SLOs.Objectives, p.Config.SLOs.Read)
	beside, findings := directedSLOs(p)
	all = append(all, beside...)
	var groups []plan.Group
	taken := map[string]schema.Pos{}
	for i := range all {
		o := &all[i]
		if o.Name == "" || len(o.Faults()) > 0 {
			continue // which package config has reported
		}
		key := o.Name
		if o.Sloth {
			key = o.Service + "-" + o.Name
		}
		if at, twice := taken[key]; twice {
			findings = append(findings, schema.Finding{Pos: o.Pos, Check: "slo", Message: "two objectives are called " + key, Hint: "rename one of them",
				Related: []schema.Related{{Pos: at, Message: "the first one"}}})
			continue
		}
		taken[key] = o.Pos
		g, fs := newObjective(p, o, key).group()
		findings = append(findings, fs...)
		if len(g.Rules) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, findings
}

// An objective makes the rules of one.
type objective struct {
	*config.SLO
	p         *Pass
	key       string
	budget    float64           // the share of events that may fail
	window    time.Duration     // of the objective
	base      time.Duration     // the shortest window
	ids       map[string]string // labels that tell what is recorded from that of other objectives
	sli       *sli
	alert     string
	metrics   []string
	findings  []schema.Finding
	recorded  []plan.Rule
	durations map[time.Duration]bool // windows that are recorded
}

func newObjective(p *Pass, slo *config.SLO, key string) *objective {
	o := &objective{SLO: slo, p: p, key: key, budget: exact((100 - slo.Objective) / 100), window: cmp.Or(slo.Window, month), durations: map[time.Duration]bool{}}
	service := cmp.Or(slo.Service, p.Config.Name)
	o.ids = map[string]string{"slo": slo.Name, "service": service}
	if slo.Sloth {
		o.ids = map[string]string{"sloth_id": service + "-" + slo.Name, "sloth_service": service, "sloth_slo": slo.Name}
	}
	o.alert = cmp.Or(slo.Alert, p.Name(&schema.Metric{Name: strings.ReplaceAll(key, "-", "_")}, "ErrorBudgetBurn"))
	return o
}

// exact drops the noise of the arithmetic.
func exact(v float64) float64 {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	return v
}

func (o *objective) report(severity schema.Severity, key, hint, format string, args ...any) {
	o.findings = append(o.findings, schema.Finding{Pos: o.At(key), Check: "slo", Severity: severity, Message: "objective " + o.Name + ": " + fmt.Sprintf(format, args...), Hint: hint})
}

// group returns the rules: what is recorded, then the alerts.
func (o *objective) group() (plan.Group, []schema.Finding) {
	if o.sli = o.indicator(); o.sli == nil {
		return plan.Group{}, o.findings
	}
	g := plan.Group{Name: o.p.Config.Name + "-slo-" + o.key, Interval: max(time.Minute, o.p.Config.Intervals.Evaluation)}
	g.Objective = &plan.Objective{Name: o.Name, Description: o.Description, Target: exact(o.Objective / 100), Window: o.window, Alert: o.alert, Pos: o.Pos}
	o.base = o.scaled(5*time.Minute, true)
	o.record(o.base)
	byTier := map[string][]plan.Burn{}
	for _, b := range burns {
		if one, ok := o.burn(b); ok {
			byTier[b.tier] = append(byTier[b.tier], one)
			o.record(one.Short)
			o.record(one.Long)
			g.Objective.Burns = append(g.Objective.Burns, one)
		}
	}
	o.period()
	g.Rules = o.recorded
	for _, name := range []string{"page", "ticket"} {
		if len(byTier[name]) > 0 {
			g.Rules = append(g.Rules, o.burning(byTier[name], o.tier(name)))
		}
	}
	if !o.tier("absent").disabled() {
		g.Rules = append(g.Rules, o.missing())
	}
	o.settle(g.Rules)
	g.Objective.Remaining = o.series(remainingRecord, 0)
	g.Objective.Metrics = o.metrics
	return g, o.findings
}

// burn returns a condition for this objective; ok is false where it is not wanted, or could
// not hold, which is a finding.
func (o *objective) burn(c burnCondition) (b plan.Burn, ok bool) {
	t := o.tier(c.tier)
	b = plan.Burn{Long: o.scaled(c.long, false), Short: o.scaled(c.short, true), Severity: t.severity}
	b.Factor = exact(c.share * o.window.Hours() / b.Long.Hours())
	b.Rate = o.series(ratioRecord, b.Long) + " / " + number(o.budget)
	if t.disabled() {
		return b, false
	}
	if b.Factor*o.budget >= 1 {
		o.report(schema.Warning, "objective", fmt.Sprintf("raise the objective, or write %s: {disable: true}", c.tier),
			"there is no %s on a budget that goes %s times too fast over %s: %s of all events would have to fail",
			c.tier, number(b.Factor), Duration(b.Long), percent(b.Factor*o.budget))
		return b, false
	}
	return b, true
}

// scaled returns a window of a month's objective for this one's, in whole minutes. A short
// one has four scrapes at least.
func (o *objective) scaled(d time.Duration, short bool) time.Duration {
	d = time.Duration(math.Ceil(d.Minutes()*o.window.Hours()/month.Hours())) * time.Minute
	if short {
		d = max(d, 4*o.p.Config.Intervals.Scrape)
	}
	return d
}

// series returns the selector of what is recorded under a name, and of a window behind it.
func (o *objective) series(name string, window time.Duration) string {
	if window > 0 {
		name += Duration(window)
	}
	return name + o.matchers()
}

func (o *objective) matchers() string {
	var ms []string
	for _, k := range slices.Sorted(maps.Keys(o.ids)) {
		ms = append(ms, k+"="+strconv.Quote(o.ids[k]))
	}
	return "{" + strings.Join(ms, ", ") + "}"
}

// ignoring returns the modifier that matches what is recorded, with the labels that its
// rules add, to what is not.
func (o *objective) ignoring() string {
	return "ignoring (" + strings.Join(slices.Sorted(maps.Keys(o.labels())), ", ") + ")"
}

// labels returns the labels of what is recorded.
func (o *objective) labels() map[string]string { return merged(o.Labels, o.ids) }

// add adds a recording rule, whose expression was made of what stands at a key.
func (o *objective) add(name, expr, key string) {
	o.recorded = append(o.recorded, plan.Rule{Record: name, Expr: expr, Labels: o.labels(), Pos: o.At(key)})
}

// record records the share of failed events over a window, and how many there are.
func (o *objective) record(d time.Duration) {
	if o.durations[d] {
		return
	}
	o.durations[d] = true
	w := Duration(d)
	if o.sli.total != nil {
		o.add(totalRecord+w, o.sli.total(w), o.sli.totalKey)
	}
	o.add(ratioRecord+w, o.sli.ratio(w, o.series(totalRecord, d)), o.sli.key)
}

// period records which share of the budget of the whole window is left. Events are summed
// over what is recorded, since a range of weeks over the events themselves costs too much,
// and the mean of ratios would count a quiet night as much as a busy day.
func (o *objective) period() {
	w := Duration(o.window)
	base := o.base
	if o.sli.total == nil {
		o.add(ratioRecord+w, fmt.Sprintf("avg_over_time(%s[%s])", o.series(ratioRecord, base), w), "")
	} else {
		o.add(errorRecord+Duration(base), o.series(ratioRecord, base)+" * "+o.series(totalRecord, base), "")
		o.add(ratioRecord+w, fmt.Sprintf("sum_over_time(%s[%s]) / (sum_over_time(%s[%s]) > 0)", o.series(errorRecord, base), w, o.series(totalRecord, base), w), "")
	}
	o.add(remainingRecord, fmt.Sprintf("1 - %s / %s", o.series(ratioRecord, o.window), number(o.budget)), "")
	if !o.Sloth {
		return
	}
	o.add("slo:objective:ratio", "vector("+number(exact(o.Objective/100))+")", "")
	o.add("slo:error_budget:ratio", "vector("+number(o.budget)+")", "")
	o.add("slo:time_period:days", "vector("+number(o.window.Hours()/24)+")", "")
	o.add("slo:current_burn_rate:ratio", o.series(ratioRecord, base)+" / "+number(o.budget), "")
	o.add("slo:period_burn_rate:ratio", o.series(ratioRecord, o.window)+" / "+number(o.budget), "")
	o.add("sloth_slo_info", "vector(1)", "")
}

// burning returns the alert on a budget that goes too fast.
func (o *objective) burning(list []plan.Burn, t tier) plan.Rule {
	var any []string
	for _, b := range list {
		bound := number(b.Factor) + " * " + number(o.budget)
		one := fmt.Sprintf("%s > %s and %s > %s", o.series(ratioRecord, b.Short), bound, o.series(ratioRecord, b.Long), bound)
		if o.sli.total != nil {
			one += fmt.Sprintf(" and %s * %s * %s > %s", o.series(ratioRecord, b.Long), o.series(totalRecord, b.Long), number(b.Long.Seconds()), number(o.fewest()))
		}
		any = append(any, one)
	}
	if len(any) > 1 {
		for i := range any {
			any[i] = "(" + any[i] + ")"
		}
	}
	r := o.rule(o.alert, t)
	r.Expr = strings.Join(any, " or ")
	description := "{{ $value | humanizePercentage }} of events fail, where " + percent(o.budget) + " may over " + Duration(o.window) + "."
	if text := strings.TrimRight(strings.TrimSpace(o.Description), "."); text != "" {
		description = literal(text) + ". " + description
	}
	o.annotate(&r, t, literal(o.Name)+": the error budget goes too fast", description)
	return r
}

// fewest returns the number that failed events must exceed. Extrapolation makes of the
// smallest number that is enough a little more or less.
func (o *objective) fewest() float64 { return float64(cmp.Or(o.MinErrors, 2)) - 0.5 }

// missing returns the alert on events that are not counted any more, without which an
// outage would pass for an objective that is met.
func (o *objective) missing() plan.Rule {
	t := o.tier("absent")
	r := o.rule(strings.TrimSuffix(o.alert, "ErrorBudgetBurn")+"Absent", t)
	r.For = cmp.Or(r.For, o.sli.patience)
	r.Labels = merged(o.Labels, r.Labels) // which the series would have, and absent() has not
	r.Expr = "absent(" + o.series(totalRecord, o.base) + ")"
	if o.sli.total == nil {
		r.Expr = "absent(" + o.series(ratioRecord, o.base) + ")"
	}
	o.annotate(&r, t, literal(o.Name)+": its events are not counted",
		"Nothing says whether the objective is met: the program does not run, is not scraped, or does not expose the metric.")
	return r
}

// A tier is one kind of an objective's alerts.
type tier struct {
	name        string // page, ticket or absent
	severity    string
	shared, own config.SLOAlert // of all objectives, of this one
}

func (o *objective) tier(name string) tier {
	all := o.p.Config.SLOs
	t := tier{name: name, severity: "warning"}
	switch name {
	case "page":
		t.shared, t.own, t.severity = all.Page, o.Page, "critical"
	case "ticket":
		t.shared, t.own = all.Ticket, o.Ticket
	case "absent":
		t.shared, t.own = all.Absent, o.Absent
	}
	t.severity = cmp.Or(t.own.Severity, t.own.Labels["severity"], t.shared.Severity, t.shared.Labels["severity"], t.severity)
	return t
}

func (t tier) disabled() bool { return t.shared.Disable || t.own.Disable }

// rule returns an alert of a kind, without its expression.
func (o *objective) rule(name string, t tier) plan.Rule {
	r := plan.Rule{Alert: name, For: cmp.Or(t.own.For, t.shared.For)}
	r.Labels = merged(t.shared.Labels, t.own.Labels, map[string]string{"severity": t.severity})
	if o.Sloth && t.name != "absent" {
		r.Labels["sloth_severity"] = t.name
	}
	return r
}

// annotate adds the annotations of an alert of a kind; those that a person wrote stand.
func (o *objective) annotate(r *plan.Rule, t tier, summary, description string) {
	r.Annotations = merged(map[string]string{"summary": summary, "description": description}, o.Annotations, t.shared.Annotations, t.own.Annotations)
}

// merged returns the entries of maps, of which later ones stand.
func merged(list ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range list {
		maps.Copy(all, m)
	}
	return all
}

// settle says of every rule what it is about.
func (o *objective) settle(rules []plan.Rule) {
	o.metrics = nil
	for _, r := range rules {
		for _, name := range query.Names(r.Expr) {
			if m, _ := o.p.Schema.Series(name); m != nil {
				o.metrics = append(o.metrics, m.Name)
			}
		}
	}
	slices.Sort(o.metrics)
	o.metrics = slices.Compact(o.metrics)
	for i := range rules {
		r := &rules[i]
		r.Metrics, r.Owner, r.Signal = o.metrics, fmt.Sprintf("objective %q", o.Name), o.Metric
		r.Pos = cmp.Or(r.Pos, o.Pos)
	}
}

// number writes a number as PromQL reads it.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func percent(v float64) string { return strconv.FormatFloat(100*v, 'g', 4, 64) + "%" }
