package jsonnet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// helper makes the test binary the process that Isolated starts.
const helper = "JSONNET_TEST_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helper) != "" {
		if err := Serve(os.Args[1], os.Args[2], []string{"rules", "boards"}, os.Stdout); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func isolated(t *testing.T, ctx context.Context, archive string) (Result, string) {
	t.Helper()
	t.Setenv(helper, "1")
	dir := write(t, archive)
	res, err := Isolated(ctx, []string{os.Args[0], dir, "m/a.libsonnet"}, dir, "m/a.libsonnet")
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	if f := res.Finding; f != nil {
		said = strings.TrimPrefix(f.Pos.String(), filepath.ToSlash(dir)+"/") + ": " + f.Message
	}
	return res, said
}

// What is hidden is evaluated all the same, and imports are looked for in the vendor
// folder that is nearest.
func TestIsolated(t *testing.T) {
	res, said := isolated(t, t.Context(), `
-- m/a.libsonnet --
(import 'lib.libsonnet') + { rules:: { a: $._config.x }, boards+:: {}, other: error 'not asked for' }
-- m/vendor/lib.libsonnet --
{ _config:: { x: 3 } }
-- vendor/lib.libsonnet --
error 'the one above'
`)
	compact := strings.NewReplacer(" ", "", "\n", "").Replace(string(res.Value))
	if said != "" || compact != `{"boards":{},"rules":{"a":3}}` {
		t.Errorf("%s, %s", compact, said)
	}
	if got := strings.Join(res.Files, " "); got != "m/a.libsonnet m/vendor/lib.libsonnet" {
		t.Errorf("files %s", got)
	}
}

func TestIsolatedFindings(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"runtime": {"{ rules: error 'no' }", "m/a.libsonnet:1:10: no"},
		"outside": {"import '../../x'", "m/a.libsonnet:1:1: import \"../../x\": imports stay inside"},
		"memory":  {"local d(s, n) = if n == 0 then s else d(s + s, n - 1); std.length(std.split(d('aaaaaaaa ', 30), ' '))", "m/a.libsonnet: evaluation "},
	} {
		t.Run(name, func(t *testing.T) {
			if _, said := isolated(t, t.Context(), "-- m/a.libsonnet --\n"+c.text); !strings.HasPrefix(said, c.want) {
				t.Errorf("%q, want %q", said, c.want)
			}
		})
	}
}

// What was evaluated without an error is linted, what others wrote is not, and of that
// nothing is assumed.
func TestIsolatedLint(t *testing.T) {
	res, said := isolated(t, t.Context(), `
-- m/a.libsonnet --
local lib = import 'lib.libsonnet';
local own = import 'own.libsonnet';
local unused = 1;
local f(x) = x + 1;
{
  rules: lib.anything(1).at.all + [own.thing.one],
  lazy:: f(1, 2),
  missing:: own.thing.other,
}
-- m/own.libsonnet --
local here = 1;
{ thing: { one: 1 } }
-- m/vendor/lib.libsonnet --
local unused = 1;
{ anything(x): { at: { all: [] } } }
`)
	var got []string
	for _, f := range res.Lint {
		got = append(got, fmt.Sprintf("%s:%d:%d: %s: %s (%s)", filepath.Base(f.Pos.File), f.Pos.Line, f.Pos.Col, f.Severity, f.Message, f.Check))
	}
	want := `a.libsonnet:3:7: info: variable "unused" is not used (jsonnet-lint)
a.libsonnet:7:15: warning: too many arguments, there can be at most 1, but 2 provided (jsonnet-lint)
a.libsonnet:8:13: warning: indexed object has no field "other" (jsonnet-lint)
own.libsonnet:1:7: info: variable "here" is not used (jsonnet-lint)`
	if said != "" || strings.Join(got, "\n") != want {
		t.Errorf("%s\n%s\nwant\n%s", said, strings.Join(got, "\n"), want)
	}
}

// A program that never ends is ended.
func TestIsolatedLoop(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	start := time.Now()
	_, said := isolated(t, ctx, "-- m/a.libsonnet --\nlocal f(x) = f(x + 1) tailstrict; f(0)\n")
	if !strings.Contains(said, "takes longer") || time.Since(start) > 10*time.Second {
		t.Errorf("%q after %s", said, time.Since(start))
	}
}
