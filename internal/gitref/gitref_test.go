package gitref

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repo makes a repository with one commit that holds files.
func repo(t *testing.T, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	for k, v := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(k, v)
	}
	dir := t.TempDir()
	git(t, dir, "", "init", "-q", "-b", "main")
	write(t, dir, files)
	git(t, dir, "", "add", "-A")
	git(t, dir, "", "commit", "-q", "-m", "one")
	return dir
}

func git(t *testing.T, dir, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns the files below a folder, links with their target.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		if d.Type() == fs.ModeSymlink {
			target, err := os.Readlink(name)
			files[rel] = "-> " + target
			return err
		}
		data, err := os.ReadFile(name)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func equal(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if have, ok := got[name]; !ok || have != text {
			t.Errorf("%q is %q, want %q", name, have, text)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%q should not be there", name)
		}
	}
}

// What is extracted is the commit, however its paths look and whatever the work tree,
// its attributes and its hooks say.
func TestExtract(t *testing.T) {
	files := map[string]string{
		"go.mod": "module m\n", "cmd/shop/main.go": "package main\n", "empty": "", "export/x": "x",
		"a b/\"q\"\n*?[é].txt": "odd\n\x00", "-r": "dash", ":(top)x": "magic", "$HOME": "var",
	}
	files[".gitattributes"] = "* filter=evil text eol=crlf ident\nexport export-ignore\n"
	dir := repo(t, files)
	ran := filepath.Join(t.TempDir(), "ran")
	for _, filter := range []string{"filter.evil.smudge", "filter.evil.process"} {
		git(t, dir, "", "config", filter, "touch "+ran)
	}
	write(t, dir, map[string]string{".git/hooks/post-checkout": "#!/bin/sh\ntouch " + ran + "\n"})
	if err := os.Chmod(filepath.Join(dir, ".git/hooks/post-checkout"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"go.mod": "changed\n", "new": "new"})
	before := read(t, dir)

	dst := t.TempDir()
	below, err := Extract(context.Background(), filepath.Join(dir, "cmd"), "main", dst)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dst, "cmd"); filepath.Clean(below) != want {
		t.Errorf("cmd was at %s, want %s", below, want)
	}
	equal(t, read(t, dst), files)
	equal(t, read(t, dir), before)
	if _, err := os.Stat(ran); err == nil {
		t.Error("a filter or a hook was run")
	}
}

func TestFiles(t *testing.T) {
	dir := repo(t, map[string]string{"a": "root", "sub/a": "below", "sub/b": "b", "sub/*": "star"})
	if err := os.Symlink("b", filepath.Join(dir, "sub", "l")); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "", "add", "-A")
	git(t, dir, "", "commit", "-q", "-m", "two")
	git(t, dir, "", "tag", "v1")
	write(t, dir, map[string]string{"sub/a": "changed"})
	for _, hook := range []string{"", ".git"} { // as git tells a hook
		if hook != "" {
			t.Setenv("GIT_DIR", hook)
		}
		got, err := Files(context.Background(), filepath.Join(dir, "sub"), "v1", "a", "../a", "*", "none", "./b")
		if err != nil {
			t.Fatal(err)
		}
		text := map[string]string{}
		for k, v := range got {
			text[k] = string(v)
		}
		equal(t, text, map[string]string{"a": "below", "../a": "root", "*": "star", "./b": "b"})
	}
	if got, err := Files(context.Background(), filepath.Join(dir, "sub"), "v1", "l"); err == nil {
		t.Errorf("a link reads as %q", got)
	}
}

// A link stays where it leads to something inside, through however many others.
func TestLinks(t *testing.T) {
	dir := repo(t, map[string]string{"p/q/file": "here", "outside": ""})
	links := map[string]string{
		"p/in": "q/file", "p/folder": "q", "again": "p/in",
		"p/up": "../../secret", "p/abs": "/etc/passwd", "p/none": "q/other", "loop": "loop",
		"p/q/root": "../..", "p/q/through": "root/../secret", "chain": "p/q/through",
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "", "add", "-A")
	git(t, dir, "", "commit", "-q", "-m", "links")
	parent := t.TempDir()
	write(t, parent, map[string]string{"secret": "secret"})
	dst := filepath.Join(parent, "dst")
	if err := os.Mkdir(dst, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Extract(context.Background(), dir, "HEAD", dst); err != nil {
		t.Fatal(err)
	}
	equal(t, read(t, dst), map[string]string{
		"p/q/file": "here", "outside": "", "p/in": "-> q/file", "p/folder": "-> q", "again": "-> p/in", "p/q/root": "-> ../..",
	})
}

// Trees that no git command makes by itself are refused, and write nothing outside.
func TestHostileTrees(t *testing.T) {
	dir := repo(t, map[string]string{"a": "a"})
	blob := git(t, dir, "evil", "hash-object", "-w", "--stdin")
	target := git(t, dir, "..", "hash-object", "-w", "--stdin")
	inner := git(t, dir, "100644 blob "+blob+"\tevil\n", "mktree")
	for name, lines := range map[string]string{
		"parent":            "040000 tree " + inner + "\t..\n",
		"git folder":        "040000 tree " + inner + "\t.GIT\n",
		"link and folder":   "120000 blob " + target + "\td\n040000 tree " + inner + "\td\n",
		"folder and a file": "100644 blob " + blob + "\td\n040000 tree " + inner + "\td\n",
	} {
		t.Run(name, func(t *testing.T) {
			tree := git(t, dir, lines, "mktree")
			commit := git(t, dir, "", "commit-tree", "-m", "evil", tree)
			parent := t.TempDir()
			dst := filepath.Join(parent, "dst")
			if err := os.Mkdir(dst, 0o777); err != nil {
				t.Fatal(err)
			}
			if _, err := Extract(context.Background(), dir, commit, dst); err == nil {
				t.Errorf("extracted %v", read(t, dst))
			}
			if _, err := os.Lstat(filepath.Join(parent, "evil")); err == nil {
				t.Error("written outside")
			}
		})
	}
}

func TestRefError(t *testing.T) {
	dir := repo(t, map[string]string{"a": "a"})
	for _, ref := range []string{"none", "", "--all", "-h", "HEAD:a", "^main", "main..main", "main other", "$(touch x)", "a\nb"} {
		_, err := Extract(context.Background(), dir, ref, t.TempDir())
		if is := (&RefError{}); !errors.As(err, &is) || is.Ref != ref || is.Shallow {
			t.Errorf("%q: %v", ref, err)
		}
	}
	clone := t.TempDir()
	git(t, dir, "", "commit", "-q", "--allow-empty", "-m", "two")
	git(t, clone, "", "clone", "-q", "--depth=1", "file://"+filepath.ToSlash(dir), ".")
	_, err := Files(context.Background(), clone, "HEAD~1", "a")
	if is := (&RefError{}); !errors.As(err, &is) || !is.Shallow || !strings.Contains(err.Error(), "--unshallow") {
		t.Errorf("in a shallow clone: %v", err)
	}
	if _, err := Files(context.Background(), t.TempDir(), "HEAD", "a"); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("outside of a repository: %v", err)
	}
}

// What a partial clone lacks is said, and not fetched.
func TestMissing(t *testing.T) {
	dir := repo(t, map[string]string{"a": "a"})
	hash := git(t, dir, "", "rev-parse", "HEAD:a")
	if err := os.Remove(filepath.Join(dir, ".git", "objects", hash[:2], hash[2:])); err != nil {
		t.Fatal(err)
	}
	if _, err := Files(context.Background(), dir, "HEAD", "a"); err == nil || !strings.Contains(err.Error(), "read a at ") {
		t.Errorf("a lost object: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Extract(ctx, dir, "HEAD", t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}
