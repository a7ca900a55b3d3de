package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/scanner"
	"github.com/dashgen/dashgen/schema"
)

// This file makes dashgen a vet tool: what the go command, and Bazel's nogo, start once for
// each package, as golang.org/x/tools/go/analysis/unitchecker describes it.

// vetFlags are the flags of a vet tool, as it answers to -flags.
var vetFlags = []struct {
	Name  string
	Bool  bool
	Usage string
}{
	{"json", true, "print JSON"},
	{"metrics", true, "print the metrics, too; with -json"},
}

// asVetTool reports whether a command line is a build system's and not a user's.
func asVetTool(args []string) bool {
	if len(args) == 0 {
		return false
	}
	flags, last := args[:len(args)-1], args[len(args)-1]
	if len(flags) == 0 && (last == "-V=full" || last == "-flags") {
		return true
	}
	return strings.HasSuffix(last, ".cfg") && !slices.ContainsFunc(flags, func(s string) bool { return !strings.HasPrefix(s, "-") })
}

// vet answers a build system and returns the exit status: 1 where it failed or, without
// -json, printed a finding; 2 for flags that there are not.
func vet(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var err error
	switch args[0] {
	case "-V=full":
		err = vetVersion(stdout)
	case "-flags":
		err = json.NewEncoder(stdout).Encode(vetFlags)
	default:
		set := flag.NewFlagSet("dashgen", flag.ContinueOnError)
		set.SetOutput(stderr)
		values := map[string]*bool{}
		for _, f := range vetFlags {
			values[f.Name] = set.Bool(f.Name, false, f.Usage)
		}
		if set.Parse(args) != nil {
			return exitUsage
		}
		var u *scanner.Unit
		if u, err = scanner.ScanUnit(ctx, set.Arg(0)); err != nil {
			break
		}
		if u.VetxOnly {
			break
		}
		if *values["json"] {
			err = vetJSON(stdout, u, *values["metrics"])
		} else if vetText(stderr, u) {
			return exitFailed
		}
	}
	if err != nil {
		fmt.Fprintf(stderr, "dashgen: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// vetVersion prints what build systems tell one dashgen from another by: its content.
func vetVersion(out io.Writer) error {
	name, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	_, err = fmt.Fprintf(out, "dashgen version devel buildID=%x\n", h.Sum(nil))
	return err
}

// vetText prints findings and reports whether there are any.
func vetText(out io.Writer, u *scanner.Unit) bool {
	for _, d := range diagnostics(u) {
		fmt.Fprintf(out, "%s: %s\n", d.Posn, d.Message)
		for _, r := range d.Related {
			fmt.Fprintf(out, "%s: \t%s\n", r.Posn, r.Message)
		}
	}
	return len(u.Findings) > 0
}

// vetJSON prints findings, and metrics where they are asked for, as unitchecker prints
// diagnostics: by the package and what they are of.
func vetJSON(stdout io.Writer, u *scanner.Unit, metrics bool) (err error) {
	all := map[string]any{}
	if len(u.Findings) > 0 {
		all["dashgen"] = diagnostics(u)
	}
	if metrics && len(u.Metrics) > 0 {
		all["metrics"] = metricsOf(u)
	}
	tree := map[string]map[string]any{}
	if len(all) > 0 {
		tree[u.ID] = all
	}
	if u.Stdout != "" {
		f, err := os.Create(u.Stdout)
		if err != nil {
			return err
		}
		defer func() {
			if e := f.Close(); err == nil {
				err = e
			}
		}()
		stdout = f
	}
	e := json.NewEncoder(stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	return e.Encode(tree)
}

// A diagnostic is a finding, or a metric, as go vet -json has it.
type diagnostic struct {
	Category string         `json:"category,omitempty"` // the check
	Posn     string         `json:"posn"`
	End      string         `json:"end"`
	Message  string         `json:"message"`
	Related  []diagnostic   `json:"related,omitempty"`
	Metric   *schema.Metric `json:"metric,omitempty"` // as in metrics.json
}

// diagnostics returns the findings of a unit.
func diagnostics(u *scanner.Unit) []diagnostic {
	var all []diagnostic
	for _, f := range u.Findings {
		at := posn(u, f.Pos)
		d := diagnostic{Category: f.Check, Posn: at, End: at, Message: fmt.Sprintf("%s (%s)", f.Message, f.Check)}
		for _, r := range f.Related {
			at := posn(u, r.Pos)
			d.Related = append(d.Related, diagnostic{Posn: at, End: at, Message: r.Message})
		}
		if f.Hint != "" {
			d.Related = append(d.Related, diagnostic{Posn: at, End: at, Message: "hint: " + f.Hint})
		}
		all = append(all, d)
	}
	return all
}

// metricsOf returns the metrics of a unit.
func metricsOf(u *scanner.Unit) []diagnostic {
	var all []diagnostic
	for _, m := range u.Metrics {
		at := posn(u, m.Pos)
		all = append(all, diagnostic{Posn: at, End: at, Message: m.Name + labelText(m), Metric: m})
	}
	return all
}

// posn returns a position with the whole name of its file, which the go command
// shortens.
func posn(u *scanner.Unit, p schema.Pos) string {
	file := filepath.FromSlash(p.File)
	if !filepath.IsAbs(file) {
		file = filepath.Join(u.Dir, file)
	}
	return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Col)
}
