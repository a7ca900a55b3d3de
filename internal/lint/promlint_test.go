package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// validations maps what promlint says, by a part of its text, to our check.
var validations = []struct{ text, check string }{
	{"no help text", "help"},
	{`should have "_total" suffix`, "counter-total"},
	{`should not have "_total" suffix`, "counter-total"},
	{"use base unit", "metric-unit"},
	{`should not have "_bucket" suffix`, "histogram-summary-reserved"},
	{`should not have "_count" suffix`, "histogram-summary-reserved"},
	{`should not have "_sum" suffix`, "histogram-summary-reserved"},
	{`should not have "le" label`, "histogram-summary-reserved"},
	{`should not have "quantile" label`, "histogram-summary-reserved"},
	{"should not include type", "type-in-name"},
	{"should not contain ':'", "reserved-chars"},
	{"not 'camelCase'", "camel-case"},
	{"abbreviated units", "unit-abbreviation"},
}

// TestPromlint compares our naming checks with client_golang's promlint over names, types,
// labels and help texts: for each metric the same checks must complain. Two of promlint's
// validations have no part in it: LintDuplicateMetric is about series, which no source
// shows. An empty help text and none are one thing in a schema; promlint minds only the
// absence of the HELP line, so the corpus leaves that out, too, where help is empty.
func TestPromlint(t *testing.T) {
	metrics := generate()
	got, want := ourChecks(metrics), promlintChecks(t, metrics)
	complained := map[string]bool{}
	for i, m := range metrics {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s: our checks that complain: %v, promlint's: %v", exposition(m), got[i], want[i])
		}
		for _, check := range want[i] {
			complained[check] = true
		}
	}
	for _, v := range validations {
		if !complained[v.check] {
			t.Errorf("the corpus has no metric that promlint complains of for %s", v.check)
		}
	}
	t.Logf("%d metrics", len(metrics))
}

// generate returns every combination of the parts of a name with types, labels and help,
// so far as the combination can be exposed.
func generate() []*schema.Metric {
	words := []string{"", "orders", "seconds", "milliseconds", "minutes", "bytes", "Bytes", "kibibytes", "bits", "kelvins", "metres", "celsius",
		"s", "ms", "MS", "sec", "m", "kb", "counter", "gauge", "Histogram", "summary", "untyped", "cartItems", "a:b", "kilo", "decades", "_"}
	ends := []string{"", "_total", "_count", "_sum", "_bucket", "_ratio", "_ms", "_gauge", "_counter", "_info", "_seconds_total", "_totals"}
	types := []schema.Type{schema.Counter, schema.Gauge, schema.Histogram, schema.Summary, schema.Untyped}
	labels := [][]string{nil, {"code"}, {"le"}, {"quantile"}, {"cartId", "zone"}, {"HTTP"}}
	var all []*schema.Metric
	for _, w := range words {
		for _, end := range ends {
			for _, typ := range types {
				for i, ls := range labels {
					m := &schema.Metric{Type: typ, Name: strings.ReplaceAll("shop_"+w+end, "__", "_"), Help: "x"}
					if (len(all)+i)%3 == 0 {
						m.Help = ""
					}
					if typ == schema.Histogram && slices.Contains(ls, "le") || typ == schema.Summary && slices.Contains(ls, "quantile") {
						continue // the text format takes them for the metric's own
					}
					for _, l := range ls {
						m.Labels = append(m.Labels, schema.Label{Name: l})
					}
					all = append(all, m)
				}
			}
		}
	}
	return all
}

func ourChecks(metrics []*schema.Metric) [][]string {
	var naming []string
	for _, v := range validations {
		naming = append(naming, v.check)
	}
	var list []*Check
	for _, c := range Checks() {
		if slices.Contains(naming, c.Name) {
			list = append(list, c)
		}
	}
	complaints := make([][]string, len(metrics))
	for i, m := range metrics {
		for _, f := range runChecks(list, Input{Schema: &schema.Schema{Metrics: []*schema.Metric{m}}}, nil) {
			complaints[i] = append(complaints[i], f.Check)
		}
		complaints[i] = set(complaints[i])
	}
	return complaints
}

func promlintChecks(t *testing.T, metrics []*schema.Metric) [][]string {
	complaints := make([][]string, len(metrics))
	for i, m := range metrics {
		problems, err := promlint.New(strings.NewReader(exposition(m))).Lint()
		if err != nil {
			t.Fatalf("%s: %v", exposition(m), err)
		}
		for _, p := range problems {
			k := slices.IndexFunc(validations, func(v struct{ text, check string }) bool { return strings.Contains(p.Text, v.text) })
			if k < 0 {
				t.Fatalf("promlint says what no check of ours stands for: %s", p.Text)
			}
			complaints[i] = append(complaints[i], validations[k].check)
		}
		complaints[i] = set(complaints[i])
	}
	return complaints
}

func set(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// exposition returns a metric with one series in the text format.
func exposition(m *schema.Metric) string {
	var labels []string
	for _, l := range m.Labels {
		labels = append(labels, l.Name+`="1"`)
	}
	with := func(more ...string) string {
		return "{" + strings.Join(append(slices.Clone(labels), more...), ",") + "}"
	}
	var b strings.Builder
	if m.Help != "" {
		fmt.Fprintf(&b, "# HELP %s %s\n", m.Name, m.Help)
	}
	fmt.Fprintf(&b, "# TYPE %s %s\n", m.Name, m.Type)
	switch m.Type {
	case schema.Histogram:
		fmt.Fprintf(&b, "%s_bucket%s 1\n%s_sum%s 1\n%s_count%s 1\n", m.Name, with(`le="+Inf"`), m.Name, with(), m.Name, with())
	case schema.Summary:
		fmt.Fprintf(&b, "%s%s 1\n%s_sum%s 1\n%s_count%s 1\n", m.Name, with(`quantile="0.5"`), m.Name, with(), m.Name, with())
	default:
		fmt.Fprintf(&b, "%s%s 1\n", m.Name, with())
	}
	return b.String()
}
