package scanner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file makes of OpenTelemetry's instruments what its exporters for Prometheus
// write.

// An exporter is how a Prometheus exporter was made.
type exporter struct {
	translation
	noScope    bool
	noTarget   bool
	fromConfig bool
	resource   *keyFilter // resource attributes that are labels; nil: none
	wraps      []Wrap     // what the registerer adds
}

const targetInfoHelp = "Target metadata"

// newExporter decodes prometheus.New(opts...). What it makes by itself is target_info,
// which holds what is known of the exporter.
func newExporter(c *Call) {
	alternatives := []exporter{{}}
	list := c.Variadic(0)
	if list.Kind != List && list.Kind != Nil && list.Kind != Choice {
		c.Unresolved("options of this exporter cannot be told from the source", list, "give the options where it is made; names are translated as without options")
	}
	list.each(func(list Value) {
		made := []exporter{{}}
		for _, e := range list.Elems {
			made = with(c, made, e)
		}
		alternatives = append(alternatives, made...)
	})
	if len(alternatives) > 1 {
		alternatives = alternatives[1:]
	}
	for _, x := range alternatives {
		m := &schema.Metric{Type: schema.Gauge, Help: targetInfoHelp, Labels: []schema.Label{anyLabel}}
		d := c.Define("target_info", m)
		d.more = &x
		if x.wraps != nil {
			d.Registered(c, x.wraps, false)
		}
	}
}

// maxExporters bounds the ways in which one exporter is made.
const maxExporters = 8

// with returns each exporter with an option, and without it where that is optional.
func with(c *Call, made []exporter, option Elem) []exporter {
	var out []exporter
	if option.Optional {
		out = slices.Clone(made)
	}
	c.Elem(option).each(func(v Value) {
		for _, x := range made {
			if o := c.Inner(v); o != nil {
				out = append(out, x.with(o)...)
			} else {
				out = append(out, x)
			}
		}
	})
	if len(out) > maxExporters {
		return made
	}
	return out
}

// with returns x with the option that a call makes, once for each value that it may have.
func (x exporter) with(o *Call) []exporter {
	var out []exporter
	switch strings.TrimPrefix(o.Name, otelExporter+".") {
	case "WithoutUnits":
		x.noUnits = true
	case "WithoutCounterSuffixes":
		x.noTotal = true
	case "WithoutScopeInfo":
		x.noScope = true
	case "WithoutTargetInfo":
		x.noTarget = true
	case "WithRegisterer":
		x.wraps = o.wraps(o.Arg(0))
	case "WithResourceAsConstantLabels":
		f := filterOf(o, o.Arg(0))
		x.resource = &f
	case "WithNamespace":
		for _, ns := range o.Arg(0).symbolic() {
			x.namespace = ns
			out = append(out, x)
		}
	case "WithTranslationStrategy":
		for _, s := range o.Arg(0).symbolic() {
			if x.strategy = s; hasHole(s) {
				o.Unresolved("translation strategy of this exporter cannot be told from the source", o.Arg(0), "name one of package otlptranslator's strategies; names are translated as without it")
				x.strategy = ""
			}
			out = append(out, x)
		}
	}
	if out == nil {
		out = []exporter{x}
	}
	return out
}

// otelExport makes what the exporters write of each instrument, and target_info.
func otelExport(defs []*Definition) {
	var exporters []exporter
	for _, d := range defs {
		if x, ok := d.more.(*exporter); ok {
			exporters = append(exporters, *x)
			if x.noTarget {
				d.Drop()
			}
		}
	}
	if len(exporters) == 0 {
		exporters = []exporter{{}}
	}
	for _, d := range defs {
		inst, ok := d.more.(*instrument)
		if !ok {
			continue
		}
		written := map[string]bool{}
		for _, s := range inst.streams(d) {
			for _, x := range exporters {
				name := x.metric(s.name, s.unit, s.typ == schema.Counter, s.gauge)
				if one := d.Copy(); written[name] || name == "" {
					one.Drop()
				} else {
					written[name] = true
					x.write(one, inst, s, name)
				}
			}
		}
		d.Drop()
	}
}

// write makes d what the exporter writes of a stream.
func (x exporter) write(d *Definition, inst *instrument, s stream, name string) {
	d.Rename(name)
	m := d.Metric
	m.Type, m.Help, m.Buckets, m.Native = s.typ, s.help, s.buckets, s.native
	m.Unit = schemaUnit(s.unit, s.gauge)
	if x.fromConfig {
		m.Certainty = schema.Default
	}
	if x.wraps != nil {
		d.regs = append(d.regs, registration{env: &Env{}, wraps: x.wraps})
	}
	all := joined(inst.measured)
	all.open = all.open || inst.unseen || len(inst.measured) == 0
	all = s.filter.apply(all)
	if x.resource != nil {
		all.add(x.resource.apply(attributes{open: true}), true)
	}
	x.label(d, all, "")
	if !x.noScope {
		x.scope(d, inst.scope)
	}
	m.Labels = uniqueLabels(m.Labels)
}

// label gives a definition the labels that attributes are.
func (x exporter) label(d *Definition, a attributes, prefix string) {
	for key, v := range a.values {
		name := prefix + x.translation.label(key)
		d.Metric.Labels = append(d.Metric.Labels, schema.Label{Name: name, Optional: a.optional[key]})
		d.Labels = append(d.Labels, name)
		d.Value(name, v)
	}
	if a.open {
		d.Metric.Labels = append(d.Metric.Labels, schema.Label{Name: prefix + anyLabel.Name, Optional: true})
	}
}

// scope gives a definition the labels of its scope. One that is empty is exposed all the
// same.
func (x exporter) scope(d *Definition, s otelScope) {
	for name, v := range map[string]string{"otel_scope_name": s.name, "otel_scope_version": s.version, "otel_scope_schema_url": s.schema} {
		if hasHole(v) {
			d.Metric.Labels = append(d.Metric.Labels, schema.Label{Name: name})
			continue
		}
		if d.Metric.ConstLabels == nil {
			d.Metric.ConstLabels = map[string]string{}
		}
		d.Metric.ConstLabels[name] = v
	}
	s.attributes.open = s.attributes.open && !hasHole(s.name)
	x.label(d, s.attributes, "otel_scope_")
}

// schemaUnit returns the unit of an instrument as OpenMetrics spells it, or "" for what
// is counted and for rates.
func schemaUnit(unit string, gauge bool) string {
	if unit == "1" && gauge {
		return "ratio"
	}
	return otelUnits[cmp.Or(unit, "1")]
}
