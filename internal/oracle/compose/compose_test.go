// Package compose has Docker Compose's own loader read the compose.yaml that dashgen stack
// writes. The loader checks a file against the JSON Schema of the Compose specification,
// fills in its variables and resolves what it refers to. Grafana Alloy's own parser and
// formatter read its configuration; which arguments a component takes they do not know.
//
// It is a module of its own, because nothing else needs them. Run it with
//
//	cd internal/oracle/compose && go test .
package compose

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/grafana/alloy/syntax/parser"
	"github.com/grafana/alloy/syntax/printer"
)

// write has dashgen write a stack for an example system, and returns its folder.
func write(t *testing.T, dashgen, system string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(dashgen, append([]string{"stack", "-C", "../../../testdata/systems/" + system, "--folder", dir}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return dir
}

func load(t *testing.T, dir string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(dir, "compose.yaml")}, cli.WithWorkingDirectory(dir), cli.WithEnvFiles(), cli.WithDotEnv)
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestCompose(t *testing.T) {
	dashgen := filepath.Join(t.TempDir(), "dashgen")
	build := exec.Command("go", "build", "-o", dashgen, "./cmd/dashgen")
	build.Dir = filepath.Join("..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build dashgen: %v\n%s", err, out)
	}
	for _, test := range []struct {
		name, system string
		args         []string
		services     string
		published    int
	}{
		{"local", "theblock", nil, "alertmanager grafana prometheus", 3},
		{"logs", "zerostate", nil, "alertmanager alloy grafana loki prometheus", 3},
		{"production", "zerostate", []string{"--production"}, "alertmanager alloy grafana loki prometheus", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, dashgen, test.system, test.args...)
			if strings.Contains(test.services, "alloy") {
				formatted(t, filepath.Join(dir, "alloy", "config.alloy"))
			}
			project := load(t, dir)
			services := project.ServiceNames()
			slices.Sort(services)
			if got := strings.Join(services, " "); got != test.services {
				t.Errorf("services are %s, want %s", got, test.services)
			}
			published := 0
			for name, s := range project.Services {
				published += check(t, name, &s, test.name == "production")
			}
			if published != test.published {
				t.Errorf("%d ports are published, want %d", published, test.published)
			}
		})
	}
}

// formatted checks that a configuration of Alloy is one, and is as alloy fmt writes it.
func formatted(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := parser.ParseFile(file, data)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := printer.Fprint(&out, tree); err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(out.String()); strings.TrimSpace(string(data)) != want {
		t.Errorf("alloy fmt would write\n%s\nnot\n%s", want, data)
	}
}

// check checks one service, and returns how many ports it publishes.
func check(t *testing.T, name string, s *types.ServiceConfig, production bool) int {
	t.Helper()
	if image, tag, tagged := strings.Cut(s.Image, ":"); !tagged || tag == "latest" || image == "" {
		t.Errorf("%s: image %s has no pinned tag", name, s.Image)
	}
	if s.HealthCheck == nil || len(s.HealthCheck.Test) == 0 {
		t.Errorf("%s has no health check", name)
	}
	for _, p := range s.Ports {
		if p.HostIP != "127.0.0.1" {
			t.Errorf("%s publishes port %d on %q", name, p.Target, p.HostIP)
		}
	}
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if !v.ReadOnly {
			t.Errorf("%s may write to %s", name, v.Source)
		}
		if production && strings.HasSuffix(v.Source, "docker.sock") {
			t.Errorf("%s has Docker's socket", name)
		}
		if _, err := os.Stat(v.Source); err != nil && filepath.Base(v.Source) != "logs" && filepath.Base(v.Source) != "docker.sock" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if production && (!s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.MemLimit == 0) {
		t.Errorf("%s is not hardened", name)
	}
	return len(s.Ports)
}
