package scanner

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// This file remembers results in the user's cache folder, so that a tree in which nothing
// changed that they depend on is answered without starting the go command: not a file
// (cache_inputs.go), or of the files only what makes no difference (outline.go).
//
// A file of the cache is named by what is asked for and by whom: configuration, environment,
// and the builds of dashgen and of the go command. It holds what the results depend on, the
// hashes of that, and the results. It is written whole or not at all; one that is damaged is
// as good as none.

// A memory is one file of the cache.
type memory struct {
	file  string
	dir   string    // where the go command would run
	start time.Time // of the scan
}

// A remembered is what the file holds.
type remembered struct {
	Inputs  inputs
	Sums    sums
	Results []*Result
	Outline []byte // an outline; empty: every change may make a difference
}

const (
	cacheMagic = "dashgen cache 2\n"
	cacheAge   = 30 * 24 * time.Hour
	cacheSize  = 200 << 20
)

// newMemory returns where the results of a scan are remembered, or nil if they are not.
func newMemory(cfg Config, programs [][]string) *memory {
	if cfg.NoCache || overlaid(os.Getenv("GOFLAGS")) {
		return nil
	}
	dir := cfg.CacheDir
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil
		}
		dir = filepath.Join(user, "dashgen")
	}
	at, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil
	}
	key, err := cacheKey(cfg, at, programs)
	if err != nil {
		return nil
	}
	return &memory{file: filepath.Join(dir, key[:2], key), dir: at, start: time.Now()}
}

// overlaid reports whether the go command reads files that are not where they seem to be.
func overlaid(flags string) bool {
	return strings.Contains(flags, "-overlay") || strings.Contains(flags, "-modfile")
}

// cacheKey names what is asked for.
func cacheKey(cfg Config, dir string, programs [][]string) (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return "", err
	}
	var env []string
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || slices.Contains(cacheEnv, name) {
			env = append(env, kv)
		}
	}
	slices.Sort(env)
	build, _ := debug.ReadBuildInfo()
	asked := cfg
	asked.CacheDir = ""
	data, err := json.Marshal(struct {
		Build, Self, Go, Dir, Wd string
		Env                      []string
		Config                   Config
		Programs                 [][]string
	}{build.String(), stamp(self), stamp(goCommand), dir, wd, env, asked, programs})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), err
}

// cacheEnv are the variables besides those of Go that say how packages are built.
var cacheEnv = []string{"CC", "CXX", "FC", "AR", "PKG_CONFIG", "PKG_CONFIG_PATH", "PATH", "HOME", "XDG_CONFIG_HOME"}

// stamp names a build of a program.
func stamp(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	info, err := os.Stat(file)
	if err != nil {
		return file
	}
	return fmt.Sprintf("%s %d %s", file, info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano))
}

// recall returns the results that are remembered, if nothing that they depend on changed.
func (m *memory) recall(ctx context.Context, cfg Config) []*Result {
	if m == nil {
		return nil
	}
	data, err := os.ReadFile(m.file)
	if err != nil {
		return nil
	}
	known, err := decodeMemory(data)
	if err != nil {
		return nil
	}
	sums, last, err := known.Inputs.sums()
	if err != nil {
		return nil
	}
	if !sums.equal(known.Sums) {
		return m.update(ctx, cfg, known, sums, last)
	}
	if info, err := os.Stat(m.file); err == nil && time.Since(info.ModTime()) > time.Hour {
		os.Chtimes(m.file, time.Time{}, time.Now()) // it is used: see prune
	}
	return known.Results
}

// update returns the results that are remembered where what changed of the files makes no
// difference to them, and remembers them for the files as they are.
func (m *memory) update(ctx context.Context, cfg Config, known *remembered, now sums, last time.Time) []*Result {
	changed, ok := known.Sums.changed(now)
	if !ok || len(known.Outline) == 0 {
		return nil
	}
	o := new(outline)
	if gob.NewDecoder(bytes.NewReader(known.Outline)).Decode(o) != nil {
		return nil
	}
	o.Observer.structs = structsOf(cfg.Constructors)
	moved, ok := o.same(ctx, cfg, changed)
	if !ok || !moveAll(known.Results, moved) {
		return nil
	}
	m.write(&remembered{Inputs: known.Inputs, Sums: now, Results: known.Results}, o, last)
	return known.Results
}

// keep remembers the results of a scan of the trees, one for each platform. It does nothing
// where they depend on more than what is known of them.
func (m *memory) keep(trees []*tree, results []*Result, seen *observer) {
	if m == nil {
		return
	}
	in, ok := inputsOf(trees, m.dir)
	if !ok {
		return
	}
	sums, last, err := in.sums()
	if err != nil {
		return
	}
	var o *outline
	if seen != nil {
		o = newOutline(trees[0], seen)
	}
	m.write(&remembered{Inputs: in, Sums: sums, Results: results}, o, last)
}

// write writes the file, unless something was changed while the results were made.
func (m *memory) write(r *remembered, o *outline, last time.Time) {
	if !last.Before(m.start.Add(-clockTick)) {
		return
	}
	if o != nil {
		var body bytes.Buffer
		if gob.NewEncoder(&body).Encode(o) != nil {
			return
		}
		r.Outline = body.Bytes()
	}
	data, err := encodeMemory(r)
	if err == nil && writeWhole(m.file, data) == nil {
		prune(filepath.Dir(filepath.Dir(m.file)))
	}
}

// clockTick is how far a file's time may lag behind the clock.
const clockTick = 20 * time.Millisecond

func encodeMemory(r *remembered) ([]byte, error) {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(r); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body.Bytes())
	return slices.Concat([]byte(cacheMagic), sum[:], body.Bytes()), nil
}

func decodeMemory(data []byte) (*remembered, error) {
	rest, ok := bytes.CutPrefix(data, []byte(cacheMagic))
	if !ok || len(rest) < sha256.Size {
		return nil, io.ErrUnexpectedEOF
	}
	body := rest[sha256.Size:]
	if sha256.Sum256(body) != [sha256.Size]byte(rest) {
		return nil, io.ErrUnexpectedEOF
	}
	r := new(remembered)
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(r); err != nil {
		return nil, err
	}
	for _, res := range r.Results { // gob leaves out what is empty
		if res.Read == nil {
			res.Read = map[string]bool{}
		}
		if res.Unread == nil {
			res.Unread = map[string]bool{}
		}
	}
	return r, nil
}

// writeWhole writes a file so that whoever reads it finds all of it, or what was there.
func writeWhole(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // nothing, once it is renamed
	if _, err := tmp.Write(data); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}

// prune removes, once a day, what was not used for a month, and the oldest files of a cache
// that is too large.
func prune(dir string) {
	mark := filepath.Join(dir, "pruned")
	if info, err := os.Stat(mark); err == nil && time.Since(info.ModTime()) < 24*time.Hour {
		return
	}
	if os.WriteFile(mark, nil, 0o600) != nil {
		return
	}
	os.Chtimes(mark, time.Time{}, time.Now())
	type entry struct {
		file string
		used time.Time
		size int64
	}
	var all []entry
	filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || file == mark {
			return nil
		}
		if info, err := d.Info(); err == nil {
			all = append(all, entry{file, info.ModTime(), info.Size()})
		}
		return nil
	})
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(b.used.Compare(a.used), cmp.Compare(a.file, b.file)) })
	var size int64
	for _, e := range all {
		if size += e.size; size > cacheSize || time.Since(e.used) > cacheAge {
			os.Remove(e.file)
		}
	}
}
