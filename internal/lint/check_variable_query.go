package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "variable-query",
		Doc: `A variable asks in a way that Grafana does not understand.

The values of a variable come from label_values(SERIES, LABEL), label_values(LABEL),
label_names(), metrics(PATTERN) or query_result(EXPRESSION). Anything else is sent as a selector
of series: of a slip in one of these forms, a missing comma say, Prometheus makes an error, so
that the variable has no values and all that is chosen by it is empty.

Write it as one of these.
See https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/.`,
		Board: variableQuery,
	})
}

// Source: grafana/grafana, packages/grafana-prometheus/src/metric_find_query.ts and constants.
var (
	variableFunction = regexp.MustCompile(`^\s*(label_values|label_names|metrics|query_result)\s*\(`)
	variableForms    = map[string]*regexp.Regexp{
		"label_values": regexp.MustCompile(`^\s*label_values\((?s:.+,\s*)?([a-zA-Z_$][a-zA-Z0-9_]*|\$\{\w+(:\w+)?\}|\[\[\w+\]\]|"[^"]+")\s*\)\s*$`),
		"label_names":  regexp.MustCompile(`^\s*label_names\((?s:.*)\)\s*$`),
		"metrics":      regexp.MustCompile(`^\s*metrics\((?s:.+)\)\s*$`),
		"query_result": regexp.MustCompile(`^\s*query_result\((?s:.+)\)\s*$`),
	}
	variableExample = map[string]string{
		"label_values": "label_values(SERIES, LABEL)", "label_names": "label_names()", "metrics": "metrics(PATTERN)", "query_result": "query_result(EXPRESSION)",
	}
)

func variableQuery(p *Pass, d *input.Dashboard) {
	for _, v := range d.Templating {
		m := variableFunction.FindStringSubmatch(v.Query.Text)
		if m == nil || v.Source != "" && v.Source != "prometheus" || variableForms[m[1]].MatchString(v.Query.Text) {
			continue
		}
		p.Report(schema.Finding{
			Pos:     v.Query.Pos,
			Message: fmt.Sprintf("variable %q asks %s, which Grafana does not understand", v.Name, strings.TrimSpace(v.Query.Text)),
			Hint:    "write " + variableExample[m[1]],
		})
	}
}
