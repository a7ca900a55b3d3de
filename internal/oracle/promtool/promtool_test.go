// Package promtool has promtool test rules, of the Prometheus version whose engine dashgen
// uses, run what dashgen test runs: they must agree on every test.
//
// It is a module of its own, because nothing else needs promtool. To build it takes minutes
// where nothing is cached, so it is not part of .ci/run. Run it with
//
//	cd internal/oracle/promtool && go test .
//
// and over other people's tests with
//
//	go test . -args -files '/path/to/mixin/tests/*.yaml'
//
// Without service discovery, which no test needs, promtool is half as large.
package promtool

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

var files = flag.String("files", "", "compare on the test files that `glob` matches, too")

const prometheus = "github.com/prometheus/prometheus"

var tools struct{ dashgen, promtool string }

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "oracle-promtool-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tools.dashgen, tools.promtool = filepath.Join(dir, "dashgen"), filepath.Join(dir, "promtool")
	code := 1
	if err := build(); err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build builds both, and holds that they are of one version of Prometheus.
func build() error {
	root := filepath.Join("..", "..", "..")
	ours, err := run(root, "go", "list", "-m", prometheus)
	if err != nil {
		return err
	}
	theirs, err := run(".", "go", "list", "-m", prometheus)
	if err != nil {
		return err
	}
	if ours != theirs {
		return fmt.Errorf("dashgen is built with %s, promtool with %s: go get it in internal/oracle/promtool", strings.TrimSpace(ours), strings.TrimSpace(theirs))
	}
	if _, err := run(root, "go", "build", "-o", tools.dashgen, "./cmd/dashgen"); err != nil {
		return err
	}
	_, err = run(".", "go", "build", "-tags", "remove_all_sd", "-o", tools.promtool, prometheus+"/cmd/promtool")
	return err
}

func run(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, exit.Stderr)
	}
	return string(out), err
}

// A verdict is what a tool says of a file: whether it passes, and whether each test does.
type verdict struct {
	passes bool
	tests  []bool // of a file that cannot be read: nil
	says   string
}

// junit is what both write.
type junit struct {
	Suites []struct {
		Cases []struct {
			Failures []string `xml:"failure"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func verdictOf(err error, report []byte, says string) verdict {
	v := verdict{passes: err == nil, says: says}
	var doc junit
	if xml.Unmarshal(report, &doc) != nil {
		return v
	}
	for _, s := range doc.Suites {
		for _, c := range s.Cases {
			v.tests = append(v.tests, len(c.Failures) == 0)
		}
	}
	return v
}

func dashgenSays(file string) verdict {
	cmd := exec.Command(tools.dashgen, "test", "--format=junit", file)
	var says bytes.Buffer
	cmd.Stderr = &says
	out, err := cmd.Output()
	return verdictOf(err, out, says.String()+string(out))
}

func promtoolSays(file, report string) verdict {
	out, err := exec.Command(tools.promtool, "test", "rules", "--junit", report, file).CombinedOutput()
	data, _ := os.ReadFile(report) // there is none where the file cannot be read
	return verdictOf(err, data, string(out))
}

// agree compares what both say of files, several at a time, and logs how many tests pass
// and fail.
func agree(t *testing.T, list []string) {
	t.Helper()
	if len(list) == 0 {
		t.Fatal("no files")
	}
	dir := t.TempDir()
	var mu sync.Mutex
	var passed, failed, unread int
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, file := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			ours, theirs := dashgenSays(file), promtoolSays(file, filepath.Join(dir, fmt.Sprint(i)))
			mu.Lock()
			defer mu.Unlock()
			if len(theirs.tests) == 0 {
				unread++
			}
			for _, ok := range theirs.tests {
				if ok {
					passed++
				} else {
					failed++
				}
			}
			switch {
			case ours.passes != theirs.passes:
				t.Errorf("%s: dashgen passes it: %v, promtool: %v\n%s\n%s", file, ours.passes, theirs.passes, ours.says, theirs.says)
			case !slices.Equal(ours.tests, theirs.tests) && theirs.tests != nil && ours.tests != nil:
				t.Errorf("%s: tests differ: dashgen %v, promtool %v\n%s\n%s", file, ours.tests, theirs.tests, ours.says, theirs.says)
			}
		})
	}
	wg.Wait()
	t.Logf("%d files, %d of which have no test that is run; %d tests pass, %d fail", len(list), unread, passed, failed)
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestGenerated is about the tests that dashgen makes.
func TestGenerated(t *testing.T) {
	agree(t, glob(t, "../../../generated/*/rules-tests/*_test.yaml"))
	agree(t, shifted(t, glob(t, "../../../generated/kaizen/rules-tests/*_test.yaml")))
}

// TestOwn is about the files that promtool itself is tested with.
func TestOwn(t *testing.T) {
	dir, err := run(".", "go", "list", "-m", "-f", "{{.Dir}}", prometheus)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, name := range glob(t, filepath.Join(strings.TrimSpace(dir), "cmd", "promtool", "testdata", "*.yml")) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("\ntests:")) {
			list = append(list, name)
		}
	}
	agree(t, list)
}

var without = regexp.MustCompile(`(?m)^not for promtool: .+`)

// TestCorpus is about the archives of testdata/ruletest.
func TestCorpus(t *testing.T) {
	var list []string
	for _, name := range glob(t, "../../../testdata/ruletest/*.txtar") {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if why := without.Find(ar.Comment); why != nil {
			t.Logf("%s is left out: %s", name, why)
			continue
		}
		dir := t.TempDir()
		for _, f := range ar.Files {
			name := filepath.Join(dir, f.Name)
			if err := os.WriteFile(name, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_test.yaml") {
				list = append(list, name)
			}
		}
	}
	agree(t, list)
}

// TestFiles is about the files that the flag names.
func TestFiles(t *testing.T) {
	if *files == "" {
		t.Skip("no -files")
	}
	list := glob(t, *files)
	agree(t, list)
	agree(t, shifted(t, list))
}

// shifted returns copies of files whose tests look a minute later. Many of them fail, and both
// tools must say so of the same.
func shifted(t *testing.T, list []string) []string {
	t.Helper()
	var later []string
	for i, name := range list {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dir, err := filepath.Abs(filepath.Dir(name))
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(data, &doc); err != nil {
			continue // both are asked about the file itself
		}
		shift(&doc, dir)
		if data, err = yaml.Marshal(&doc); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), fmt.Sprintf("%d_%s", i, filepath.Base(name)))
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			t.Fatal(err)
		}
		later = append(later, copied)
	}
	return later
}

// shift has rule files found from dir, and tests look a minute later.
func shift(n *yaml.Node, dir string) {
	for i, child := range n.Content {
		shift(child, dir)
		if n.Kind != yaml.MappingNode || i%2 == 1 {
			continue
		}
		switch value := n.Content[i+1]; child.Value {
		case "eval_time":
			if d, err := model.ParseDuration(value.Value); err == nil {
				value.Value = (d + model.Duration(time.Minute)).String()
			}
		case "rule_files":
			for _, file := range value.Content {
				if !filepath.IsAbs(file.Value) {
					file.Value = filepath.Join(dir, file.Value)
				}
			}
		}
	}
}
