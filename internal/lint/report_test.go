package lint

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/schema"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the reports into testdata/report.txtar")

// reported holds every case that a format must tell apart. Its checks are no real ones,
// whose docs would stand in the archive.
var reported = []schema.Finding{
	{Pos: schema.Pos{File: "shop.go", Line: 5, Col: 9}, Check: "sample-name", Severity: schema.Error,
		Message: `counter "shop_orders" does not end in _total`, Hint: "rename it to shop_orders_total"},
	{Pos: schema.Pos{File: "dashgen.yaml", Line: 7}, Check: "sample-query", Message: "100% of <names>, a:b\nand more",
		Related: []schema.Related{{Pos: schema.Pos{File: "shop.go", Line: 1, Col: 2}, Message: "defined here"}}},
	{Pos: schema.Pos{File: "my board, v2: new.json"}, Check: "sample-file", Severity: schema.Warning, Message: "file as a whole"},
	{Check: "sample-nowhere", Severity: schema.Note, Message: "no position"},
	{Pos: schema.Pos{File: "shop.go", Line: 5, Col: 9}, Check: "sample-name", Message: `counter "shop_orders" does not end in _total`},
	{Pos: schema.Pos{File: "shop.go", Line: 8, Col: 9}, Check: "sample-name", Message: `counter "shop_orders" does not end in _total`},
}

func TestReports(t *testing.T) {
	const file = "testdata/report.txtar"
	if *update {
		ar := &txtar.Archive{Comment: []byte("What each format makes of the findings in report_test.go.\n\n")}
		for _, name := range Formats() {
			ar.Files = append(ar.Files, txtar.File{Name: name, Data: report(t, name, reported, Options{Base: "services/shop", Version: "1.2.3"})})
		}
		if err := os.WriteFile(file, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ar.Files {
		if got := report(t, f.Name, reported, Options{Base: "services/shop", Version: "1.2.3"}); !bytes.Equal(got, f.Data) {
			t.Errorf("%s:\n%s\nwant:\n%s", f.Name, got, f.Data)
		}
	}
	for _, name := range Formats() {
		if code, err := filepath.Glob("report_" + name + ".go"); err != nil || len(code) != 1 {
			t.Errorf("format %s is not in a file of its own: %v", name, err)
		}
	}
	if err := Write(&bytes.Buffer{}, "xml", nil, Options{}); err == nil || !strings.Contains(err.Error(), "sarif") {
		t.Errorf("an unknown format: %v, want an error that names those there are", err)
	}
}

func report(t *testing.T, format string, findings []schema.Finding, opts Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, findings, opts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNoFindings(t *testing.T) {
	for name, want := range map[string]string{"text": "", "github": "", "json": "[]\n"} {
		var b bytes.Buffer
		if err := Write(&b, name, nil, Options{}); err != nil || b.String() != want {
			t.Errorf("%s: %q, %v", name, b.String(), err)
		}
	}
}

// TestSARIF checks what GitHub code scanning asks of a SARIF file.
func TestSARIF(t *testing.T) {
	var log sarifLog
	findings := slices.Clone(reported)
	for _, c := range Checks() {
		findings = append(findings, schema.Finding{Check: c.Name, Severity: c.Severity, Message: "x"})
	}
	dec := json.NewDecoder(bytes.NewReader(report(t, "sarif", findings, Options{})))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" {
		t.Fatalf("not one run of SARIF 2.1.0: %+v", log)
	}
	rules := log.Runs[0].Tool.Driver.Rules
	for _, r := range rules {
		if r.ID == "" || r.ShortDescription.Text == "" || r.FullDescription.Text == "" || r.Help.Text == "" || r.Default.Level == "" {
			t.Errorf("rule %q lacks a text: %+v", r.ID, r)
		}
	}
	prints := map[string]bool{}
	for _, r := range log.Runs[0].Results {
		if r.RuleIndex < 0 || r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("result %q: rule index %d", r.RuleID, r.RuleIndex)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || r.Locations[0].Physical.Region.StartLine < 1 {
			t.Errorf("result %q: want a message, one location, a line: %+v", r.RuleID, r)
		}
		print := r.Fingerprints["primaryLocationLineHash"]
		if print == "" || prints[print] {
			t.Errorf("result %q: fingerprint %q is empty or not its own", r.RuleID, print)
		}
		prints[print] = true
	}
	if got := len(log.Runs[0].Results); got != len(findings)-1 {
		t.Errorf("%d results for %d findings, two of them the same", got, len(findings))
	}
}

func TestRepositoryPath(t *testing.T) {
	for _, c := range []struct{ file, base, want string }{
		{"shop.go", "", "shop.go"},
		{"shop.go", "services/shop", "services/shop/shop.go"},
		{"../go.mod", "services/shop", "services/go.mod"},
		{"../../../x.go", "services/shop", "x.go"},
		{"", "", "go.mod"},
		{"/home/me/go/pkg/mod/example.org/lib@v1.0.0/lib.go", "a", "example.org/lib@v1.0.0/lib.go"},
		{"/home/me/secret/x.go", "", "x.go"},
		{`C:\work\shop\x.go`, "", "x.go"},
		{`monitoring\x.json`, "", "monitoring/x.json"},
	} {
		if got := repositoryPath(c.file, Options{Base: c.base}); got != c.want {
			t.Errorf("repositoryPath(%q) in %q = %q, want %q", c.file, c.base, got, c.want)
		}
	}
}
