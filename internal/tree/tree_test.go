package tree

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func newTree(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	tr := &Tree{}
	for name, text := range files {
		if err := tr.Add(map[string][]byte{name: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	return tr
}

func states(ds []Difference) []string {
	var out []string
	for _, d := range ds {
		out = append(out, string(d.State)+" "+d.Name)
	}
	return out
}

// list returns every file below dir but the manifest, with its content.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == Manifest {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out = append(out, filepath.ToSlash(rel)+"="+string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first := newTree(t, map[string]string{"a.json": "1", "rules/b.yaml": "2"})
	ds, err := first.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := states(ds); !slices.Equal(got, []string{"missing a.json", "missing rules/b.yaml"}) {
		t.Errorf("first write changed %v", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("3"), 0o644); err != nil {
		t.Fatal(err)
	}
	second := newTree(t, map[string]string{"a.json": "new"})
	ds, err = second.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := states(ds); !slices.Equal(got, []string{"stale a.json", "extra rules/b.yaml"}) {
		t.Errorf("second write changed %v", got)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"a.json=new", "mine.txt=3"}) {
		t.Errorf("folder holds %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "rules")); err == nil {
		t.Error("the empty folder stays")
	}
	if ds, err := second.Write(dir); err != nil || len(ds) != 0 {
		t.Errorf("third write changed %v, %v", states(ds), err)
	}
}

func TestKeep(t *testing.T) {
	dir := t.TempDir()
	if _, err := newTree(t, map[string]string{"a": "1", "rules/b": "2", "rules/c": "3"}).Write(dir); err != nil {
		t.Fatal(err)
	}
	tr := newTree(t, map[string]string{"a": "new", "rules/b": "new"})
	tr.KeepAllBut("a")
	if _, err := tr.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"a=new", "rules/b=2", "rules/c=3"}) {
		t.Errorf("folder holds %v", got)
	}
	// What was kept is still known as generated, and goes when it is no longer kept.
	if _, err := newTree(t, map[string]string{"a": "new"}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"a=new"}) {
		t.Errorf("folder holds %v", got)
	}
}

// A write that fails half-way leaves whole files only, and the next one finishes.
func TestWriteCutOff(t *testing.T) {
	dir := t.TempDir()
	if _, err := newTree(t, map[string]string{"a": "old", "b": "old", "d/gone": "old"}).Write(dir); err != nil {
		t.Fatal(err)
	}
	// A folder stands where the file c must go: the rename fails.
	if err := os.MkdirAll(filepath.Join(dir, "c", "x"), 0o777); err != nil {
		t.Fatal(err)
	}
	tr := newTree(t, map[string]string{"a": "new", "b": "new", "c": "new", "e": "new"})
	if _, err := tr.Write(dir); err == nil {
		t.Fatal("writing over a folder is no error")
	} else if !strings.Contains(err.Error(), filepath.Join(dir, "c")) {
		t.Errorf("error %q does not name the file", err)
	}
	for _, line := range list(t, dir) {
		if !slices.Contains([]string{"a=new", "a=old", "b=new", "b=old", "d/gone=old"}, line) {
			t.Errorf("folder holds %q", line)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"a=new", "b=new", "c=new", "e=new"}) {
		t.Errorf("folder holds %v", got)
	}
}

// A file of somebody else's that stands where a generated one must go stops the write
// before it begins, unless it is claimed.
func TestForeign(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "theirs", "b": "same", "c": "theirs", "d": "theirs"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tr := newTree(t, map[string]string{"a": "new", "b": "same", "c": "new", "e": "new"})
	_, err := tr.Write(dir)
	if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "a")) || !strings.Contains(err.Error(), filepath.Join(dir, "c")) {
		t.Errorf("error %v does not name both files", err)
	}
	want := []string{"a=theirs", "b=same", "c=theirs", "d=theirs"}
	if got := list(t, dir); !slices.Equal(got, want) {
		t.Errorf("folder holds %v, want %v", got, want)
	}
	if others, err := tr.Others(dir, "*"); err != nil || !slices.Equal(others, []string{"d"}) {
		t.Errorf("others are %v, %v", others, err)
	}
	tr.Claim("a")
	tr.Claim("c")
	if _, err := tr.Write(dir); err != nil {
		t.Fatal(err)
	}
	want = []string{"a=new", "b=same", "c=new", "d=theirs", "e=new"}
	if got := list(t, dir); !slices.Equal(got, want) {
		t.Errorf("folder holds %v, want %v", got, want)
	}
}

func TestHostileManifest(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	if err := os.WriteFile(outside, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, Manifest), []byte("../outside\n"+outside+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := newTree(t, map[string]string{"a": "1"}).Write(out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error("a manifest made Write remove a file outside its folder")
	}
}

func TestAddRefuses(t *testing.T) {
	for _, name := range []string{"../x", "/x", "", Manifest, "a/../b"} {
		if err := new(Tree).Add(map[string][]byte{name: nil}); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}

// A folder belongs to one configuration, as long as that exists.
func TestOwner(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	for _, name := range []string{"a.yaml", "b.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write := func(owner, file string) error {
		var tr Tree
		if err := tr.Add(map[string][]byte{file: []byte(owner)}); err != nil {
			t.Fatal(err)
		}
		tr.Own(owner)
		_, err := tr.Write(out)
		return err
	}
	if err := write("", "first"); err != nil { // as before there were owners
		t.Fatal(err)
	}
	for range 2 {
		if err := write("../a.yaml", "one"); err != nil {
			t.Fatal(err)
		}
	}
	if err := write("../b.yaml", "two"); err == nil || !strings.Contains(err.Error(), "is the output folder of "+filepath.Join(dir, "a.yaml")) {
		t.Fatalf("another's folder: %v", err)
	}
	if _, err := os.Stat(filepath.Join(out, "one")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "a.yaml")); err != nil { // it was renamed
		t.Fatal(err)
	}
	if err := write("../b.yaml", "two"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(out, "one")); err == nil {
		t.Error("what the other generated is left over")
	}
}
