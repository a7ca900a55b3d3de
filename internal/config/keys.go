package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
	"go.yaml.in/yaml/v3"
)

// This file holds the keys of dashgen.yaml, a row each. What a row says is read by
// people in their editor (through the JSON Schema), so it is written for them.

var (
	labelName  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	checkName  = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

var (
	aLabel    = form{pattern: labelName, want: "a label name matches " + labelName.String()}
	aMetric   = form{pattern: metricName, want: "a metric name matches " + metricName.String()}
	aGlob     = form{pattern: regexp.MustCompile(`^[a-zA-Z0-9_:*?]+$`), want: `a metric name in which * stands for any characters, for instance "shop_*"`}
	aVersion  = form{pattern: regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,2}$`), want: `a version, for instance "2.42"`}
	anURL     = form{ok: isURL, want: "an address that begins with https:// or http://"}
	aUID      = form{pattern: regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`), want: "up to 40 letters, digits, _ and -"}
	aRefresh  = form{pattern: regexp.MustCompile(`^[0-9]+[smhd]$`), want: "an interval, for instance 30s"}
	aFrom     = form{pattern: regexp.MustCompile(`^now(-[0-9]+[smhdwMy])?(/[smhdwMy])?$`), want: "a time relative to now, for instance now-1h"}
	aTag      = form{pattern: regexp.MustCompile(`^.{1,50}$`), want: "up to 50 characters"}
	aBuildTag = form{pattern: regexp.MustCompile(`^[\pL_][\pL\pN_.]*$`), want: "a build tag, for instance integration"}
	aFolder   = form{pattern: regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]*$`), want: "letters, digits, ., _ and -: it is the name of a folder, too"}
	aPackage  = form{pattern: regexp.MustCompile(`^\.(/[^\s.][^\s]*)?$|^[^\s./-][^\s]*$`), ok: isOnePackage, want: "the folder of its main package, for instance ./cmd/shop"}
	aColor    = form{pattern: regexp.MustCompile(`^(#[0-9a-fA-F]{3,8}|rgba?\([0-9., %]+\)|[a-z][a-z-]*)$`), want: "a colour of Grafana's, such as red or dark-blue, or #rrggbb"}
)

// isURL reports whether s is an absolute web address.
func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// isOnePackage reports whether a package pattern names one package.
func isOnePackage(s string) bool { return !strings.Contains(s, "...") }

// root is the document.
var root = object[Config]{
	noun: "dashgen.yaml",
	rows: []row[Config]{
		key("version", integer(1, 1), "Version of this format. Default: 1.", func(c *Config) *int { return &c.Version }),
		key("name", plain(), "Name of the program, for titles and uids. Default: the last element of the module path.", func(c *Config) *string { return &c.Name }),
		key("out", plain(), "Output folder, relative to this file. Default: monitoring.", func(c *Config) *string { return &c.Out }),
		key("outputs", listOf(oneOf(outputNames()...)), outputsDoc(), func(c *Config) *[]string { return &c.Outputs }),
		key("job", plain(), "The job label that its targets are scraped with. Alerts on targets that are down or absent are derived only where it is written.", func(c *Config) *string { return &c.Job }),
		key("target_labels", listOf(text(aLabel)), "Labels that scraping adds. Default: job and instance; until it is written, the usual Kubernetes ones count as possible.", func(c *Config) *[]string { return &c.TargetLabels }),
		key("owned", listOf(text(aGlob)), "Globs of the metric names that are this program's: a query on such a name that no code defines is an error. Default: the prefix that most of its metrics share.", func(c *Config) *[]string { return &c.Owned }),
		key("platforms", listOf(platform()), "Platforms (GOOS/GOARCH) whose code is read. Default: linux/amd64.", func(c *Config) *[]string { return &c.Platforms }),
		key("tags", listOf(text(aBuildTag)), "Build tags that the code is read with, as go build takes them.", func(c *Config) *[]string { return &c.Tags }),
		key("programs", listOf(program.kind()), "The programs of this repository, where there are several. Each has an output folder of its own, OUT/NAME, and its own dashboards and alerts.", func(c *Config) *[]Program { return &c.Programs }),
		key("exposition", listOf(text(aPath)), "Files with what the program exposes at /metrics, for a program that is not written in Go: its metrics are read from them, and no Go source is.", func(c *Config) *[]string { return &c.Exposition }),
		key("constructors", listOf(constructor.kind()), "Functions and types of the program that describe metrics in a way that cannot be told from the source.", func(c *Config) *[]Constructor { return &c.Constructors }),
		placed(key("prometheus", text(aVersion), "Oldest version of Prometheus to support. Default: 2.42.", func(c *Config) *string { return &c.Prometheus }), func(c *Config) *schema.Pos { return &c.PrometheusAt }),
		key("grafana", text(aVersion), "Oldest version of Grafana to support. Default: 11.", func(c *Config) *string { return &c.Grafana }),
		key("intervals", intervals.kind(), "Prometheus' own intervals, which ranges and for are checked against.", func(c *Config) *Intervals { return &c.Intervals }),
		key("retention", duration(), "How long Prometheus keeps samples, which ranges and offsets are checked against. Default: not checked.", func(c *Config) *time.Duration { return &c.Retention }),
		key("series_limit", integer(1, 1<<31-1), "How many series one metric family of one target may have; verify warns of more. Default: 1000.", func(c *Config) *int { return &c.SeriesLimit }),
		key("runbook_url", text(anURL), "Address of the runbooks; /ALERT is appended, or put where it says {alert}. Default: alerts have no runbook_url.", func(c *Config) *string { return &c.RunbookURL }),
		key("otel_schema_url", text(anURL), "Address below which otel/schema.yaml is published; /RELEASE is appended. The output otel-schema needs it.", func(c *Config) *string { return &c.OTelSchemaURL }),
		key("grafana_datasource", plain(), "Uid of the data source in Grafana that the alerts of outputs: [grafana-alerting] ask. Default: prometheus.", func(c *Config) *string { return &c.GrafanaSource }),
		key("grafana_url", text(anURL), "Address of Grafana, for the links from alerts to panels. Default: alerts have no link.", func(c *Config) *string { return &c.GrafanaURL }),
		checks,
		key("derive", derive.kind(), "What dashgen adds by itself to what is declared here.", func(c *Config) *Derive { return &c.Derive }),
		key("subsystems", listOf(subsystem.kind()), "Parts of the program, which have rows and dashboards of their own. A metric belongs to the first that names it, else to what its package and name tell.", func(c *Config) *[]Subsystem { return &c.Subsystems }),
		key("dashboards", listOf(dashboard.kind()), "Declared dashboards.", func(c *Config) *[]Dashboard { return &c.Dashboards }),
		key("alerts", listOf(group.kind()), "Rule groups in Prometheus' own syntax, as under groups: in a rule file.", func(c *Config) *[]Group { return &c.Alerts }),
		key("slos", slos.kind(), "Service level objectives, from which recording rules, burn rate alerts and panels are made.", func(c *Config) *SLOs { return &c.SLOs }),
		key("overlays", listOf(text(aPath)), "Jsonnet files that change generated dashboards and rules. Each evaluates to an object with panels, dashboards, rules and groups, whose fields are added to the panel of that key (the name of its metric; UID/KEY on one dashboard only; null leaves it out), to the dashboard of that uid, and to the rule (null leaves it out) and group of that name.", func(c *Config) *[]string { return &c.Overlays }),
		key("inputs", inputs.kind(), "Files with queries that people wrote by hand, which lint checks like its own.", func(c *Config) *Inputs { return &c.Inputs }),
		key("schemas", globs(), "Globs of the metrics.json of other programs. Queries on their metrics are checked by lint, too. ** stands for any folders.", func(c *Config) *[]Glob { return &c.Schemas }),
	},
	check: checkRoot,
}

var intervals = object[Intervals]{
	noun: "intervals",
	rows: []row[Intervals]{
		key("scrape", duration(), "How often targets are scraped. Default: 15s.", func(i *Intervals) *time.Duration { return &i.Scrape }),
		key("evaluation", duration(), "How often rules are evaluated. Default: as scrape.", func(i *Intervals) *time.Duration { return &i.Evaluation }),
	},
}

var derive = object[Derive]{
	noun: "derive",
	rows: []row[Derive]{
		key("dashboards", boolean(always), "Draw dashboards of the metrics by themselves. Default: true.", func(d *Derive) *bool { return &d.Dashboards }),
		key("alerts", boolean(always), "Derive the alerts that need no threshold. Default: true.", func(d *Derive) *bool { return &d.Alerts }),
		key("deprecated", boolean(always), "Draw a dashboard of the metrics that are deprecated and still in the code, which shows whether anybody writes them. Default: false.", func(d *Derive) *bool { return &d.Deprecated }),
	},
}

var subsystem = object[Subsystem]{
	noun: "subsystem",
	rows: []row[Subsystem]{
		required(key("name", plain(), "What it is called.", func(s *Subsystem) *string { return &s.Name })),
		required(key("metrics", listOf(text(aGlob)), "Globs of the names of its metrics.", func(s *Subsystem) *[]string { return &s.Metrics })),
	},
	begin: func(_ *reader, n *source.Node, s *Subsystem) { s.Pos = n.Pos() },
}

var dashboard = object[Dashboard]{
	noun: "dashboard",
	rows: []row[Dashboard]{
		required(key("title", plain(), "Title of the dashboard.", func(d *Dashboard) *string { return &d.Title })),
		key("uid", text(aUID), "Its identity in Grafana and in links. Default: made of name and title.", func(d *Dashboard) *string { return &d.UID }),
		key("description", plain(), "What it is for.", func(d *Dashboard) *string { return &d.Description }),
		key("tags", listOf(text(aTag)), "Tags to find it by.", func(d *Dashboard) *[]string { return &d.Tags }),
		key("refresh", text(aRefresh), "How often it reloads. Default: 30s.", func(d *Dashboard) *string { return &d.Refresh }),
		key("from", text(aFrom), "Start of the time range. Default: now-1h.", func(d *Dashboard) *string { return &d.From }),
		key("rows", listOf(panelRow.kind()), "Rows of panels, from top to bottom.", func(d *Dashboard) *[]Row { return &d.Rows }),
	},
	begin: func(r *reader, n *source.Node, d *Dashboard) {
		*d = Dashboard{Pos: n.Pos(), Refresh: "30s", From: "now-1h", Ignores: r.ignores[n]}
	},
}

var panelRow = object[Row]{
	noun: "row",
	rows: []row[Row]{
		key("title", plain(), "Title of the row. Without one it has no header.", func(w *Row) *string { return &w.Title }),
		key("collapsed", boolean(onlyTrue), "Whether it is closed at first.", func(w *Row) *bool { return &w.Collapsed }),
		key("panels", listOf(panel.kind()), "Its panels, from left to right.", func(w *Row) *[]Panel { return &w.Panels }),
	},
	begin: func(_ *reader, n *source.Node, w *Row) { w.Pos = n.Pos() },
}

var panel = object[Panel]{
	noun: "panel",
	rows: []row[Panel]{
		required(key("title", plain(), "Title of the panel.", func(p *Panel) *string { return &p.Title })),
		key("description", plain(), "What it shows and how to read it.", func(p *Panel) *string { return &p.Description }),
		panelType,
		panelMetric,
		panelMetrics,
		panelExpr,
		panelLegend,
		key("queries", listOf(query.kind()), "Several expressions in one panel.", func(p *Panel) *[]Query { return &p.Queries }),
		placed(key("unit", plain(), "Unit id of Grafana's. Default: inferred from the metrics.", func(p *Panel) *string { return &p.Unit }), func(p *Panel) *schema.Pos { return &p.UnitPos }),
		key("width", integer(1, 24), "Width in cells, of 24. Default: shares the line with its neighbours.", func(p *Panel) *int { return &p.Width }),
		key("height", integer(1, 100), "Height in cells. Default: by type.", func(p *Panel) *int { return &p.Height }),
		key("stack", boolean(onlyTrue), "Whether the series are stacked.", func(p *Panel) *bool { return &p.Stack }),
		key("min", optional(float()), "Lower end of the axis.", func(p *Panel) **float64 { return &p.Min }),
		key("max", optional(float()), "Upper end of the axis.", func(p *Panel) **float64 { return &p.Max }),
		key("decimals", optional(integer(0, 20)), "Decimal places.", func(p *Panel) **int { return &p.Decimals }),
		key("no_value", plain(), "What is shown where there is no value.", func(p *Panel) *string { return &p.NoValue }),
		key("thresholds", listOf(threshold.kind()), "Colours from a value upwards, ascending.", func(p *Panel) *[]Threshold { return &p.Thresholds }),
		key("mappings", listOf(mapping.kind()), "Texts and colours that stand for values.", func(p *Panel) *[]Mapping { return &p.Mappings }),
		key("content", plain(), "Markdown, for type text.", func(p *Panel) *string { return &p.Content }),
		key("alerts", mapOf(anyText(), labelName), "Labels of the alerts to list, for type alertlist.", func(p *Panel) *map[string]string { return &p.Alerts }),
	},
	begin: func(r *reader, n *source.Node, p *Panel) { p.Pos, p.Ignores = n.Pos(), r.ignores[n] },
	check: checkPanel,
}

var query = object[Query]{
	noun: "query",
	rows: []row[Query]{
		required(queryExpr),
		placed(key("legend", plain(), "Legend of its series; {{label}} is a label's value.", func(q *Query) *string { return &q.Legend }), func(q *Query) *schema.Pos { return &q.LegendPos }),
		placed(key("unit", plain(), "Unit id of Grafana's, where it is not the panel's.", func(q *Query) *string { return &q.Unit }), func(q *Query) *schema.Pos { return &q.UnitPos }),
		key("instant", boolean(onlyTrue), "Whether only the latest value is asked for.", func(q *Query) *bool { return &q.Instant }),
		key("datasource", oneOf("prometheus", "loki"), "What answers it. Default: loki in a panel of type logs, else prometheus.", func(q *Query) *string { return &q.Datasource }),
	},
}

var threshold = object[Threshold]{
	noun: "threshold",
	rows: []row[Threshold]{
		required(key("value", float(), "The value from which on the colour holds.", func(t *Threshold) *float64 { return &t.Value })),
		required(key("color", text(aColor), "The colour.", func(t *Threshold) *string { return &t.Color })),
	},
}

var mapping = object[Mapping]{
	noun: "mapping",
	rows: []row[Mapping]{
		required(key("value", anyText(), "The value that is replaced.", func(m *Mapping) *string { return &m.Value })),
		key("text", plain(), "What is shown instead.", func(m *Mapping) *string { return &m.Text }),
		key("color", text(aColor), "The colour that it is shown in.", func(m *Mapping) *string { return &m.Color }),
	},
}

var group = object[Group]{
	noun: "rule group",
	rows: []row[Group]{
		required(key("name", plain(), "Name of the group.", func(g *Group) *string { return &g.Name })),
		key("interval", duration(), "How often its rules are evaluated. Default: Prometheus' evaluation interval.", func(g *Group) *time.Duration { return &g.Interval }),
		key("labels", mapOf(anyText(), labelName), "Labels to add to each of its rules that does not set them itself.", func(g *Group) *map[string]string { return &g.Labels }),
		key("rules", listOf(rule.kind()), "Its rules, in the order in which they are evaluated.", func(g *Group) *[]Rule { return &g.Rules }),
	},
	begin: func(_ *reader, n *source.Node, g *Group) { g.Pos = n.Pos() },
	check: spreadLabels,
}

// spreadLabels adds a group's labels to those of its rules that do not set them
// themselves. Prometheus knows them since version 3; what dashgen writes has them in the
// rules, where any version reads them.
func spreadLabels(_ *reader, n *source.Node, g *Group) {
	for i := range g.Rules {
		u := &g.Rules[i]
		for name, v := range g.Labels {
			if _, own := u.Labels[name]; own {
				continue
			}
			if u.Labels == nil {
				u.Labels = map[string]string{}
			}
			u.Labels[name], u.Places["labels."+name] = v, n.Get("labels").Get(name).Pos()
		}
	}
}

// fileGroup is a group in a rule file, where more is possible. What is more is not
// needed here: it is not read.
var fileGroup = object[Group]{
	noun: group.noun,
	rows: append(group.rows[:len(group.rows):len(group.rows)], unread("limit"), unread("query_offset"),
		// of Mimir and Thanos
		unread("source_tenants"), unread("partial_response_strategy"), unread("evaluation_delay"), unread("align_evaluation_time_on_interval")),
	begin: group.begin,
	check: group.check,
}

func unread(name string) row[Group] {
	return row[Group]{name: name, schema: map[string]any{}, read: func(*reader, *source.Node, *Group) {}}
}

var rule = object[Rule]{
	noun: "rule",
	rows: []row[Rule]{
		key("record", plain(), "Name of the series that a recording rule records.", func(r *Rule) *string { return &r.Record }),
		key("alert", plain(), "Name of the alert.", func(r *Rule) *string { return &r.Alert }),
		required(ruleExpr),
		key("for", duration(), "How long the expression must hold before the alert fires.", func(r *Rule) *time.Duration { return &r.For }),
		key("keep_firing_for", duration(), "How long the alert goes on after the expression has ceased to hold.", func(r *Rule) *time.Duration { return &r.KeepFiringFor }),
		key("labels", mapOf(anyText(), labelName), "Labels to add.", func(r *Rule) *map[string]string { return &r.Labels }),
		key("annotations", mapOf(anyText(), labelName), "Annotations of the alert.", func(r *Rule) *map[string]string { return &r.Annotations }),
	},
	begin: func(r *reader, n *source.Node, u *Rule) {
		u.Pos, u.Ignores, u.Places = n.Pos(), r.ignores[n], rulePlaces(n)
	},
	check: checkRule,
}

// rulePlaces returns where the values of a rule begin.
func rulePlaces(n *source.Node) map[string]schema.Pos {
	places := map[string]schema.Pos{}
	if f := n.Get("for"); f != nil {
		places["for"] = f.Pos()
	}
	for _, key := range []string{"labels", "annotations"} {
		if of := n.Get(key); of != nil {
			for _, f := range of.Fields {
				places[key+"."+f.Key] = f.Value.Pos()
			}
		}
	}
	return places
}

// The rows below keep positions, or share fields.

var panelType = placed(
	key("type", plain(), "Type of the panel: timeseries, stat, gauge, bargauge, heatmap, table, piechart, state-timeline, logs, alertlist or text. Default: chosen from the metric.",
		func(p *Panel) *string { return &p.Type }),
	func(p *Panel) *schema.Pos { return &p.TypePos })

var panelMetric = row[Panel]{
	name:   "metric",
	doc:    "A metric, drawn as dashgen would by itself: the query, unit and legend that its type asks for.",
	schema: text(aMetric).schema,
	read: func(r *reader, n *source.Node, p *Panel) {
		var name string
		if text(aMetric).read(r, n, &name); name != "" {
			p.Metrics, p.MetricPos = []string{name}, []schema.Pos{n.Pos()}
		}
	},
}

var panelMetrics = row[Panel]{
	name:   "metrics",
	doc:    "Several metrics in one panel, each drawn as dashgen would by itself.",
	schema: listOf(text(aMetric)).schema,
	read: func(r *reader, n *source.Node, p *Panel) {
		p.Metrics, p.MetricPos = nil, nil
		if !r.want(n, source.List) {
			return
		}
		for _, item := range n.Items {
			var name string
			if text(aMetric).read(r, item, &name); name != "" {
				p.Metrics, p.MetricPos = append(p.Metrics, name), append(p.MetricPos, item.Pos())
			}
		}
	},
	write: func(p *Panel) *yaml.Node { return listOf(text(aMetric)).write(p.Metrics) },
}

// panelExpr and panelLegend are a single query, written without queries:.
var panelExpr = row[Panel]{
	name: "expr", doc: "One expression, in PromQL; in LogQL for type logs.", schema: queryExpr.schema,
	read: func(r *reader, n *source.Node, p *Panel) { queryExpr.read(r, n, p.single()) },
}

var panelLegend = row[Panel]{
	name: "legend", doc: "Legend of the series of expr; {{label}} is a label's value.", schema: plain().schema,
	read: func(r *reader, n *source.Node, p *Panel) {
		q := p.single()
		plain().read(r, n, &q.Legend)
		q.LegendPos = n.Pos()
	},
}

func (p *Panel) single() *Query {
	if len(p.Queries) == 0 {
		p.Queries = make([]Query, 1)
	}
	return &p.Queries[0]
}

var queryExpr = row[Query]{
	name: "expr", doc: "The expression, in PromQL, or in LogQL for datasource loki.", schema: plain().schema,
	read: func(r *reader, n *source.Node, q *Query) {
		plain().read(r, n, &q.Expr)
		q.Pos = n.Pos()
	},
	write: func(q *Query) *yaml.Node { return plain().write(q.Expr) },
}

var ruleExpr = row[Rule]{
	name: "expr", doc: "The expression, in PromQL.", schema: plain().schema,
	read: func(r *reader, n *source.Node, u *Rule) {
		plain().read(r, n, &u.Expr)
		u.ExprPos = n.Pos()
	},
	write: func(u *Rule) *yaml.Node { return plain().write(u.Expr) },
}

// What several keys say together.

func checkPanel(r *reader, n *source.Node, p *Panel) {
	var shows []source.Field
	for _, f := range n.Fields {
		if slices.Contains([]string{"metric", "metrics", "expr", "queries"}, f.Key) {
			shows = append(shows, f)
		}
	}
	switch {
	case len(shows) > 1:
		r.report(shows[1].Pos, "write one of them, or a query for each under queries:", "panel %q has both %s and %s", p.Title, shows[0].Key, shows[1].Key)
	case len(shows) == 0 && p.Type == "" && p.Content == "":
		r.report(p.Pos, "add metric, metrics, expr or queries", "panel %q shows nothing", p.Title)
	case n.Get("legend") != nil && n.Get("expr") == nil:
		r.report(n.Get("legend").Pos(), "a query under queries: has its own legend", "panel %q has a legend, but no expr", p.Title)
	}
	for i := range p.Queries {
		if p.Queries[i].Datasource == "" && p.Type == "logs" {
			p.Queries[i].Datasource = "loki"
		}
	}
	if p.Min != nil && p.Max != nil && *p.Min >= *p.Max {
		r.report(n.Get("max").Pos(), "", "panel %q: max %v is not above min %v", p.Title, *p.Max, *p.Min)
	}
	for i := 1; i < len(p.Thresholds); i++ {
		if p.Thresholds[i].Value <= p.Thresholds[i-1].Value {
			r.report(n.List("thresholds")[i].Pos(), "sort them", "panel %q: thresholds do not ascend", p.Title)
		}
	}
}

func checkRule(r *reader, n *source.Node, u *Rule) {
	alert, record := n.Get("alert"), n.Get("record")
	switch {
	case alert != nil && record != nil:
		r.report(record.Pos(), "make two rules of it", "rule has both alert and record")
		return
	case alert == nil && record == nil:
		r.report(u.Pos, "add alert: or record:", "rule has neither alert nor record")
		return
	case alert != nil:
		u.Pos = alert.Pos()
		return
	}
	u.Pos = record.Pos()
	if u.Record != "" && !r.ruleFile && !metricName.MatchString(u.Record) {
		r.report(u.Pos, aMetric.want, "record: %q is not valid", u.Record)
	}
	for _, name := range []string{"for", "keep_firing_for", "annotations"} {
		if v := n.Get(name); v != nil {
			r.report(v.Pos(), "remove it, or make it an alert", "%s has no meaning in a recording rule", name)
		}
	}
}

func checkRoot(r *reader, n *source.Node, c *Config) {
	r.twins(c.Alerts)
	for _, f := range n.Fields {
		if f.Key == "exposition" && len(c.Programs) > 0 {
			r.report(f.Pos, "give that program a dashgen.yaml of its own", "exposition does not go with programs, which are read from Go source")
		}
	}
	if outputs := n.Get("outputs"); c.OTelSchemaURL == "" && slices.Contains(c.Outputs, "otel-schema") {
		r.report(outputs.Pos(), `add "otel_schema_url: https://…"`, "outputs: otel-schema needs otel_schema_url, because a schema file says where it is published")
	}
	checkPrograms(r, n, c)
}

// twins reports rule groups of one name: Prometheus refuses a file with such.
func (r *reader) twins(groups []Group) {
	first := map[string]schema.Pos{}
	for _, g := range groups {
		r.twin(first, g.Name, g.Pos, fmt.Sprintf("two rule groups are called %q", g.Name), "join them, or rename one")
	}
}

// twin reports what stands at pos where something of that key was met already.
func (r *reader) twin(first map[string]schema.Pos, key string, pos schema.Pos, message, hint string) {
	at, twice := first[key]
	if key == "" { // it is reported as missing
		return
	}
	if !twice {
		first[key] = pos
		return
	}
	r.findings = append(r.findings, schema.Finding{Pos: pos, Check: "config", Message: message, Hint: hint, Related: []schema.Related{{Pos: at, Message: "the first one"}}})
}
