package scanner

import (
	"go/types"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file reads exporters that OpenTelemetry's declarative configuration makes: package
// go.opentelemetry.io/contrib/otelconf, once contrib/config. What a program writes into the
// structs of the configuration are its defaults; files may say otherwise, and so what is
// named by them is certain as a default is.

// otelConfigs are the packages, with the structs that configure a Prometheus exporter.
var otelConfigs = map[string]string{
	"go.opentelemetry.io/contrib/otelconf/v0.2.0": "Prometheus",
	"go.opentelemetry.io/contrib/otelconf/v0.3.0": "Prometheus",
	"go.opentelemetry.io/contrib/otelconf/x":      "ExperimentalPrometheusMetricExporter",
	"go.opentelemetry.io/contrib/config":          "Prometheus",
	"go.opentelemetry.io/contrib/config/v0.2.0":   "Prometheus",
	"go.opentelemetry.io/contrib/config/v0.3.0":   "Prometheus",
}

// newOtelSDK decodes NewSDK(options...) of a configuration that has a meter provider.
func newOtelSDK(c *Call) {
	metrics := true
	eachOption(c, c.Variadic(0), func(o *Call) {
		if !strings.HasSuffix(o.Name, ".WithOpenTelemetryConfiguration") {
			return
		}
		provider, known := o.Field(o.Arg(0), "MeterProvider")
		metrics = !known || provider.Kind != Nil
	})
	if !metrics {
		return
	}
	path := strings.TrimSuffix(c.Name, ".NewSDK")
	if c.configures(path, "View") {
		c.Unresolved("what the views of this configuration change is not followed", Value{}, "")
	}
	for _, x := range c.configured(path) {
		m := &schema.Metric{Type: schema.Gauge, Help: targetInfoHelp, Labels: []schema.Label{anyLabel}}
		c.Define("target_info", m).more = &x
	}
}

// configured returns the exporters that the program's configuration makes.
func (c *Call) configured(path string) []exporter {
	exporters := []exporter{{fromConfig: true}}
	boolean := func(field string, set func(*exporter)) {
		var out []exporter
		for _, on := range c.booleans(path, field) {
			for _, x := range exporters {
				if on {
					set(&x)
				}
				out = append(out, x)
			}
		}
		exporters = out
	}
	boolean("WithoutScopeInfo", func(x *exporter) { x.noScope = true })
	boolean("WithoutUnits", func(x *exporter) { x.noUnits = true })
	boolean("WithoutTypeSuffix", func(x *exporter) { x.noTotal = true })
	labels := c.fieldOf(path, otelConfigs[path], "WithResourceConstantLabels").Kind == Struct
	strategy := plain(c.fieldOf(path, otelConfigs[path], "TranslationStrategy"))
	for i := range exporters {
		x := &exporters[i]
		if labels {
			x.resource = &keyFilter{unknown: true}
		}
		switch {
		case otelConfigs[path] != "Prometheus":
			if strategy != "" { // otlptranslator does not know how the configuration spells them
				x.strategy = utf8Alone
			}
		case strings.Contains(path, "otelconf"):
			// It has suffixes unless both kinds are left out.
			x.strategy = utf8Suffixes
			if x.noUnits && x.noTotal {
				x.strategy = utf8Alone
			}
			x.noUnits, x.noTotal = false, false
		}
	}
	return exporters
}

// booleans returns what a field of the exporter's configuration is: false where it is not
// written.
func (c *Call) booleans(path, field string) []bool {
	var found []bool
	c.fieldOf(path, otelConfigs[path], field).each(func(v Value) {
		if v.Kind == Boolean && !slices.Contains(found, v.Bool) {
			found = append(found, v.Bool)
		}
	})
	if found == nil {
		return []bool{false}
	}
	return found
}

// fieldOf returns what the program writes to a field of a struct of a package.
func (c *Call) fieldOf(path, name, field string) Value {
	for f := range c.fields(path, name) {
		if f.Name() == field {
			return c.scan.ev.anywhere(f)
		}
	}
	return Value{}
}

// configures reports whether the program writes any field of a struct of a package.
func (c *Call) configures(path, name string) bool {
	for f := range c.fields(path, name) {
		if len(c.scan.ix.writes(f)) > 0 {
			return true
		}
	}
	return false
}

// fields returns the fields of a struct of a package that the call's package imports.
func (c *Call) fields(path, name string) map[*types.Var]bool {
	fields := map[*types.Var]bool{}
	for _, imp := range c.site.pkg.Types.Imports() {
		if imp.Path() != path {
			continue
		}
		if obj := imp.Scope().Lookup(name); obj != nil {
			if st, ok := obj.Type().Underlying().(*types.Struct); ok {
				for f := range st.Fields() {
					fields[f] = true
				}
			}
		}
	}
	return fields
}
