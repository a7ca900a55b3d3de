// Package tree holds generated files in memory and reconciles them with a folder.
//
// It is the only code that touches the output folder. It imports the standard library
// only. A [Tree] is a set of files by slash-separated relative path; writing, checking
// and diffing are three uses of the same set. What people wrote is only ever touched by
// [Replace], for those who asked for it.
//
// Files are replaced one by one, each atomically: a run that is cut off leaves every
// file either as it was or as it should be. A file that an earlier run wrote and that
// is no longer generated is removed. Which files those are stands in the manifest, a
// list in the folder itself: nothing that a person put there is ever touched, and where
// such a file stands in the way, nothing is written. What people write between two marks of
// a generated file is kept; see [Tree.TakeText].
package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Manifest is the name of the file that lists what was generated.
const Manifest = ".dashgen-files"

const (
	manifestHeader = "# Files that dashgen generates here, besides this one. DO NOT EDIT.\n"
	ownerPrefix    = "# As configured in "
)

// A Tree is a set of files in memory. The zero value is an empty tree.
type Tree struct {
	files   map[string][]byte
	kept    []string // files that stay as they are
	only    string   // the one that does not; empty: they do not
	claimed []string
	owner   string
}

// Add puts files into the tree. A path that leaves the tree, or that stands in it
// already, is an error.
func (t *Tree) Add(files map[string][]byte) error {
	if t.files == nil {
		t.files = map[string][]byte{}
	}
	for name, data := range files {
		if !fs.ValidPath(name) || name == Manifest {
			return fmt.Errorf("file %q: not a path below the output folder", name)
		}
		if _, twice := t.files[name]; twice {
			return fmt.Errorf("file %q is generated twice", name)
		}
		t.files[name] = data
	}
	return nil
}

// KeepAllBut leaves every file but one as it is on disk: neither written, compared nor
// removed.
func (t *Tree) KeepAllBut(name string) { t.only = name }

func (t *Tree) isKept(name string) bool {
	return t.only != "" && name != t.only || slices.Contains(t.kept, name)
}

// Claim says that a file of the folder is dashgen's, whether the manifest lists it or not:
// somebody read it and understood it.
func (t *Tree) Claim(name string) { t.claimed = append(t.claimed, name) }

// Own says whose the files are: the slash-separated path of a configuration, relative to
// the output folder. A folder that another one owns, which still exists, is not written to.
func (t *Tree) Own(owner string) { t.owner = owner }

// Names returns the paths of the files, sorted.
func (t *Tree) Names() []string {
	var names []string
	for name := range t.files {
		if !t.isKept(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Data returns a file's content, nil where the tree has no such file.
func (t *Tree) Data(name string) []byte { return t.files[name] }

// A State says how a file of the tree stands to the folder.
type State string

const (
	Missing State = "missing" // in the tree, not in the folder
	Stale   State = "stale"   // in both, and different
	Foreign State = "foreign" // in both, different, and somebody else's: a Write fails
	Extra   State = "extra"   // generated earlier, no longer in the tree
)

// A Difference is one file that a Write would change. Old is nil where it is Missing,
// New where it is Extra.
type Difference struct {
	Name     string
	State    State
	Old, New []byte
}

// Diff compares the tree with the folder dir, which need not exist, and returns what
// differs, sorted by name. It is an error that somebody else owns the folder.
func (t *Tree) Diff(dir string) ([]Difference, error) {
	listed, owner, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(local(dir, owner)); owner != "" && t.owner != "" && owner != t.owner && err == nil {
		return nil, fmt.Errorf("folder %s is the output folder of %s: give one of the two another out:", dir, local(dir, owner))
	}
	var ds []Difference
	for _, name := range t.Names() {
		old, err := os.ReadFile(local(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			ds = append(ds, Difference{Name: name, State: Missing, New: t.files[name]})
		case err != nil:
			return nil, fmt.Errorf("compare with %s: %w", dir, err)
		case !bytes.Equal(old, t.files[name]):
			state := Stale
			if !slices.Contains(listed, name) && !slices.Contains(t.claimed, name) {
				state = Foreign
			}
			ds = append(ds, Difference{Name: name, State: state, Old: old, New: t.files[name]})
		}
	}
	for _, name := range t.extra(dir, listed) {
		old, err := os.ReadFile(local(dir, name))
		if err != nil {
			return nil, fmt.Errorf("compare with %s: %w", dir, err)
		}
		ds = append(ds, Difference{Name: name, State: Extra, Old: old})
	}
	slices.SortFunc(ds, func(a, b Difference) int { return strings.Compare(a.Name, b.Name) })
	return ds, nil
}

// Others returns the files of the folder dir that match a pattern of path.Match and that
// dashgen did not generate, now or earlier, sorted.
func (t *Tree) Others(dir, pattern string) ([]string, error) {
	listed, _, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		_, ours := t.files[name]
		return ours || slices.Contains(listed, name)
	}), nil
}

// extra returns the files of the manifest that exist and are no longer in the tree.
func (t *Tree) extra(dir string, listed []string) []string {
	var names []string
	for _, name := range listed {
		if _, ok := t.files[name]; ok || t.isKept(name) {
			continue
		}
		if _, err := os.Lstat(local(dir, name)); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// readManifest returns the files that an earlier run generated, and for whom; empty: not
// said.
func readManifest(dir string) (names []string, owner string, err error) {
	data, err := os.ReadFile(local(dir, Manifest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the list of generated files: %w", err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if of, ok := strings.CutPrefix(line, ownerPrefix); ok {
			owner = of
		}
		if line != "" && !strings.HasPrefix(line, "#") && fs.ValidPath(line) && line != Manifest {
			names = append(names, line)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), owner, nil
}

// Write makes the folder hold the tree and returns what it changed. Where that would
// overwrite somebody else's file it is an error, and nothing is written.
func (t *Tree) Write(dir string) ([]Difference, error) {
	ds, err := t.Diff(dir)
	if err != nil {
		return nil, err
	}
	if err := refuse(dir, ds); err != nil {
		return nil, err
	}
	old, _, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	// The manifest lists what may exist at any moment: first the old files and the new
	// ones, at the end the new ones. What a run that is cut off leaves is known to the next.
	names := t.Names()
	for _, name := range old {
		if t.isKept(name) {
			names = append(names, name)
		}
	}
	if err := t.writeManifest(dir, append(old, names...)); err != nil {
		return nil, err
	}
	for _, d := range ds {
		if d.State == Extra {
			err = remove(dir, d.Name)
		} else {
			err = Replace(local(dir, d.Name), d.New)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", local(dir, d.Name), err)
		}
	}
	return ds, t.writeManifest(dir, names)
}

// refuse returns an error that names each file of somebody else's among the differences.
func refuse(dir string, ds []Difference) error {
	var errs []error
	for _, d := range ds {
		if d.State == Foreign {
			errs = append(errs, fmt.Errorf("write %s: dashgen did not generate the file that stands there: move it away or delete it", local(dir, d.Name)))
		}
	}
	return errors.Join(errs...)
}

func (t *Tree) writeManifest(dir string, names []string) error {
	slices.Sort(names)
	names = slices.Compact(names)
	header := manifestHeader
	if t.owner != "" {
		header += ownerPrefix + t.owner + "\n"
	}
	data := []byte(header + strings.Join(names, "\n") + "\n")
	file := local(dir, Manifest)
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := Replace(file, data); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

// Lister returns the configuration for which an earlier run generated a file, and whether
// one did: the manifest of a folder above lists it.
func Lister(file string) (owner string, listed bool, err error) {
	file, err = filepath.Abs(file)
	if err != nil {
		return "", false, err
	}
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		names, owner, err := readManifest(dir)
		if err != nil && !errors.Is(err, fs.ErrPermission) {
			return "", false, err
		}
		if rel, err := filepath.Rel(dir, file); err == nil && slices.Contains(names, filepath.ToSlash(rel)) {
			return path.Join(filepath.ToSlash(dir), owner), true, nil
		}
		if dir == filepath.Dir(dir) {
			return "", false, nil
		}
	}
}

// Replace writes a file beside its place and moves it there, so that whoever reads it sees
// all of the old content or of the new. A file that exists keeps its mode.
func Replace(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".dashgen-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails, rightly, once it was moved
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}

// remove deletes a file and the folders below dir that it leaves empty.
func remove(dir, name string) error {
	if err := os.Remove(local(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for parent := path.Dir(name); parent != "."; parent = path.Dir(parent) {
		if os.Remove(local(dir, parent)) != nil {
			return nil // not empty
		}
	}
	return nil
}

func local(dir, name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
