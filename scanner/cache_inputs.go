package scanner

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// This file tells what a result depends on, and whether that is as it was.

// Inputs are the files that a result depends on, by content, and the folders whose list of
// files it depends on. Packages of the module cache and of the standard library are not
// among them: they are what go.mod, go.sum and the go command say.
type inputs struct {
	Trees  []string // folders, with all below them, whose source files count
	Dirs   []string // folders whose source files count
	Files  []string // further files, there or not
	Exists []string // files of which only counts that they are there
}

// inputsOf returns what a scan of the trees depends on. ok is false where that cannot be
// told: packages that could not be read depend on more than what is there.
func inputsOf(trees []*tree, dir string) (in inputs, ok bool) {
	for _, t := range trees {
		for _, p := range t.all {
			if p.Error != nil || p.Export == "" && p.ImportPath != "unsafe" && !p.unbuilt || len(p.pkg.Errors) > 0 {
				return in, false
			}
			if p.Standard || p.immutable() {
				continue
			}
			if p.Module == nil || p.Dir == "" {
				return in, false
			}
			in.Dirs = append(in.Dirs, p.Dir)
			for _, file := range p.EmbedFiles {
				in.Exists = append(in.Exists, filepath.Join(p.Dir, file))
			}
			in.module(p.Module.Dir)
			if m := p.Module; m.Main && m.Dir != "" && t.wild {
				in.Trees = append(in.Trees, m.Dir)
			}
		}
	}
	for at := dir; ; at = filepath.Dir(at) {
		in.Files = append(in.Files, filepath.Join(at, "go.work"), filepath.Join(at, "go.work.sum"))
		in.module(at)
		if at == filepath.Dir(at) {
			break
		}
	}
	in.environment()
	for _, list := range []*[]string{&in.Trees, &in.Dirs, &in.Files, &in.Exists} {
		*list = slices.Compact(slices.Sorted(slices.Values(*list)))
	}
	return in, true
}

// immutable reports whether the package is of the module cache.
func (p *listed) immutable() bool {
	m := p.Module
	if m == nil || m.Dir == "" || m.Main || m.Version == "" {
		return false
	}
	rel, err := filepath.Rel(m.Dir, p.Dir)
	return err == nil && filepath.IsLocal(rel) && (m.Replace == nil || m.Replace.Version != "")
}

// module adds the files that say what a module requires.
func (in *inputs) module(dir string) {
	if dir != "" {
		in.Files = append(in.Files, filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum"), filepath.Join(dir, "vendor", "modules.txt"))
	}
}

// environment adds the files that configure the go command.
func (in *inputs) environment() {
	if file := os.Getenv("GOENV"); file != "" && file != "off" {
		in.Files = append(in.Files, file)
	} else if dir, err := os.UserConfigDir(); err == nil {
		in.Files = append(in.Files, filepath.Join(dir, "go", "env"))
	}
	if file := os.Getenv("GOWORK"); file != "" && file != "off" {
		in.Files = append(in.Files, file, strings.TrimSuffix(file, ".work")+".work.sum")
	}
	if file, err := exec.LookPath("go"); err == nil {
		if real, err := filepath.EvalSymlinks(file); err == nil {
			root := filepath.Dir(filepath.Dir(real))
			in.Files = append(in.Files, filepath.Join(root, "VERSION"), filepath.Join(root, "go.env"))
		}
	}
}

// isSource reports whether a file of that name may change what a package is.
func isSource(name string) bool {
	switch filepath.Ext(name) {
	case ".go":
		return !strings.HasSuffix(name, "_test.go")
	case ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".m", ".s", ".S", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx", ".syso", ".mod":
		return true
	}
	return false
}

// Sums are hashes of what the inputs are.
type sums struct {
	Files map[string][16]byte // those that are read
	Rest  [sha256.Size]byte   // which there are, and all else
}

func (s sums) equal(other sums) bool { return s.Rest == other.Rest && maps.Equal(s.Files, other.Files) }

// changed returns the files that differ, sorted. ok is false where more does.
func (s sums) changed(now sums) (names []string, ok bool) {
	if s.Rest != now.Rest || len(s.Files) != len(now.Files) {
		return nil, false
	}
	for name, sum := range now.Files {
		if old, ok := s.Files[name]; !ok {
			return nil, false
		} else if old != sum {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, true
}

// sums returns what the inputs are now, and when the last of them was changed.
func (in *inputs) sums() (s sums, last time.Time, err error) {
	h := sha256.New()
	files := slices.Clone(in.Files)
	seen := map[string]bool{}
	add := func(dir string, entries []fs.DirEntry) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		fmt.Fprintf(h, "dir %q\n", dir)
		for _, e := range entries {
			if !e.IsDir() && isSource(e.Name()) {
				files = append(files, filepath.Join(dir, e.Name()))
			}
		}
	}
	for _, dir := range in.Dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return s, last, err
		}
		add(dir, entries)
	}
	for _, dir := range in.Trees {
		if err := walkSource(dir, add); err != nil {
			return s, last, err
		}
	}
	for _, file := range in.Exists {
		_, err := os.Stat(file)
		fmt.Fprintf(h, "exists %q %t\n", file, err == nil)
	}
	hashes := make([][16]byte, len(files))
	var mu sync.Mutex
	parallel(len(files), func(i int) {
		line, changed := hashFile(files[i])
		hashes[i] = sumOf([]byte(line))
		mu.Lock()
		defer mu.Unlock()
		if changed.After(last) {
			last = changed
		}
	})
	s = sums{Files: map[string][16]byte{}, Rest: [sha256.Size]byte(h.Sum(nil))}
	for i, name := range files {
		s.Files[name] = hashes[i]
	}
	return s, last, nil
}

// walkSource calls add for dir and the folders below it that may hold packages.
func walkSource(dir string, add func(string, []fs.DirEntry)) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	add(dir, entries)
	for _, e := range entries {
		if name := e.Name(); e.IsDir() && name != "testdata" && name != "vendor" && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") {
			if err := walkSource(filepath.Join(dir, name), add); err != nil {
				return err
			}
		}
	}
	return nil
}

// hashFile returns a line with a file's name and content, and when it was changed.
func hashFile(name string) (line string, changed time.Time) {
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("no %q\n", name), changed
	case err != nil:
		return fmt.Sprintf("unreadable %q\n", name), changed
	}
	if info, err := os.Stat(name); err == nil {
		changed = info.ModTime()
	}
	return fmt.Sprintf("file %q %x\n", name, sha256.Sum256(data)), changed
}
