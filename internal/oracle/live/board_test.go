//go:build live

package live

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A board is of a dashboard what says which queries Grafana sends.
type board struct {
	Title      string
	Panels     []panel
	Templating struct{ List []variable }
}

type panel struct {
	Title, Type, Repeat string
	Panels              []panel // of a collapsed row
	Targets             []target
}

type target struct {
	Expr       string
	Instant    bool
	Hide       bool
	Datasource struct{ Type string }
}

type variable struct {
	Name, Type string
	Query      string
	AllValue   string
	Regex      string
	Current    struct{ Value any }
}

func readBoard(t *testing.T, file string) *board {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b := &board{}
	if err := json.Unmarshal(data, b); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return b
}

// flat returns the panels that hold queries, those of collapsed rows among them.
func (b *board) flat() []panel {
	var all []panel
	for _, p := range b.Panels {
		if p.Type == "row" {
			all = append(all, p.Panels...)
		} else {
			all = append(all, p)
		}
	}
	return slices.DeleteFunc(all, func(p panel) bool { return len(p.Targets) == 0 })
}

// own are Grafana's own variables, for a panel that is about a thousand pixels wide and
// shows the two minutes there are, where the data source says how often is scraped: the step
// is the scrape interval, and $__rate_interval the larger of four and of step and one.
// Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
var own = map[string]string{
	"__interval": "5s", "__interval_ms": "5000", "__rate_interval": "20s", "__rate_interval_ms": "20000",
	"__range": "120s", "__range_s": "120", "__range_ms": "120000",
}

// A choice is what is chosen for each variable, as it stands in a query.
type choice map[string]string

// choices returns what can be chosen on a board: what is chosen at first, and with it each
// value of each custom variable in turn.
func (b *board) choices() []choice {
	first := choice{}
	maps.Copy(first, own)
	for _, v := range b.Templating.List {
		switch v.Type {
		case "custom":
			first[v.Name] = v.values()[0]
		case "query":
			first[v.Name] = v.chosen()
		}
	}
	all := []choice{first}
	for _, v := range b.Templating.List {
		if v.Type != "custom" {
			continue
		}
		for _, value := range v.values()[1:] {
			other := maps.Clone(first)
			other[v.Name] = value
			all = append(all, other)
		}
	}
	return all
}

// values returns the values of a custom variable, which may stand behind their texts:
// "text : value".
func (v variable) values() []string {
	values := strings.Split(v.Query, ",")
	for i, option := range values {
		if _, value, ok := strings.Cut(option, " : "); ok {
			values[i] = strings.TrimSpace(value)
		}
	}
	return values
}

// chosen returns what a query variable becomes in a query: its values as a regular
// expression, for All what allValue says.
func (v variable) chosen() string {
	var values []string
	switch value := v.Current.Value.(type) {
	case string:
		values = []string{value}
	case []any:
		for _, one := range value {
			values = append(values, one.(string))
		}
	}
	if slices.Contains(values, "$__all") && v.AllValue != "" {
		return v.AllValue
	}
	for i, one := range values {
		values[i] = strings.ReplaceAll(regexp.QuoteMeta(one), `\`, `\\`) // inside a PromQL string
	}
	if len(values) == 1 {
		return values[0]
	}
	return "(" + strings.Join(values, "|") + ")"
}

// reference matches a variable in a text.
// Source: grafana/grafana, public/app/features/variables/utils.ts, variableRegex.
var reference = regexp.MustCompile(`\$(\w+)|\[\[(\w+)(?:\.[^:\]]+)?(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}`)

// fill fills in what is chosen. What there is no variable for stays, as in Grafana.
func (c choice) fill(text string) string {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		m := reference.FindStringSubmatch(ref)
		if value, ok := c[m[1]+m[2]+m[3]]; ok {
			return value
		}
		return ref
	})
}

// says returns what a panel's title and queries are with the choice; what none of them
// mentions does not count.
func (c choice) says(p panel) string {
	text := c.fill(p.Title)
	for _, t := range p.Targets {
		text += "\x00" + c.fill(t.Expr)
	}
	return text
}
