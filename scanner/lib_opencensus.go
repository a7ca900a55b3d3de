package scanner

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Library{
		Name: "opencensus",
		Doc: "go.opencensus.io: views that are registered, by their name or that of their measure, with the type of their aggregation and their tag keys; " +
			"what a metric.Registry adds; and the options of the Prometheus exporter.",
		Named:   alwaysNamed,
		Defines: opencensusDefines(),
		Uses: map[string]func(*Call){
			"contrib.go.opencensus.io/exporter/prometheus.NewExporter": opencensusExporter,
			opencensus + "/exporter/prometheus.NewExporter":            opencensusExporter,
		},
		Parts:    opencensusParts(),
		Packages: []string{opencensus + "/stats/view", opencensus + "/metric"},
		Finish:   func(_ Notes, defs []*Definition) { opencensusExport(defs) },
	})
}

const opencensus = "go.opencensus.io"

// A census is what the library knows of a definition: how exporters were made, if any was.
type census struct{ exporters []censusExporter }

type censusExporter struct {
	namespace string // symbolic
	known     map[string]string
	open      []schema.Label
	wraps     []Wrap
}

func opencensusDefines() map[string]func(*Call) {
	calls := map[string]func(*Call){opencensus + "/stats/view.Register": registerViews}
	for _, number := range otelNumbers {
		for kind, typ := range map[string]schema.Type{
			"Gauge": schema.Gauge, "DerivedGauge": schema.Gauge, "Cumulative": schema.Counter, "DerivedCumulative": schema.Counter,
		} {
			calls["(*"+opencensus+"/metric.Registry).Add"+number+kind] = func(c *Call) { addCensus(c, typ) }
		}
	}
	return calls
}

// opencensusParts lists the functions that make measures, tag keys, aggregations and
// options.
func opencensusParts() []string {
	var parts []string
	for pkg, names := range map[string][]string{
		"stats":      {"Int64", "Float64"},
		"stats/view": {"Count", "Sum", "Distribution", "LastValue"},
		"tag":        {"NewKey", "MustNewKey"},
		"metric":     {"WithDescription", "WithUnit", "WithLabelKeys", "WithLabelKeysAndDescription", "WithConstLabel"},
	} {
		for _, name := range names {
			parts = append(parts, opencensus+"/"+pkg+"."+name)
		}
	}
	return parts
}

// registerViews decodes view.Register(views...).
func registerViews(c *Call) {
	list := c.Variadic(0)
	if list.Kind != List && list.Kind != Choice {
		c.Unresolved("which views are registered here cannot be told from the source", list, hintCensusView)
	}
	list.each(func(list Value) {
		for _, e := range list.Elems {
			c.Elem(e).each(func(v Value) {
				if v.Kind == Struct {
					c.at(e, v).view(v)
				} else if v.Kind != Nil {
					c.Unresolved("a view that is registered here cannot be told from the source", v, hintCensusView)
				}
			})
		}
	})
}

const hintCensusView = "give Register literals of view.View, or variables that are assigned once"

// at returns the call as if it stood where the view is written: that is what says a name.
// The variable that the element names holds it.
func (c *Call) at(e Elem, view Value) *Call {
	for _, field := range []string{"Name", "Measure", "Aggregation"} {
		f, ok := view.Fields[field]
		if !ok || f.Expr == nil || f.Env == nil {
			continue
		}
		s := &site{place: place{pkg: f.Env.pkg, fn: c.scan.ev.ix.functionAt(f.Expr.Pos()), pos: f.Expr.Pos()}, call: &ast.CallExpr{Fun: f.Expr}}
		if obj := named(c.site.pkg.TypesInfo, e.Expr); obj != nil {
			s.holder = holder{obj: obj, symbol: obj.Name()}
		}
		c.scan.own[s] = true
		return &Call{scan: c.scan, site: s, env: f.Env, Name: c.Name, probe: c.probe, library: c.library}
	}
	return c
}

// named returns the package variable that an expression names, or nil.
func named(info *types.Info, e ast.Expr) types.Object {
	if e == nil {
		return nil
	}
	if v, ok := assignedObject(info, e).(*types.Var); ok && !isLocal(v) {
		return v
	}
	return nil
}

// view defines the family of a view.View.
func (c *Call) view(v Value) {
	field := func(name string) Value { f, _ := c.Field(v, name); return orEmpty(f) }
	m := &schema.Metric{}
	name, help := field("Name"), field("Description")
	if measure := c.Inner(field("Measure")); measure != nil && strings.HasPrefix(measure.Name, opencensus+"/stats.") {
		if plain(name) == "" && name.Kind == String {
			name = measure.Arg(0)
		}
		if plain(help) == "" && help.Kind == String {
			help = measure.Arg(1)
		}
		m.Unit = otelUnits[plain(measure.Arg(2))]
	} else if plain(name) == "" {
		name = Value{}
	}
	setHelp(m, help)
	c.aggregate(m, field("Aggregation"))
	var list labelList
	keys, _ := c.Field(v, "TagKeys")
	list.labels = c.tagKeys(keys)
	for _, d := range c.Families(name, m, list) {
		d.more = &census{}
	}
}

// aggregate sets the type that an aggregation is exposed as.
func (c *Call) aggregate(m *schema.Metric, v Value) {
	m.Type = schema.Untyped
	a := c.Inner(v)
	if a == nil {
		c.Unresolved("aggregation of this view cannot be told from the source", v, "make it by view.Count, Sum, Distribution or LastValue")
		return
	}
	switch a.Name {
	case opencensus + "/stats/view.Count":
		m.Type, m.Unit = schema.Counter, ""
	case opencensus + "/stats/view.Sum":
		m.Type = schema.Counter
	case opencensus + "/stats/view.LastValue":
		m.Type = schema.Gauge
	case opencensus + "/stats/view.Distribution":
		m.Type = schema.Histogram
		m.Buckets = slices.DeleteFunc(floats(a, a.Variadic(0)), func(f float64) bool { return f <= 0 })
	}
}

// tagKeys returns the labels that a list of tag keys is.
func (c *Call) tagKeys(list Value) []schema.Label {
	if list.Kind == Nil {
		return nil
	}
	var labels []schema.Label
	for _, e := range list.Elems {
		l := anyLabel
		if key := c.Inner(c.Elem(e)); key != nil && strings.HasPrefix(key.Name, opencensus+"/tag.") && plain(key.Arg(0)) != "" {
			l.Name = censusName(plain(key.Arg(0)))
		}
		l.Optional = e.Optional
		labels = append(labels, l)
	}
	if list.Kind != List {
		labels = []schema.Label{anyLabel}
	}
	return uniqueLabels(labels)
}

// addCensus decodes Registry.AddInt64Gauge(name, options...) and its like.
func addCensus(c *Call, typ schema.Type) {
	m := &schema.Metric{Type: typ}
	told := eachOption(c, c.Variadic(1), func(o *Call) {
		switch strings.TrimPrefix(o.Name, opencensus+"/metric.") {
		case "WithDescription":
			setHelp(m, o.Arg(0))
		case "WithUnit":
			m.Unit = otelUnits[plain(o.Arg(0))]
		case "WithLabelKeys":
			keys := labelNames(o, o.Variadic(0))
			for _, l := range keys.labels {
				l.Name = censusName(l.Name)
				m.Labels = append(m.Labels, l)
			}
		default:
			m.Labels = append(m.Labels, anyLabel)
		}
	})
	if !told {
		m.Labels = append(m.Labels, anyLabel)
	}
	m.Labels = uniqueLabels(m.Labels)
	for _, d := range c.Families(c.Arg(0), m, labelList{}) {
		d.more = &census{}
	}
}

// censusName returns a name as the exporter writes it: cut off at 100 bytes, with
// underscores for what a name cannot have.
func censusName(s string) string {
	if s = s[:min(len(s), 100)]; s == anyLabel.Name {
		return s
	}
	s = escaped(s)
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		s = "_" + s
	}
	if strings.HasPrefix(s, "_") {
		return "key" + s
	}
	return s
}

// opencensusExporter decodes prometheus.NewExporter(Options).
func opencensusExporter(c *Call) {
	options := c.Arg(0)
	field := func(name string) Value { f, _ := c.Field(options, name); return f }
	x := censusExporter{namespace: one(orEmpty(field("Namespace"))), wraps: c.wraps(field("Registerer"))}
	x.known, x.open = constants(c, field("ConstLabels"))
	if options.Kind != Struct {
		c.Unresolved("options of this exporter cannot be told from the source", options, hintOpts)
		x = censusExporter{namespace: Hole, open: []schema.Label{anyLabel}}
	}
	for _, d := range c.own() {
		census := d.more.(*census)
		census.exporters = append(census.exporters, x)
	}
}

// opencensusExport makes what the exporters write of each definition.
func opencensusExport(defs []*Definition) {
	for _, d := range defs {
		exporters := d.more.(*census).exporters
		if len(exporters) == 0 {
			exporters = []censusExporter{{}}
		}
		name := d.Name()
		written := map[string]bool{}
		for _, x := range exporters {
			full := censusName(name)
			if x.namespace != "" {
				full = x.namespace + "_" + full
			}
			if written[full] {
				continue
			}
			written[full] = true
			one := d.Copy()
			one.Rename(full)
			if len(x.known) > 0 {
				one.Metric.ConstLabels = x.known
			}
			one.Metric.Labels = append(one.Metric.Labels, x.open...)
			if x.wraps != nil {
				one.regs = append(one.regs, registration{env: &Env{}, wraps: x.wraps})
			}
		}
		d.Drop()
	}
}
