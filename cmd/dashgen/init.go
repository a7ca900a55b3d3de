package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/build"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/config"
)

//go:embed template
var templates embed.FS

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Write dashgen.yaml, the go:generate line, a pre-commit hook and a CI workflow",
		Long: `Init writes, at the root of the Go module,

  dashgen.yaml                    a commented configuration
  dashgen.go                      the go:generate line
  .pre-commit-config.yaml         dashgen lint before every commit
  .github/workflows/dashgen.yml   dashgen lint in CI

A file that exists is never touched; what to add to it is printed instead.`,
		Example: "  dashgen init",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return initialise(cmd) },
	}
}

// An initFile is one file that init writes.
type initFile struct {
	name     string
	template string         // empty: a Go file with the go:generate line
	has      *regexp.Regexp // in a file that is there already: nothing is to be added
}

var (
	mentionsDashgen = regexp.MustCompile("dashgen")
	generateLine    = regexp.MustCompile(`(?m)^//go:generate .*dashgen.* generate\b.*$`)
)

var initFiles = []initFile{
	{"dashgen.yaml", "dashgen.yaml", regexp.MustCompile("")},
	{"dashgen.go", "", generateLine},
	{".pre-commit-config.yaml", "pre-commit-config.yaml", mentionsDashgen},
	{".github/workflows/dashgen.yml", "workflow.yml", mentionsDashgen},
}

// initData is what the templates are filled in with.
type initData struct {
	Program string // its name
	Name    string // the same, as part of a metric's name
	Title   string
	Version string // of dashgen, for go run
	Rev     string // of dashgen, for pre-commit, which takes no "latest"
}

func initialise(cmd *cobra.Command) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	data, err := newInitData(root)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	for _, f := range initFiles {
		if err := f.write(out, root, data); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(out, "next: go generate ./... && dashgen lint ./...")
	return err
}

// write creates the file, or prints what to add to the one that is there.
func (f initFile) write(out io.Writer, root string, data initData) error {
	if old := withGenerateLine(root); f.template == "" && old != "" {
		_, err := fmt.Fprintf(out, "%-8s %s, which has the go:generate line\n", "kept", filepath.ToSlash(old))
		return err
	}
	text, err := f.text(root, data)
	if err != nil {
		return err
	}
	name := filepath.Join(root, filepath.FromSlash(f.name))
	if err = create(name, text); err == nil {
		_, err = fmt.Fprintf(out, "%-8s %s\n", "new", filepath.ToSlash(name))
		return err
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write %s: %w", name, err)
	}
	old, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read what is there already: %w", err)
	}
	if f.has.Match(old) {
		_, err = fmt.Fprintf(out, "%-8s %s\n", "kept", filepath.ToSlash(name))
		return err
	}
	if f.template == "" {
		text = generateLine.Find(text)
	}
	_, err = fmt.Fprintf(out, "%-8s %s; add to it:\n\n%s\n\n", "kept", filepath.ToSlash(name), bytes.TrimSpace(text))
	return err
}

// moduleRoot returns the folder of go.mod, from the working directory up.
func moduleRoot() (string, error) {
	dir := "."
	for {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(abs) == abs {
			return "", errors.New("init: no go.mod here or above: run it in a Go module")
		}
		dir = filepath.Join(dir, "..")
	}
}

var (
	notName     = regexp.MustCompile(`[^a-zA-Z0-9_]+`)
	releaseLike = regexp.MustCompile(`^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?$`)
)

func newInitData(root string) (initData, error) {
	cfg, _, err := config.Load(root)
	if err != nil {
		return initData{}, err
	}
	name := strings.Trim(notName.ReplaceAllString(cfg.Name, "_"), "_")
	if name == "" {
		name = "app"
	}
	d := initData{Program: cfg.Name, Name: name, Title: strings.ToUpper(name[:1]) + name[1:], Version: "latest", Rev: "main"}
	if v, _ := version(); releaseLike.MatchString(v) {
		d.Version, d.Rev = v, v
	}
	return d, nil
}

// text returns what the file should hold.
func (f initFile) text(root string, data initData) ([]byte, error) {
	if f.template == "" {
		return generateFile(root, data), nil
	}
	t, err := template.ParseFS(templates, "template/"+f.template)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.Bytes(), err
}

// generateFile returns a Go file with the go:generate line. Where the module's root
// holds no package, a constraint that only go generate satisfies keeps it from
// becoming one.
func generateFile(root string, data initData) []byte {
	line := fmt.Sprintf("//go:generate go run github.com/dashgen/dashgen/cmd/dashgen@%s generate ./...\n", data.Version)
	if p, err := build.Default.ImportDir(root, 0); err == nil && p.Name != "" {
		return []byte("package " + p.Name + "\n\n" + line)
	}
	return []byte("//go:build generate\n\npackage " + packageName(data.Name) + "\n\n" + line)
}

// packageName turns a program's name into a package's.
func packageName(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, "_", ""))
	if !token.IsIdentifier(name) {
		name = "p" + name // it begins with a digit, or is a keyword
	}
	return name
}

// withGenerateLine returns a Go file in the folder that has the line already, or "".
func withGenerateLine(root string) string {
	files, _ := filepath.Glob(filepath.Join(root, "*.go")) // the pattern is well formed
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil && generateLine.Match(data) {
			return f
		}
	}
	return ""
}

// create writes a new file, and fails where one exists.
func create(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
