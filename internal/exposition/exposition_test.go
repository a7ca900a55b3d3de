package exposition

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/tools/txtar"

	"github.com/dashgen/dashgen/schema"
)

// TestCorpus verifies what each archive says is exposed against its metrics.json. A comment
// # want CHECK "REGEXP"... expects findings on the line below; want.txt lists those that
// stand nowhere, and all where there is no such comment: OpenMetrics has none.
func TestCorpus(t *testing.T) {
	for _, name := range archives(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			files := read(t, name)
			s, err := schema.Parse("metrics.json", files["metrics.json"])
			if err != nil {
				t.Fatal(err)
			}
			families, findings := Parse("exposed.prom", "", files["exposed.prom"])
			verified, foreign := Verify(s, families, Options{SeriesLimit: 3, Owned: func(name string) bool { return strings.HasPrefix(name, "shop") }})
			compareFindings(t, files, append(findings, verified...))
			for _, name := range foreign {
				if strings.HasPrefix(name, "shop") {
					t.Errorf("%s is taken to be somebody else's", name)
				}
			}
		})
	}
}

func archives(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../../testdata/exposition/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	return names
}

func read(t *testing.T, name string) map[string][]byte {
	t.Helper()
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(ar.Comment)) == 0 {
		t.Error("archive does not say what it is about")
	}
	files := map[string][]byte{}
	for _, f := range ar.Files {
		files[f.Name] = f.Data
	}
	return files
}

var aWant = regexp.MustCompile(`([a-z-]+) "((?:[^"\\]|\\.)*)"`)

func compareFindings(t *testing.T, files map[string][]byte, findings []schema.Finding) {
	t.Helper()
	want := map[int][][]string{}
	for i, line := range strings.Split(string(files["exposed.prom"]), "\n") {
		if rest, ok := strings.CutPrefix(line, "# want "); ok {
			want[i+2] = aWant.FindAllStringSubmatch(rest, -1)
		}
	}
	var nowhere []string
	for _, f := range findings {
		if f.Pos.IsZero() || len(want) == 0 {
			severity := f.Severity
			if severity == "" {
				severity = schema.Error
			}
			line := ""
			if !f.Pos.IsZero() {
				line = f.Pos.String() + ": "
			}
			nowhere = append(nowhere, fmt.Sprintf("%s%s %s %s", line, severity, f.Check, f.Message))
			continue
		}
		i := slices.IndexFunc(want[f.Pos.Line], func(w []string) bool {
			re := regexp.MustCompile(strings.ReplaceAll(w[2], `\"`, `"`))
			return w[1] == f.Check && re.MatchString(f.Message)
		})
		if i < 0 {
			t.Errorf("%s: unexpected: %s (%s)", f.Pos, f.Message, f.Check)
			continue
		}
		want[f.Pos.Line] = slices.Delete(want[f.Pos.Line], i, i+1)
	}
	for line, rest := range want {
		for _, w := range rest {
			t.Errorf("exposed.prom:%d: no finding %s %q", line, w[1], w[2])
		}
	}
	slices.Sort(nowhere)
	if got, want := strings.Join(nowhere, "\n"), strings.TrimSpace(string(files["want.txt"])); got != want {
		t.Errorf("findings without a place:\n%s\nwant:\n%s", got, want)
	}
}

// What is damaged is a finding at its line, beside what was read before it.
func TestDamaged(t *testing.T) {
	for _, test := range []struct {
		name, body, contentType string
		line, families          int
	}{
		{"no value", "a 1\nb\nc 3\n", "text/plain", 2, 1},
		{"no UTF-8", "a 1\nb{x=\"\xff\"} 1\n", "text/plain", 2, 1},
		{"open quote", "a 1\nb{x=\"1\nc 2\n", "text/plain", 2, 1},
		{"no EOF", "# TYPE a gauge\na 1\n", "application/openmetrics-text", 0, 1},
		{"HTML", "<html>\n<body>\n", "text/plain", 1, 0},
		{"cut protobuf", "\x20\n\x05hello", "application/vnd.google.protobuf", 0, 0},
		{"fine", "a 1\n", "text/plain", -1, 1},
	} {
		families, findings := Parse("x", test.contentType, []byte(test.body))
		line := -1
		if len(findings) > 0 {
			line = findings[0].Pos.Line
		}
		if line != test.line || len(families) != test.families {
			t.Errorf("%s: %v, %d families; want line %d, %d families", test.name, findings, len(families), test.line, test.families)
		}
	}
}

// A label with more values than are remembered, and names in UTF-8.
func TestParse(t *testing.T) {
	var b strings.Builder
	for i := range 3 * maxValues {
		fmt.Fprintf(&b, "{\"shop.orders\",id=\"%d\"} 1\n", i)
	}
	families, findings := Parse("x", "text/plain", []byte(b.String()))
	if len(findings) > 0 || len(families) != 1 {
		t.Fatal(findings, families)
	}
	f := families[0]
	if f.Name != "shop.orders" || f.Series != 3*maxValues || len(f.Labels) != 1 || len(f.Labels[0].Values) != maxValues || !f.Labels[0].More || f.Pos.Line != 1 {
		t.Errorf("%+v", f)
	}
}

// Two instances are one program: what only one has is optional.
func TestUnite(t *testing.T) {
	parse := func(body string) []*Family {
		families, findings := Parse("x", "text/plain", []byte(body))
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		return families
	}
	all := Metrics(Unite(
		parse("# TYPE a counter\na{x=\"1\",y=\"1\"} 1\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\n"),
		parse("# HELP a Text.\na{x=\"2\"} 1\nb_seconds 1\n# TYPE h histogram\nh_bucket{le=\"2\"} 1\n# TYPE s summary\ns{quantile=\"0.9\"} 1\n"),
	))
	s, findings := schema.New(all)
	if len(findings) > 0 {
		t.Error(findings)
	}
	want := `a counter "Text." [{x [] false} {y [] true}]
b_seconds untyped "" [] seconds
h histogram "" [] [1 2]
s summary "" [] [{0.9 0}]
`
	var got strings.Builder
	for _, m := range s.Metrics {
		fmt.Fprintf(&got, "%s %s %q %v", m.Name, m.Type, m.Help, m.Labels)
		for _, extra := range []any{m.Unit, m.Buckets, m.Objectives} {
			if text := fmt.Sprint(extra); text != "" && text != "[]" {
				fmt.Fprint(&got, " ", text)
			}
		}
		fmt.Fprintln(&got)
	}
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
}

// A server that never ends, or answers with something else, is an error.
func TestFetch(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		line := bytes.Repeat([]byte("a 1\n"), 1<<14)
		for r.Context().Err() == nil {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/html", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello") })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for path, want := range map[string]string{
		"/endless": "more than 64 MiB",
		"/html":    `content type "text/html; charset=utf-8"`,
		"/none":    "404 Not Found",
	} {
		_, _, err := Fetch(t.Context(), srv.URL+path)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// FuzzParse holds that no body makes Parse panic or names something that schema refuses
// without a finding.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a 1\n", "# TYPE a counter\na_total 1\n# EOF\n", "{\"x y\",a=\"b\"} 1\n", "\x0a\x0a\x01a"} {
		f.Add("", []byte(seed))
		f.Add(typeProtobuf, []byte(seed))
		f.Add(typeOpenMetrics, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, contentType string, data []byte) {
		families, findings := Parse("x", contentType, data)
		schema.New(Metrics(Unite(families, families)))
		Verify(&schema.Schema{}, families, Options{})
		for _, f := range findings {
			if f.Message == "" || strings.Contains(f.Message, "\n") {
				t.Errorf("finding %q", f.Message)
			}
		}
	})
}

// What Prometheus holds has the labels of its targets, and names as it was scraped: 2.x
// asks for OpenMetrics, 3.x for protobuf.
func TestStored(t *testing.T) {
	target := map[string]string{"instance": "a:1", "job": "shop", "env": "prod"}
	meta := []v1.MetricMetadata{
		{Target: target, Metric: "shop_orders", Type: "counter"},        // OpenMetrics
		{Target: target, Metric: "shop_refunds_total", Type: "counter"}, // text
		{Target: target, Metric: "shop_carts", Type: "counter"},         // text, badly named
		{Target: target, Metric: "shop_idle", Type: "counter"},
		{Target: target, Metric: "shop_wait_seconds", Type: "histogram"},
		{Target: target, Metric: "shop_native_seconds", Type: "histogram"},
	}
	var series []model.LabelSet
	for _, s := range []model.LabelSet{
		{"__name__": "shop_orders_total", "code": "200"},
		{"__name__": "shop_refunds_total", "exported_job": "batch", "exported_shop": "x"},
		{"__name__": "shop_carts"},
		{"__name__": "shop_wait_seconds_bucket", "le": "0.5"},
		{"__name__": "shop_wait_seconds_bucket", "le": "+Inf"},
		{"__name__": "shop_wait_seconds_count"},
		{"__name__": "shop_native_seconds"},
		{"__name__": "up"},
	} {
		series = append(series, s.Merge(model.LabelSet{"instance": "a:1", "job": "shop", "env": "prod"}))
	}
	var got strings.Builder
	for _, f := range stored("http://p", meta, series) {
		fmt.Fprintf(&got, "%s %s %d %v %v %v\n", f.Name, f.Type, f.Series, f.Labels, f.Buckets, f.Native)
	}
	want := `shop_carts counter 1 [] [] false
shop_native_seconds histogram 1 [] [] true
shop_orders_total counter 1 [{code [200] false false}] [] false
shop_refunds_total counter 1 [{exported_shop [x] false false} {job [batch] false false}] [] false
shop_wait_seconds histogram 1 [] [0.5] false
`
	if got.String() != want {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
	}
}
