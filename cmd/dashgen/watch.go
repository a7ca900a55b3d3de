package main

import (
	"context"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// This file watches source and configuration by looking at when files were changed. That
// works on every file system, needs no watch for each folder, and costs a hundredth of one
// processor on a tree of ten thousand files.

// A watcher watches the files of a module below the folder that its go.mod is in.
type watcher struct {
	from string // the folder that it was made for
	root string
	seen uint64
}

// newWatcher returns a watcher of the module that a folder is in.
func newWatcher(dir string) *watcher {
	root, err := filepath.Abs(dir)
	if err != nil {
		root = dir
	}
	from := root
	for at := root; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			root = at
			break
		}
		if filepath.Dir(at) == at {
			break
		}
	}
	w := &watcher{from: from, root: root}
	w.seen = w.look()
	return w
}

// Looks take at most a twentieth of the time, and are at least so far apart.
const (
	lookEvery = 200 * time.Millisecond
	lookShare = 20
)

// run calls a function whenever something has changed.
func (w *watcher) run(ctx context.Context, changed func()) {
	runtime.GC() // from now on as always: see collectLate
	for {
		begin := time.Now()
		now := w.look()
		wait := max(lookEvery, lookShare*time.Since(begin))
		if now != w.seen {
			w.seen = now
			changed()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// readFiles are the endings of the files that a build reads.
var readFiles = []string{".go", ".mod", ".sum", ".work", ".yaml", ".yml", ".json", ".jsonnet", ".libsonnet", ".prom"}

// look returns a hash of the names, sizes and times of the files.
func (w *watcher) look() uint64 {
	h := fnv.New64a()
	_ = filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		switch name := ""; {
		case err != nil:
			return nil // it has gone meanwhile
		case d.IsDir():
			name = d.Name()
			within := strings.HasPrefix(w.from+string(filepath.Separator), path+string(filepath.Separator))
			if !within && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return filepath.SkipDir
			}
		case slices.Contains(readFiles, filepath.Ext(path)):
			if info, err := d.Info(); err == nil {
				h.Write([]byte(path))
				h.Write([]byte(info.ModTime().String()))
				h.Write([]byte{byte(info.Size()), byte(info.Size() >> 8), byte(info.Size() >> 16)})
			}
		}
		return nil
	})
	return h.Sum64()
}
