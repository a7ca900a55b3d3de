package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dashgen/dashgen/internal/grafanatest"
)

var update = flag.Bool("update", false, "write what programs print into the scripts that compare it")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dashgen": main})
}

// TestScript runs testdata/script, where each script begins with the sentence that it
// holds dashgen to. Scripts have, besides testscript's own commands,
//
//	exits STATUS PROGRAM [ARG]...    run a program that must exit with that status
//	module PATH [FOLDER]             write a go.mod that requires the stub of client_golang
//	system NAME                      copy an example system, module and all: the real client_golang
//	edit FILE REGEXP TEXT            replace every match; one there must be
//	reported FILE REGEXP             stdout has a finding on every line that matches; one at least must
//	await FILE                       wait until a file exists
//	grafana [TOKEN]                  start a Grafana that wants the token, and say where in $GRAFANA
//	change UID REGEXP TEXT           change a dashboard there by hand
//	provision UID                    make a dashboard there one that comes from a file
//	stored UID                       print a dashboard as it is there, and its folder
//	prometheus FILE [TOKEN]          start a Prometheus that holds the series of a file, and say where in $PROMETHEUS
//	whole FOLDER                     every JSON file in a folder must parse
//	shows FILE                       every paragraph of a file must stand in what was printed
func TestScript(t *testing.T) {
	env := goEnv(t, "GOCACHE", "GOMODCACHE", "GOROOT")
	cache := t.TempDir()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		// With -trimpath, what the go command compiles does not depend on the folder, so that it
		// finds in its cache what an earlier run compiled in another.
		Setup: func(e *testscript.Env) error {
			e.Values[grafanaKey{}] = new(*grafanatest.Server)
			e.Vars = append(e.Vars, env...)
			e.Vars = append(e.Vars, "GOPROXY=off", "GOFLAGS=-trimpath", "GOTOOLCHAIN=local", "GOENV=off")
			e.Vars = append(e.Vars, "XDG_CACHE_HOME="+cache) // without, HOME's, which is no folder
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "module": module, "system": system, "edit": edit, "reported": reported, "await": await, "whole": whole, "shows": shows,
			"grafana": startGrafana, "prometheus": startPrometheus, "change": changeStored, "provision": provision, "stored": stored,
		},
	})
}

// goEnv returns variables of the go command as NAME=VALUE. Scripts have another HOME,
// from which it would guess wrongly.
func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	var env []string
	for _, name := range names {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+string(bytes.TrimSpace(out)))
	}
	return env
}

// repository is the root of this one, from the folder of the test.
var repository = filepath.Join("..", "..")

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARG]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// module writes the module of a script. The stub, which TestStubs of the scanner holds to
// the real one, spares the go command two hundred packages each time it is started.
func module(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: module PATH [FOLDER]")
	}
	stubs, err := filepath.Abs(filepath.Join(repository, "testdata", "stubs"))
	ts.Check(err)
	data := fmt.Appendf(nil, "module %s\n\ngo 1.26\n", args[0])
	for _, name := range []string{"client_golang", "client_model"} {
		data = fmt.Appendf(data, "\nrequire github.com/prometheus/%s v0.0.0\nreplace github.com/prometheus/%[1]s => %[2]q\n", name, filepath.Join(stubs, name))
	}
	dir := ts.MkAbs(append(args, ".")[1])
	ts.Check(os.MkdirAll(dir, 0o777))
	ts.Check(os.WriteFile(filepath.Join(dir, "go.mod"), data, 0o666))
}

// system copies an example system. The tests of its alerts, which take longer to make than
// all the rest, are left out of the outputs: test_prove.txtar is about those.
func system(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: system NAME")
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(repository, name))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o666))
	}
	for _, dir := range []string{args[0], "internal"} {
		dir = filepath.Join("testdata", "systems", dir)
		ts.Check(os.CopyFS(ts.MkAbs(dir), os.DirFS(filepath.Join(repository, dir))))
	}
	edit(ts, false, []string{filepath.Join("testdata", "systems", args[0], "dashgen.yaml"), `^(outputs: \[.*?)(?:, )?rules-tests`, "$1"})
}

func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: shows FILE")
	}
	printed := "\n" + ts.ReadFile("stdout")
	for block := range strings.SplitSeq(strings.TrimSpace(ts.ReadFile(args[0])), "\n\n") {
		if !strings.Contains(printed, "\n"+block+"\n") {
			ts.Fatalf("not printed:\n%s", block)
		}
	}
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE REGEXP TEXT")
	}
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	file := ts.MkAbs(args[0])
	data, err := os.ReadFile(file)
	ts.Check(err)
	if !re.Match(data) {
		ts.Fatalf("%s: nothing matches %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(file, re.ReplaceAll(data, []byte(args[2])), 0o666))
}

func reported(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: reported FILE REGEXP")
	}
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	stdout, found := "\n"+ts.ReadFile("stdout"), 0
	for i, line := range strings.Split(ts.ReadFile(args[0]), "\n") {
		if !re.MatchString(line) {
			continue
		}
		found++
		if place := fmt.Sprintf("%s:%d:", args[0], i+1); !strings.Contains(stdout, "\n"+place) {
			ts.Fatalf("no finding at %s %s", place, line)
		}
	}
	if found == 0 {
		ts.Fatalf("%s: nothing matches %q", args[0], args[1])
	}
}

// grafanaKey is what a script's Grafana is kept under.
type grafanaKey struct{}

func startGrafana(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: grafana [TOKEN]")
	}
	s := grafanatest.New()
	ts.Defer(s.Close)
	s.Token = strings.Join(args, "")
	ts.Setenv("GRAFANA", s.URL)
	*ts.Value(grafanaKey{}).(**grafanatest.Server) = s
}

// grafanaOf returns the Grafana that a script started.
func grafanaOf(ts *testscript.TestScript) *grafanatest.Server {
	return *ts.Value(grafanaKey{}).(**grafanatest.Server)
}

func changeStored(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: change UID REGEXP TEXT")
	}
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	ts.Check(grafanaOf(ts).Edit(args[0], func(d map[string]any) {
		data, err := json.Marshal(d)
		ts.Check(err)
		if !re.Match(data) {
			ts.Fatalf("%s: nothing matches %q", args[0], args[1])
		}
		clear(d)
		ts.Check(json.Unmarshal(re.ReplaceAll(data, []byte(args[2])), &d))
	}))
}

func provision(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: provision UID")
	}
	grafanaOf(ts).Provision(args[0])
}

func stored(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stored UID")
	}
	d, folder, version := grafanaOf(ts).Dashboard(args[0])
	data, err := json.Marshal(d)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "folder %s, version %d\n%s\n", folder, version, data)
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for range 10000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
	ts.Fatalf("%s does not appear", args[0])
}

func whole(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: whole FOLDER")
	}
	names, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.json"))
	ts.Check(err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		ts.Check(err)
		if !json.Valid(data) {
			ts.Fatalf("%s is cut off", name)
		}
	}
	ts.Logf("%d files are whole", len(names))
}

// Every script says what it holds dashgen to before it does anything.
func TestScriptsSayWhatTheyHold(t *testing.T) {
	dir := os.DirFS(filepath.Join(repository, "testdata", "script"))
	names, err := fs.Glob(dir, "*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d scripts, %v", len(names), err)
	}
	sentence := regexp.MustCompile(`^# [A-Z][^\n]*(\n# [^\n]*)*\.\n\n`)
	for _, name := range names {
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		if !sentence.Match(data) {
			t.Errorf("%s does not begin with a sentence", name)
		}
	}
}
