package jsonnet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"time"

	"github.com/google/go-jsonnet"

	"github.com/dashgen/dashgen/schema"
)

// This file evaluates in a process of its own. Nothing stops go-jsonnet's VM from within:
// only a process can be ended when it takes too long or too much memory.

// Limits of an evaluation in a process of its own.
const (
	maxProcessTime = 60 * time.Second
	maxMemory      = 1 << 30   // bytes
	maxOutput      = 128 << 20 // bytes
)

// exitMemory is the status with which the process ends that takes too much memory.
const exitMemory = 77

// A Result is what an evaluation gives.
type Result struct {
	Value   json.RawMessage // of the file; null where there is a Finding
	Files   []string        // that were imported, itself among them, relative to the root, sorted
	Finding *schema.Finding // what is wrong

	Lint []schema.Finding // what else could be better, of files that are not in a vendor folder
}

// Serve evaluates the file below root and writes the Result for Isolated. Of an object
// that has some of the fields it is those alone, hidden ones among them. It ends the
// process where that takes too much memory.
func Serve(root, file string, fields []string, w io.Writer) error {
	debug.SetMemoryLimit(maxMemory * 3 / 4)
	go watchMemory(func() { os.Exit(exitMemory) })
	res := Result{Value: json.RawMessage("null")}
	f := newFence(root, file)
	vm := jsonnet.MakeVM()
	vm.MaxStack = maxStack
	vm.SetTraceOut(io.Discard)
	vm.Importer(f)
	value, err := vm.EvaluateAnonymousSnippet(wrapperName, wrapper(file, fields))
	if err != nil {
		res.Finding = finding(root, file, err)
		if path.Base(res.Finding.Pos.File) == wrapperName {
			res.Finding.Pos = schema.Pos{File: path.Join(filepath.ToSlash(root), file)}
		}
	} else {
		res.Value = json.RawMessage(value)
	}
	for _, name := range slices.Sorted(maps.Keys(f.cache)) {
		if isJsonnet(name) {
			res.Files = append(res.Files, name)
		}
	}
	if res.Finding == nil {
		res.Lint = lintFiles(root, res.Files, f)
	}
	return json.NewEncoder(w).Encode(res)
}

func isJsonnet(name string) bool {
	return path.Ext(name) == ".libsonnet" || path.Ext(name) == ".jsonnet"
}

const wrapperName = "<fields>"

// wrapper is a program that takes some fields of what a file evaluates to.
func wrapper(file string, fields []string) string {
	names, err := json.Marshal(append([]string{}, fields...))
	name, also := json.Marshal(file)
	if err != nil || also != nil {
		panic(fmt.Sprintf("encode %q: %v, %v", file, err, also)) // strings always can be
	}
	return fmt.Sprintf(`local value = import %s;
local has = if std.isObject(value) then [f for f in %s if std.objectHasAll(value, f)] else [];
if has == [] then value else { [f]: value[f] for f in has }`, name, names)
}

// watchMemory calls end when the process takes more than maxMemory.
func watchMemory(end func()) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for {
		metrics.Read(sample)
		if sample[0].Value.Uint64()-sample[1].Value.Uint64() > maxMemory {
			end()
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Isolated runs a command that calls Serve with root and file, and returns its result.
func Isolated(ctx context.Context, command []string, root, file string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, maxProcessTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var said bytes.Buffer
	cmd.Stderr = &limited{&said, 1 << 16}
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Result{}, fmt.Errorf("evaluate %s: %w", file, err)
	}
	if err := cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("evaluate %s: %w", file, err)
	}
	data, err := io.ReadAll(io.LimitReader(out, maxOutput+1))
	if len(data) > maxOutput {
		cancel()
	}
	ended := errors.Join(err, cmd.Wait())
	refuse := func(format string, args ...any) (Result, error) {
		return Result{Finding: &schema.Finding{
			Pos: schema.Pos{File: path.Join(filepath.ToSlash(root), file)}, Check: "jsonnet", Message: fmt.Sprintf(format, args...),
		}}, nil
	}
	var res Result
	switch {
	case len(data) > maxOutput:
		return refuse("evaluation gives more than %d bytes", maxOutput)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return refuse("evaluation takes longer than %s", maxProcessTime)
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case cmd.ProcessState.ExitCode() == exitMemory:
		return refuse("evaluation takes more than %d bytes of memory", maxMemory)
	case ended != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return refuse("evaluation breaks off: %s", line)
	}
	if err := json.Unmarshal(data, &res); err != nil {
		return Result{}, fmt.Errorf("evaluate %s: read the result: %w", file, err)
	}
	return res, nil
}

// limited keeps the first n bytes.
type limited struct {
	b *bytes.Buffer
	n int
}

func (l *limited) Write(p []byte) (int, error) {
	l.b.Write(p[:min(len(p), max(0, l.n-l.b.Len()))])
	return len(p), nil
}
