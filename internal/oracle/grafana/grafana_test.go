// Package grafana holds what dashgen generates against Grafana's own server: its migration
// of dashboards, its conversion of classic ones into v2 and back, and its validator.
//
// It is a module of its own, and test-only: Grafana is AGPL and brings 300 modules, none of
// which dashgen ships. Compiling it takes minutes, so CI leaves it out. Run it after a
// change in what package render writes:
//
//	cd internal/oracle/grafana && go test .
//
// DASHGEN_GENERATED names another folder than generated/, with one folder a program. The versions
// in go.mod are those that download and build together; testdata/authlib stands in for a module
// that does not, of which the conversion uses the names of three types.
package grafana

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/grafana/grafana/apps/dashboard/pkg/apis/dashboard/v1beta1"
	"github.com/grafana/grafana/apps/dashboard/pkg/apis/dashboard/v2beta1"
	"github.com/grafana/grafana/apps/dashboard/pkg/migration"
	"github.com/grafana/grafana/apps/dashboard/pkg/migration/schemaversion"
)

// generated is the folder that is held.
var generated = cmp.Or(os.Getenv("DASHGEN_GENERATED"), "../../../generated")

// sources is a Grafana with a Prometheus and a Loki, neither of which a board may name.
type sources struct{}

func (sources) Index(context.Context) *schemaversion.DatasourceIndex {
	return schemaversion.NewDatasourceIndex([]schemaversion.DataSourceInfo{
		{Default: true, UID: "a-prometheus", Type: "prometheus", APIVersion: "v1", Name: "Prometheus", ID: 1},
		{UID: "a-loki", Type: "loki", APIVersion: "v1", Name: "Loki", ID: 2},
	})
}

func (sources) GetLibraryElementInfo(context.Context) []schemaversion.LibraryElementInfo { return nil }

func TestMain(m *testing.M) {
	migration.Initialize(sources{}, sources{}, time.Minute)
	os.Exit(m.Run())
}

func eachFile(t *testing.T, pattern string, least int, f func(*testing.T, map[string]any)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) < least {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f(t, decode(t, data))
		})
	}
}

func decode(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestClassic: Grafana takes every board, and would save it as it is.
func TestClassic(t *testing.T) {
	eachFile(t, generated+"/*/dashboards/*.json", 15, func(t *testing.T, board map[string]any) {
		migrated := clone(t, board)
		if err := migration.Migrate(t.Context(), migrated, schemaversion.LATEST_VERSION); err != nil {
			t.Fatal(err)
		}
		compare(t, "", board, clone(t, migrated))

		var object v1beta1.Dashboard
		object.Spec.Object = board
		invalid, version := v1beta1.ValidateDashboardSpec(&object, true)
		for _, err := range append(invalid, version...) {
			t.Error(err)
		}
	})
}

// TestV2: Grafana takes every manifest. The newest version of its API that downloads is
// v2beta1, which names transformations otherwise.
func TestV2(t *testing.T) {
	eachFile(t, generated+"/*/dashboards-v2/*.json", 2, func(t *testing.T, manifest map[string]any) {
		transformationsAsV2beta1(manifest["spec"].(map[string]any))
		var object v2beta1.Dashboard
		data, err := json.Marshal(manifest)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &object); err != nil {
			t.Fatal(err)
		}
		for _, err := range v2beta1.ValidateDashboardSpec(&object) {
			t.Error(err)
		}
		object.Spec.TimeSettings.AutoRefreshIntervals = nil
		object.Spec.CursorSync = "Crosshairs"
		if len(v2beta1.ValidateDashboardSpec(&object)) == 0 {
			t.Error("the validator takes a cursorSync that does not exist")
		}
		// Nothing is lost in Grafana's own types.
		if spec, ok := manifest["spec"].(map[string]any); ok {
			compare(t, "", spec["elements"], clone(t, map[string]any{"elements": object.Spec.Elements})["elements"])
			compare(t, "", spec["layout"], clone(t, map[string]any{"layout": object.Spec.Layout})["layout"])
		}
	})
}

// clone returns a tree as it comes out of JSON: with float64 for every number.
func clone(t *testing.T, tree map[string]any) map[string]any {
	t.Helper()
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, data)
}

// compare reports where Grafana's tree differs.
func compare(t *testing.T, path string, ours, theirs any) {
	t.Helper()
	switch ours := ours.(type) {
	case map[string]any:
		if theirs, ok := theirs.(map[string]any); ok {
			keys := map[string]bool{}
			for key := range ours {
				keys[key] = true
			}
			for key := range theirs {
				keys[key] = true
			}
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				a, has := ours[key]
				b, hasToo := theirs[key]
				switch {
				case !has:
					t.Errorf("%s.%s: Grafana adds %v", path, key, b)
				case !hasToo:
					t.Errorf("%s.%s: Grafana drops %v", path, key, a)
				default:
					compare(t, path+"."+key, a, b)
				}
			}
			return
		}
	case []any:
		if theirs, ok := theirs.([]any); ok && len(ours) == len(theirs) {
			for i := range ours {
				compare(t, path+"[]", ours[i], theirs[i])
			}
			return
		}
	}
	if !reflect.DeepEqual(ours, theirs) {
		t.Errorf("%s: %v, Grafana writes %v", path, ours, theirs)
	}
}

// TestFinds: the migration and the validator see what is wrong, so that their silence
// means something.
func TestFinds(t *testing.T) {
	board := map[string]any{"title": "x", "schemaVersion": 41, "panels": []any{map[string]any{"type": "stat", "title": "x"}}}
	migrated := clone(t, board)
	if err := migration.Migrate(t.Context(), migrated, schemaversion.LATEST_VERSION); err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(board, migrated) {
		t.Error("the migration leaves a board without ids as it is")
	}
	var object v1beta1.Dashboard
	object.Spec.Object = map[string]any{"title": "x", "schemaVersion": 42, "refresh": 5}
	if invalid, _ := v1beta1.ValidateDashboardSpec(&object, true); len(invalid) == 0 {
		t.Error("the validator takes a number for a refresh")
	}
}
