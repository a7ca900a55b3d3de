package grafana

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/grafana/grafana/apps/dashboard/pkg/apis/dashboard/v1beta1"
	"github.com/grafana/grafana/apps/dashboard/pkg/apis/dashboard/v2beta1"
	"github.com/grafana/grafana/apps/dashboard/pkg/migration/conversion"
)

// TestConversion: dashboards-v2 are what Grafana itself makes of the classic dashboards, and
// what it makes of them shows the classic panels and variables again, but for what is named
// here:
//
//   - liveNow, which Grafana writes as false, is left to its default;
//   - regexApplyTo is a field of v2 that v2beta1 has not, and v2beta1 names transformations
//     otherwise;
//   - where rows are collapsed there are tabs, and where panels may be absent Grafana lays them
//     out: what stands in which row, in which order, is the same.
func TestConversion(t *testing.T) {
	eachFile(t, generated+"/*/dashboards-v2/*.json", 2, func(t *testing.T, manifest map[string]any) {
		name := manifest["metadata"].(map[string]any)["name"].(string)
		files, err := filepath.Glob(generated + "/*/dashboards/" + name + ".json")
		if err != nil || len(files) != 1 {
			t.Fatalf("%d classic dashboards %s, %v", len(files), name, err)
		}
		eachFile(t, files[0], 1, func(t *testing.T, classic map[string]any) {
			var from v1beta1.Dashboard
			from.Spec.Object = clone(t, classic)
			var to v2beta1.Dashboard
			if err := conversion.Convert_V1beta1_to_V2beta1(&from, &to, nil, sources{}, sources{}); err != nil {
				t.Fatal(err)
			}
			ours, theirs := manifest["spec"].(map[string]any), tree(t, to.Spec)
			transformationsAsV2beta1(ours)
			compareRows(t, ours["layout"], theirs["layout"])
			delete(ours, "layout")
			delete(theirs, "layout")
			delete(theirs, "liveNow")
			for _, v := range list(ours["variables"]) {
				delete(spec(v), "regexApplyTo")
			}
			compare(t, "", ours, theirs)
		})
	})
}

// TestBack: Grafana shows of a manifest, where it reads it as a classic dashboard, the panels and
// variables of the classic one. It leaves out lists that are empty.
func TestBack(t *testing.T) {
	eachFile(t, generated+"/*/dashboards-v2/*.json", 2, func(t *testing.T, manifest map[string]any) {
		var from v2beta1.Dashboard
		data, err := json.Marshal(manifest)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &from); err != nil {
			t.Fatal(err)
		}
		var to v1beta1.Dashboard
		if err := conversion.Convert_V2beta1_to_V1beta1(&from, &to, nil, sources{}); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(generated + "/*/dashboards/" + from.Name + ".json")
		if err != nil || len(files) != 1 {
			t.Fatalf("%d classic dashboards %s, %v", len(files), from.Name, err)
		}
		eachFile(t, files[0], 1, func(t *testing.T, classic map[string]any) {
			back := tree(t, to.Spec.Object)
			theirs, ours := panels(back), panels(classic)
			if len(ours) == 0 || len(ours) != len(theirs) {
				t.Fatalf("%d panels, of which Grafana has %d", len(ours), len(theirs))
			}
			for id, p := range ours {
				for _, field := range []string{"type", "title", "description", "targets", "options", "fieldConfig"} {
					compare(t, fmt.Sprintf("panel %.0f.%s", id, field), full(p[field]), full(theirs[id][field]))
				}
			}
			compareVariables(t, classic, back)
		})
	})
}

// transformationsAsV2beta1 names transformations as v2beta1 does.
func transformationsAsV2beta1(board map[string]any) {
	elements, _ := board["elements"].(map[string]any)
	for _, e := range elements {
		for _, v := range list(spec(spec(e)["data"])["transformations"]) {
			transformation := v.(map[string]any)
			id := transformation["group"]
			transformation["kind"], spec(transformation)["id"] = id, id
			delete(transformation, "group")
		}
	}
}

func tree(t *testing.T, v any) map[string]any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, data)
}

// full returns a value without the lists in it that are empty; nil for one that is.
func full(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i := range v {
			v[i] = full(v[i])
		}
	case map[string]any:
		for key, inner := range v {
			if v[key] = full(inner); v[key] == nil {
				delete(v, key)
			}
		}
	}
	return v
}

func list(v any) []any {
	all, _ := v.([]any)
	return all
}

// spec returns the spec of an object that has one.
func spec(v any) map[string]any {
	object, _ := v.(map[string]any)
	s, _ := object["spec"].(map[string]any)
	return s
}

// panels returns the panels of a classic dashboard by id, without the headers of rows.
func panels(dashboard map[string]any) map[any]map[string]any {
	all := map[any]map[string]any{}
	for _, v := range list(dashboard["panels"]) {
		p := v.(map[string]any)
		for id, inner := range panels(p) {
			all[id] = inner
		}
		if p["type"] != "row" {
			all[p["id"]] = p
		}
	}
	return all
}

func compareVariables(t *testing.T, ours, theirs map[string]any) {
	t.Helper()
	a, b := list(ours["templating"].(map[string]any)["list"]), list(theirs["templating"].(map[string]any)["list"])
	if len(a) != len(b) {
		t.Fatalf("%d variables, of which Grafana has %d", len(a), len(b))
	}
	for i := range a {
		for _, field := range []string{"name", "label", "type", "query", "multi", "includeAll", "allValue", "current"} {
			our, their := a[i].(map[string]any)[field], b[i].(map[string]any)[field]
			if our == nil && (their == false || field == "current") {
				continue // it writes out what is left out
			}
			compare(t, fmt.Sprintf("variable %d.%s", i, field), our, their)
		}
	}
}

// compareRows compares what stands where in two layouts.
func compareRows(t *testing.T, ours, theirs any) {
	t.Helper()
	a, b := rows("", ours), rows("", theirs)
	if len(a) != len(b) {
		t.Fatalf("%d rows, of which Grafana makes %d", len(a), len(b))
	}
	for i := range a {
		if len(a[i].items) != len(b[i].items) {
			t.Errorf("row %q has %d panels, of which Grafana takes %d", a[i].title, len(a[i].items), len(b[i].items))
			continue
		}
		if b[i].title != "" && a[i].title != b[i].title {
			t.Errorf("row %q, which Grafana calls %q", a[i].title, b[i].title)
		}
		for j := range a[i].items {
			our, their := spec(a[i].items[j]), spec(b[i].items[j])
			if our["width"] == nil { // laid out by Grafana
				our, their = map[string]any{"element": our["element"]}, map[string]any{"element": their["element"]}
			}
			compare(t, fmt.Sprintf("row %q, panel %d", a[i].title, j), our, their)
		}
	}
}

// A row is what stands together.
type row struct {
	title string
	items []any
}

// rows returns the rows of a layout: those of its tabs, where it has some.
func rows(title string, layout any) []row {
	s := spec(layout)
	parts := slices.Concat(list(s["tabs"]), list(s["rows"]))
	if len(parts) == 0 {
		return []row{{title, list(s["items"])}}
	}
	var all []row
	for _, part := range parts {
		named, _ := spec(part)["title"].(string)
		all = append(all, rows(cmp.Or(named, title), spec(part)["layout"])...)
	}
	return all
}
