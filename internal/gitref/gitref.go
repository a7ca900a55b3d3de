// Package gitref reads what a git repository held at a commit, branch or tag.
//
//	dst, err := os.MkdirTemp("", "dashgen-")
//	…
//	defer os.RemoveAll(dst)
//	dir, err := gitref.Extract(ctx, ".", "origin/main", dst) // "." as it was, with all that stands around it
//	files, err := gitref.Files(ctx, ".", "v1.2.0", "monitoring/metrics.json")
//
// A ref is whatever "git rev-parse" takes for a commit. One that there is not is a
// [RefError], which says what to type where a shallow clone is the reason. Paths are
// relative to dir, a folder anywhere in the repository.
//
// Submodules are not followed, files kept by Git LFS stay pointers, and a symbolic link
// that leads out of the extracted tree, or to nothing, is left out.
//
// # What is run
//
// The git command is, beside the go command, the only program that is started on a
// scanned repository. It lists trees and prints blobs, no more: "git checkout", and "git
// archive" too, would run the smudge filters that a configuration names and follow
// export-ignore in .gitattributes. Hooks and the file system monitor are off, nothing is
// fetched from a remote, and neither the work tree nor the index is looked at or locked.
// The user's own configuration counts, so that safe.directory does.
//
// A tree object may name anything, so extracted files are written through an [os.Root]:
// no path and no link in the repository leads out of the folder that was given.
//
// It imports the standard library only.
package gitref

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A RefError says that a repository has no such commit, branch or tag.
type RefError struct {
	Ref     string
	Shallow bool // the clone holds a part of the history only
}

func (e *RefError) Error() string {
	if e.Shallow {
		return fmt.Sprintf("git knows no commit %q: the clone is shallow; fetch it with 'git fetch --unshallow', or fetch-depth: 0 in actions/checkout", e.Ref)
	}
	return fmt.Sprintf("git knows no commit %q: give a branch, a tag or a hash, or fetch it first", e.Ref)
}

// Files returns the content of files at a ref, by the names that are given: slash-separated
// and relative to dir. One that was not there then is left out.
func Files(ctx context.Context, dir, ref string, names ...string) (map[string][]byte, error) {
	r, err := open(ctx, dir, ref)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = path.Join(r.prefix, name)
	}
	entries, err := r.list(ctx, paths...)
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	for _, e := range entries {
		if e.kind != file {
			return nil, fmt.Errorf("read %s at %s: not a regular file", e.path, ref)
		}
	}
	return found, r.read(ctx, entries, func(e entry, data []byte) error {
		for i, p := range paths {
			if p == e.path {
				found[names[i]] = data
			}
		}
		return nil
	})
}

// Extract writes the whole repository around dir, as it was at a ref, into dst, which must
// be there and should be empty. It returns the folder below dst that dir was then; it need
// not exist.
func Extract(ctx context.Context, dir, ref, dst string) (string, error) {
	r, err := open(ctx, dir, ref)
	if err != nil {
		return "", err
	}
	entries, err := r.list(ctx)
	if err != nil {
		return "", err
	}
	root, err := os.OpenRoot(dst)
	if err != nil {
		return "", fmt.Errorf("extract %s: %w", ref, err)
	}
	defer root.Close()
	if err := r.write(ctx, root, entries); err != nil {
		return "", fmt.Errorf("extract %s: %w", ref, err)
	}
	return filepath.Join(dst, filepath.FromSlash(r.prefix)), nil
}

// A repository is one commit of a repository, seen from a folder.
type repository struct {
	dir    string
	commit string // hash
	prefix string // dir, relative to the root, with a slash behind it; empty: dir is the root
}

func open(ctx context.Context, dir, ref string) (*repository, error) {
	r := &repository{dir: dir}
	prefix, err := r.git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	r.prefix = strings.TrimSuffix(string(prefix), "\n")
	if strings.HasPrefix(ref, "-") { // to git an option
		return nil, &RefError{Ref: ref}
	}
	hash, err := r.git(ctx, "rev-parse", "--quiet", "--verify", ref+"^{commit}")
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.commit = strings.TrimSpace(string(hash))
	if _, bad := hex.DecodeString(r.commit); err != nil || bad != nil || r.commit == "" {
		shallow, _ := r.git(ctx, "rev-parse", "--is-shallow-repository")
		return nil, &RefError{Ref: ref, Shallow: strings.TrimSpace(string(shallow)) == "true"}
	}
	return r, nil
}

// Kinds of entries, by their mode.
const (
	file = "100"
	link = "120"
)

// An entry is one line of a tree.
type entry struct {
	kind string // first three digits of the mode
	hash string
	path string // from the root, with slashes
}

// list returns the regular files and the symbolic links of the commit, those at paths
// where some are given. Submodules are left out.
func (r *repository) list(ctx context.Context, paths ...string) ([]entry, error) {
	out, err := r.git(ctx, append([]string{"ls-tree", "-r", "-z", "--full-tree", r.commit, "--"}, paths...)...)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if line == "" {
			continue
		}
		// MODE SP TYPE SP HASH TAB PATH
		meta, p, ok := strings.Cut(line, "\t")
		f := strings.Fields(meta)
		if !ok || len(f) != 3 || len(f[0]) != 6 {
			return nil, fmt.Errorf("git ls-tree says %q", line)
		}
		if e := (entry{f[0][:3], f[2], p}); e.kind == file || e.kind == link {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// read calls f with the content of every entry, in their order.
func (r *repository) read(ctx context.Context, entries []entry, f func(entry, []byte) error) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	cmd := r.command(running, "cat-file", "--batch")
	var in, errs bytes.Buffer
	for _, e := range entries {
		in.WriteString(e.hash + "\n")
	}
	cmd.Stdin, cmd.Stderr = &in, &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return notStarted(err)
	}
	b := bufio.NewReaderSize(out, 1<<16)
	for _, e := range entries {
		var data []byte
		if data, err = next(b); err != nil {
			err = fmt.Errorf("read %s at %s: %w", e.path, r.commit, err)
			break
		}
		if err = f(e, data); err != nil {
			break
		}
	}
	if err != nil {
		stop() // it may have more to say
	}
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	case ended != nil:
		return fmt.Errorf("git cat-file: %s", said(ended, errs.Bytes()))
	}
	return nil
}

// next reads one object as "git cat-file --batch" prints it: HASH SP TYPE SP SIZE LF
// CONTENT LF.
func next(b *bufio.Reader) ([]byte, error) {
	head, err := b.ReadString('\n')
	if err != nil {
		return nil, err
	}
	f := strings.Fields(head)
	if len(f) == 2 && f[1] == "missing" {
		return nil, errors.New("the clone does not hold it; 'git fetch --refetch --no-filter' gets what a partial clone lacks")
	}
	if len(f) != 3 {
		return nil, fmt.Errorf("git cat-file says %q", head)
	}
	size, err := strconv.Atoi(f[2])
	if err != nil {
		return nil, fmt.Errorf("git cat-file says %q", head)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(b, data); err != nil {
		return nil, err
	}
	_, err = b.Discard(1)
	return data, err
}

// write puts entries below root. Links come last, so that nothing is written through one,
// and those that lead out of root are taken away again.
func (r *repository) write(ctx context.Context, root *os.Root, entries []entry) error {
	links := map[string]string{} // targets by path
	made := map[string]bool{}
	err := r.read(ctx, entries, func(e entry, data []byte) error {
		name := filepath.FromSlash(e.path)
		if !filepath.IsLocal(name) || slices.ContainsFunc(strings.Split(e.path, "/"), func(s string) bool { return strings.EqualFold(s, ".git") }) {
			return fmt.Errorf("the tree holds the path %q", e.path)
		}
		if dir := filepath.Dir(name); !made[dir] {
			if err := root.MkdirAll(dir, 0o777); err != nil {
				return err
			}
			made[dir] = true
		}
		if e.kind == link {
			links[name] = string(data)
			return nil
		}
		return root.WriteFile(name, data, 0o666)
	})
	if err != nil {
		return err
	}
	for name, target := range links {
		if err := root.Symlink(filepath.FromSlash(target), name); err != nil {
			return err
		}
	}
	for name := range links {
		if _, err := root.Stat(name); err != nil {
			if err := root.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// git runs the git command and returns what it prints.
func (r *repository) git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := r.command(ctx, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, notStarted(err)
	case err != nil:
		return nil, fmt.Errorf("git %s: %s", args[0], said(err, errs.Bytes()))
	}
	return out, nil
}

func (r *repository) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{
		"--no-pager", "--literal-pathspecs",
		"-c", "core.hooksPath=" + os.DevNull, "-c", "core.fsmonitor=false",
		"-C", r.dir,
	}, args...)...)
	// Inside a hook git says which repository is meant, relative to where the hook runs.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"}, name)
	})
	cmd.Env = append(cmd.Env, "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	return cmd
}

func notStarted(err error) error {
	return fmt.Errorf("start the git command, which must be in PATH: %w", err)
}

// said returns the first line that git printed on its standard error, or why there is
// none.
func said(err error, stderr []byte) string {
	first, _, _ := strings.Cut(strings.TrimSpace(string(stderr)), "\n")
	if first == "" {
		return err.Error()
	}
	return strings.TrimPrefix(first, "fatal: ")
}
