package build

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/render"
)

var update = flag.Bool("update", false, "rewrite the board in README.md, and the boards of the systems in testdata/boards")

// README shows the text of a generated board as it is today.
func TestReadme(t *testing.T) {
	const begin, end = "<!-- board kimberlite-metrics -->\n```text\n", "```\n"
	file, err := filepath.Abs(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	if !ok {
		t.Fatalf("README.md has no %q", begin)
	}
	got, after, _ := strings.Cut(rest, end)
	t.Chdir(filepath.Join("..", "..", "testdata", "systems", "kimberlite"))
	res, err := runOne(Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, b := range res.Boards {
		if b.UID == "kimberlite-metrics" {
			want = short(render.Text(b))
		}
	}
	if want == "" {
		t.Fatal("no board kimberlite-metrics")
	}
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("README.md shows another board: run go test ./internal/build -run TestReadme -update\n%s", want)
	}
	if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// short cuts long lines to what fits a page.
func short(text string) string {
	const width = 150
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if r := []rune(line); len(r) > width {
			line = string(r[:width-1]) + "…"
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
