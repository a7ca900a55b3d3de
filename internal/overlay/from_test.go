package overlay

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
)

// drawn is a dashboard with two panels that only it has, one that another board has too, and
// a row.
const drawn = `{
  "uid": "shop", "title": "shop", "editable": false, "refresh": "30s", "schemaVersion": 42,
  "templating": {"list": [{"name": "job", "multi": true}, {"name": "instance", "multi": true}]},
  "panels": [
    {"id": 1, "type": "timeseries", "title": "Orders", "options": {}, "fieldConfig": {"defaults": {"unit": "cps", "min": 0}}, "gridPos": {"x": 0}, "targets": [{"refId": "A", "expr": "a"}, {"refId": "B", "expr": "b"}]},
    {"id": 2, "type": "timeseries", "title": "Queue", "options": {}},
    {"id": 9, "type": "row", "title": "Cache", "panels": [{"id": 3, "type": "timeseries", "title": "Hits", "options": {}}]}
  ]
}`

var drawnBoards = []plan.Board{
	{UID: "shop", Rows: []plan.Row{{Panels: []plan.Panel{{Key: "shop_orders_total", ID: 1}, {Key: "shop_queue", ID: 2}}}, {ID: 9, Panels: []plan.Panel{{Key: "shop_hits_total", ID: 3}}}}},
	{UID: "shop-overview", Rows: []plan.Row{{Panels: []plan.Panel{{Key: "shop_queue", ID: 7}}}}},
}

// An overlay made of a change makes the dashboard what the change made it; what it cannot do
// is told.
func TestFrom(t *testing.T) {
	for name, c := range map[string]struct {
		edits string   // OLD=>NEW, one a line
		has   []string // in the overlay; none: there is no overlay
		left  []string
		lost  bool // something stays as it was drawn
	}{
		"nothing that matters": {edits: `"editable": false=>"editable": true` + "\n" + `"schemaVersion": 42=>"schemaVersion": 43`, lost: true},
		"a field":              {edits: `"unit": "cps"=>"unit": "reqps"`, has: []string{"shop_orders_total: {", "fieldConfig+: {", "unit: 'reqps',"}},
		"a field less":         {edits: `, "min": 0=>`, has: []string{"min:: null"}},
		"one query":            {edits: `"expr": "b"=>"expr": "2 * b"`, has: []string{"if std.get(x, 'refId') == 'B' then x {", "for x in super"}},
		"a query more":         {edits: `, {"refId": "B", "expr": "b"}=>, {"refId": "B", "expr": "b"}, {"refId": "C", "expr": "c"}`, has: []string{"targets: ["}},
		"a variable":           {edits: `{"name": "job", "multi": true}=>{"name": "job", "multi": false}`, has: []string{"dashboards: {", "templating+: {", "== 'job' then"}},
		"a shared panel":       {edits: `"title": "Queue"=>"title": "Waiting"`, has: []string{"'shop/shop_queue': {"}},
		"a collapsed panel":    {edits: `"title": "Hits"=>"title": "Found"`, has: []string{"shop_hits_total: {"}},
		"a panel less":         {edits: `{"id": 2, "type": "timeseries", "title": "Queue", "options": {}},=>`, has: []string{"'shop/shop_queue': null"}},
		"a panel more":         {edits: `[{"id": 3, "type": "timeseries", "title": "Hits", "options": {}}]}=>[{"id": 3, "type": "timeseries", "title": "Hits", "options": {}}]}, {"id": 12, "type": "text"}`, has: []string{"panels+: ["}},
		"a row":                {edits: `"title": "Cache"=>"title": "Caches"`, left: []string{`shop: row "Caches" is not as it was: rows go by what is drawn`}, lost: true},
		"defaults of Grafana": {
			edits: `"title": "Orders", "options": {=>"title": "Orders", "options": {"x": false` + "\n" + `"title": "Queue", "options": {=>"title": "Queue", "options": {"x": false` + "\n" + `"title": "Hits", "options": {=>"title": "Hits", "options": {"x": false`,
			left:  []string{"shop: options.x = false of 3 panels of type timeseries looks like a default of Grafana's"},
			lost:  true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			now := drawn
			for line := range strings.SplitSeq(c.edits, "\n") {
				old, new, _ := strings.Cut(line, "=>")
				if !strings.Contains(now, old) {
					t.Fatalf("%s is not there", old)
				}
				now = strings.Replace(now, old, new, 1)
			}
			program, left, err := From(drawnBoards, []Edit{{"shop", []byte(drawn), []byte(now)}})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.has {
				if !strings.Contains(string(program), want) {
					t.Errorf("the overlay has no %s", want)
				}
			}
			if len(c.has) == 0 && program != nil {
				t.Error("there is an overlay")
			}
			if strings.Join(left, "\n") != strings.Join(c.left, "\n") {
				t.Errorf("left: %q", left)
			}
			if got := applied(t, program); bytes.Equal(got, indented(t, now)) == c.lost {
				t.Errorf("overlay\n%s\nmakes it\n%s", program, got)
			}
		})
	}
}

// applied returns the drawn dashboard with an overlay.
func applied(t *testing.T, program []byte) []byte {
	t.Helper()
	files := map[string][]byte{boardFile("shop"): indented(t, drawn), boardFile("shop-overview"): []byte(`{"uid": "shop-overview", "panels": []}`)}
	if program == nil {
		return files[boardFile("shop")]
	}
	cfg := &config.Config{Dir: t.TempDir(), Overlays: []string{"pulled.jsonnet"}}
	if err := os.WriteFile(filepath.Join(cfg.Dir, "pulled.jsonnet"), program, 0o666); err != nil {
		t.Fatal(err)
	}
	_, findings, err := Apply(cfg, drawnBoards, files)
	if err != nil || len(findings) > 0 {
		t.Fatalf("%v %v\n%s", err, findings, program)
	}
	return files[boardFile("shop")]
}

func indented(t *testing.T, text string) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}
