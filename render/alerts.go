package render

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
)

// An alert is an alerting rule with what its expression compares.
type alert struct {
	rule     *plan.Rule
	group    string // of rules
	constant bool   // the expression ends in a comparison with a number
	left     string // what is compared; the whole expression where not constant
	op       string
	value    float64
	next     float64 // the least value above value that left can have
	quantity string  // of left
	skeleton string  // of left
}

// alertsOf returns the alerting rules, the groups in the order of their names.
func (l *layout) alertsOf(groups []plan.Group) []alert {
	groups = slices.SortedStableFunc(slices.Values(groups), func(a, b plan.Group) int { return cmp.Compare(a.Name, b.Name) })
	var alerts []alert
	for g := range groups {
		for r := range groups[g].Rules {
			rule := &groups[g].Rules[r]
			if rule.Alert == "" {
				continue
			}
			a := alert{rule: rule, group: groups[g].Name, left: rule.Expr}
			if left, op, value, ok := query.Threshold(rule.Expr); ok {
				a.left, a.op, a.value, a.constant = left, op, value, true
				a.next = l.next(left, value)
			}
			a.quantity, a.skeleton = quantity(a.left), skeleton(a.left)
			alerts = append(alerts, a)
		}
	}
	return alerts
}

// fires reports whether the alert's comparison holds for v.
func (a *alert) fires(v float64) bool {
	switch a.op {
	case ">":
		return v > a.value
	case ">=":
		return v >= a.value
	case "<":
		return v < a.value
	case "<=":
		return v <= a.value
	case "==":
		return v == a.value
	case "!=":
		return v != a.value
	}
	return false
}

// color returns the colour of the alert's threshold.
func (a *alert) color() string { return severityColor(a.rule.Labels["severity"]) }

func severityColor(severity string) string {
	switch strings.ToLower(severity) {
	case "warning", "warn", "minor", "ticket":
		return "orange"
	case "info", "notice", "none":
		return "yellow"
	}
	return "red"
}

var (
	rangeSelector = regexp.MustCompile(`\[[^\]]*\]`)
	variableMatch = regexp.MustCompile(`\b\w+\s*=~?\s*"\$\{?\w+\}?"`)
	grouping      = regexp.MustCompile(`\b(?:by|without)\s*\([^)]*\)`)
	aggregation   = regexp.MustCompile(`\b(?:sum|avg|min|max)\b`)
	noise         = regexp.MustCompile(`[\s()]`)
	literalMatch  = regexp.MustCompile(`=~("[\w -]*")`)
	guard         = regexp.MustCompile(`>0([^.\d]|$)`)
	commaBefore   = regexp.MustCompile(`,+([,}])`)
)

// skeleton returns what an expression looks at, without how it is aggregated, over
// which range, how a division is guarded, and which targets a board selects. A panel and an alert with the same
// skeleton are about the same thing; what they show is the same where their quantity
// is.
func skeleton(expr string) string {
	expr = rangeSelector.ReplaceAllString(expr, "[]")
	expr = variableMatch.ReplaceAllString(expr, "")
	expr = grouping.ReplaceAllString(expr, "")
	expr = aggregation.ReplaceAllString(expr, "")
	expr = literalMatch.ReplaceAllString(expr, "=$1")
	expr = noise.ReplaceAllString(expr, "")
	expr = guard.ReplaceAllString(expr, "$1")
	expr = commaBefore.ReplaceAllString(expr, "$1")
	expr = strings.ReplaceAll(expr, "{,", "{")
	return strings.ReplaceAll(expr, "{}", "")
}

// watch notes on a panel which alerts watch what it shows: those on one of the
// signals, and those about the same thing. Where none were declared, the thresholds of
// those that look at the very quantity become its steps; on a kind that colours values
// rather than draws lines, only if it shows no other quantity.
func (l *layout) watch(p *plan.Panel, signals ...string) {
	about := map[string]bool{}   // the skeletons
	shows := map[string]string{} // the quantities, with the unit that each is shown in
	for _, q := range p.Queries {
		if q.Datasource == "loki" || q.Heatmap {
			continue
		}
		about[skeleton(q.Expr)] = true
		shows[quantity(q.Expr)] = unitOf(p, q.RefID)
	}
	k, _ := kindOf(p.Kind)
	bounds := k.Thresholds && len(p.Steps) == 0 && (k.Colors || len(shows) == 1)
	var lines []*alert
	for i := range l.alerts {
		a := &l.alerts[i]
		if !about[a.skeleton] && !slices.Contains(signals, cmp.Or(a.rule.Signal, "\x00")) {
			continue
		}
		p.Alerts = append(p.Alerts, a.rule.Alert)
		if unit, plotted := shows[a.quantity]; bounds && plotted && a.constant && unit == cmp.Or(p.Unit, "short") {
			lines = append(lines, a)
		}
	}
	p.Alerts = sortedSet(p.Alerts)
	if bounds {
		if p.Steps = steps(lines); len(p.Steps) > 1 {
			p.Why = append(p.Why, "its bounds are those of alerts")
		}
	}
}

// alertRow returns the row that plots what every alert watches, and the list of
// those that fire, for a board that has other rows. Rules with the same name share a panel.
func (l *layout) alertRow(others []plan.Row) plan.Row {
	row := plan.Row{Title: "Alerts"}
	if len(l.alerts) == 0 {
		return row
	}
	if slices.ContainsFunc(others, func(r plan.Row) bool { return r.Title == row.Title }) {
		row.Title = "Alert rules" // a subsystem of the program is called Alerts
	}
	row.Panels = append(row.Panels, l.alertList())
	for _, it := range l.alertItems() {
		row.Panels = append(row.Panels, it.panels...)
	}
	return row
}

// alertList is the list of the alerts that fire.
func (l *layout) alertList() plan.Panel {
	return plan.Panel{
		Key: "alerts", Kind: "alertlist", Title: "Firing and pending", AlertFilter: l.commonLabels(),
		Description: "Alerts that fire or are about to.",
	}
}

// alertItems returns a panel for each alert, grouped as its rules are.
func (l *layout) alertItems() []item {
	var items []item
	seen := map[string]bool{}
	for i := range l.alerts {
		if name := l.alerts[i].rule.Alert; !seen[name] {
			seen[name] = true
			items = append(items, item{path: []string{l.alerts[i].group, name}, metrics: []string{name}, panels: []plan.Panel{l.alertPanel(name)}})
		}
	}
	return items
}

// alertKey begins the key of a panel that plots an alert.
const alertKey = "alert:"

// alertPanel plots the expressions of the rules of one name.
func (l *layout) alertPanel(name string) plan.Panel {
	p := plan.Panel{Key: alertKey + name, Kind: "timeseries", Title: name}
	var lines []*alert
	var about []string
	for i := range l.alerts {
		a := &l.alerts[i]
		if a.rule.Alert != name {
			continue
		}
		lines = append(lines, a)
		about = append(about, describeAlert(a))
		if url := a.rule.Annotations["runbook_url"]; url != "" && !strings.Contains(url, "{{") && len(p.Links) == 0 {
			p.Links = append(p.Links, plan.Link{Title: "Runbook", URL: url})
		}
		expr := l.selecting(a.left)
		if slices.ContainsFunc(p.Queries, func(q plan.Query) bool { return q.Expr == expr }) {
			continue
		}
		if len(p.Queries) == 0 {
			p.Unit = l.unit(a.left)
		}
		p.Queries = append(p.Queries, plan.Query{RefID: refID(len(p.Queries)), Expr: expr, Pos: cmp.Or(a.rule.ExprPos, a.rule.Pos)})
		if !a.constant {
			p.NoValue = "Not firing"
		}
	}
	p.Description = strings.Join(about, "\n\n")
	p.Alerts = []string{name}
	p.Metrics = l.metricsOf(p.Queries)
	if len(p.Queries) == 1 { // else a bound of one would stand beside another
		p.Steps = steps(lines)
		if p.Steps == nil {
			p.Steps = equals(lines)
		}
	}
	return p
}

// describeAlert says when an alert fires. A text that is a template of Prometheus'
// means nothing on a board.
func describeAlert(a *alert) string {
	var parts []string
	if s := a.rule.Annotations["summary"]; s != "" && !strings.Contains(s, "{{") {
		parts = append(parts, s)
	}
	when := "`" + strings.Join(strings.Fields(a.rule.Expr), " ") + "`"
	if a.rule.For > 0 {
		when += " for " + duration(a.rule.For)
	}
	if s := a.rule.Labels["severity"]; s != "" {
		when += fmt.Sprintf(" · %s", s)
	}
	return strings.Join(append(parts, when), "\n\n")
}

// commonLabels returns the labels that every alert has with one value, by which a
// list of alerts can leave out those of other programs. Severity is none of them.
func (l *layout) commonLabels() map[string]string {
	common := map[string]string{}
	for name, value := range l.alerts[0].rule.Labels {
		if name != "severity" && !strings.Contains(value, "{{") {
			common[name] = value
		}
	}
	for _, a := range l.alerts[1:] {
		for name, value := range common {
			if a.rule.Labels[name] != value {
				delete(common, name)
			}
		}
	}
	return common
}
