package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dashgen/dashgen/schema"
)

const published = "metrics.schema.json"

// validator returns a function that validates a metrics.json against the published
// JSON Schema.
func validator(t *testing.T) func([]byte) error {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	s, err := c.Compile(published)
	if err != nil {
		t.Fatal(err)
	}
	return func(data []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return s.Validate(doc)
	}
}

// A jsonSchema is what the tests read of a JSON Schema.
type jsonSchema struct {
	ID          string `json:"$id"`
	Ref         string `json:"$ref"`
	Description string
	Required    []string
	Properties  map[string]jsonSchema
	Items       *jsonSchema
	Enum        []string
	Defs        map[string]jsonSchema `json:"$defs"`
}

func readPublished(t *testing.T) jsonSchema {
	t.Helper()
	data, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonSchema
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestJSONSchemaHasEveryKey holds the properties of the JSON Schema to the json tags
// of the types that metrics.json is made of.
func TestJSONSchemaHasEveryKey(t *testing.T) {
	s := readPublished(t)
	for def, typ := range map[string]reflect.Type{
		"metric": reflect.TypeFor[schema.Metric](), "label": reflect.TypeFor[schema.Label](),
		"native": reflect.TypeFor[schema.Native](), "objective": reflect.TypeFor[schema.Objective](),
	} {
		var keys, required []string
		for i := range typ.NumField() {
			key, opts, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if key == "-" {
				continue
			}
			keys = append(keys, key)
			if opts != "omitempty" {
				required = append(required, key)
			}
		}
		slices.Sort(keys)
		if got := slices.Sorted(maps.Keys(s.Defs[def].Properties)); !slices.Equal(got, keys) {
			t.Errorf("%s: JSON Schema has keys %q, Go has %q", def, got, keys)
		}
		if got := s.Defs[def].Required; !slices.Equal(got, required) {
			t.Errorf("%s: JSON Schema requires %q, Go writes always %q", def, got, required)
		}
	}
	all := maps.Clone(s.Defs)
	all["file"] = s
	for def, d := range all {
		for key, p := range d.Properties {
			if p.Description == "" {
				t.Errorf("%s: key %q has no description", def, key)
			}
		}
	}
}

func TestJSONSchemaKnowsEveryWord(t *testing.T) {
	s := readPublished(t)
	want := []string{""}
	for _, typ := range schema.Types {
		want = append(want, string(typ))
	}
	if got := s.Defs["metric"].Properties["type"].Enum; !slices.Equal(got, want) {
		t.Errorf("type: JSON Schema has %q, Go has %q", got, want)
	}
	if head := fmt.Sprintf("{\n  \"$schema\": %q,\n", s.ID); !bytes.HasPrefix((&schema.Schema{}).Format(), []byte(head)) {
		t.Errorf("Format does not begin with the JSON Schema's $id, %q", s.ID)
	}
}

// TestJSONSchemaAccepts validates what Format writes: of testdata, of metrics made by
// the fuzz tests' source, and what generated/ holds.
func TestJSONSchemaAccepts(t *testing.T) {
	validate := validator(t)
	accept := func(what string, data []byte) {
		t.Helper()
		if err := validate(data); err != nil {
			t.Errorf("%s: %v\n%s", what, err, data)
		}
	}
	seen := 0
	for _, file := range archives(t) {
		for _, f := range readArchive(t, file).Files {
			if s, err := schema.Parse(f.Name, f.Data); err == nil {
				accept(file+" "+f.Name, f.Data)
				accept(file+" "+f.Name+", formatted", s.Format())
				seen++
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d files of testdata were validated", seen)
	}
	generated, _ := filepath.Glob("../generated/*/metrics.json")
	for _, file := range generated {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		accept(file, data)
	}
	for i := range 50 {
		src := &source{wild: true}
		for j := range 400 {
			src.data = append(src.data, byte((i+1)*(j+7)*j>>3))
		}
		s, _ := schema.New(src.metrics(true))
		accept(fmt.Sprintf("source %d", i), s.Format())
	}
}

// TestJSONSchemaRejects damages a good file in one place at a time: the JSON Schema
// and Parse must both refuse it.
func TestJSONSchemaRejects(t *testing.T) {
	validate := validator(t)
	const good = `{"schema_version": 1, "metrics": [
		{"name": "a_total", "type": "counter", "help": "A.", "labels": [{"name": "code", "values": ["200"]}], "const_labels": {"app": "x"},
		 "stability": "beta", "deprecated": true, "replaced_by": "b", "remove_after": "2027-01-01", "removed_in": "1.0"},
		{"name": "b_*", "certainty": "pattern", "type": "histogram", "buckets": [1, 2], "native": {"bucket_factor": 1.1}},
		{"name": "c", "type": "summary", "objectives": [{"quantile": 0.5, "error": 0.05}]}]}`
	if err := validate([]byte(good)); err != nil {
		t.Fatal(err)
	}
	if _, err := schema.Parse("good", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, damage := range [][2]string{
		{`"schema_version": 1, `, ``}, {`"schema_version": 1`, `"schema_version": 2`}, {`"metrics"`, `"measures"`},
		{`"name": "a_total", `, ``}, {`"a_total"`, `"a-total"`}, {`"a_total"`, `"1_total"`}, {`"a_total"`, `"a_*"`}, {`"b_*"`, `"*"`}, {`"b_*"`, `"b"`},
		{`"type": "counter", `, ``}, {`"counter"`, `"count"`}, {`"help": "A."`, `"help": 1`}, {`"help": "A."`, `"help": ""`}, {`"help"`, `"hlep"`},
		{`"name": "code", `, ``}, {`"code"`, `"a.b"`}, {`"code"`, `"__code"`}, {`["200"]`, `[]`}, {`["200"]`, `["200", "200"]`}, {`["200"]`, `[200]`},
		{`"app"`, `"a-p"`}, {`{"app": "x"}`, `{}`}, {`"x"`, `null`}, {`"beta"`, `"gamma"`}, {`"deprecated": true, `, ``}, {`"deprecated": true`, `"deprecated": false`},
		{`"replaced_by": "b"`, `"replaced_by": "b or c"`}, {`2027-01-01`, `soon`}, {`"pattern"`, `"default"`}, {`"pattern"`, `"perhaps"`},
		{`[1, 2]`, `[]`}, {`[1, 2]`, `["1"]`}, {`[1, 2]`, `[1, 1]`}, {`1.1`, `1`}, {`"quantile": 0.5, `, ``}, {`"quantile": 0.5`, `"quantile": 50`},
	} {
		bad := strings.Replace(good, damage[0], damage[1], 1)
		if bad == good {
			t.Errorf("%q is not there", damage[0])
		}
		if validate([]byte(bad)) == nil {
			t.Errorf("the JSON Schema accepts %s for %s", damage[1], damage[0])
		}
		if _, err := schema.Parse("bad", []byte(bad)); err == nil {
			t.Errorf("Parse accepts %s for %s", damage[1], damage[0])
		}
	}
}
