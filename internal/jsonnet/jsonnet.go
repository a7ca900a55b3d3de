// Package jsonnet evaluates Jsonnet with imports fenced in.
//
// It owns go-jsonnet's VM, linter and formatter. It imports schema (for Finding) and go-jsonnet, nothing else
// of dashgen. Imports stay inside one folder, the module's: neither a path nor a
// symbolic link leads out of it, and what is imported from a folder below is also
// looked for in the vendor folders beside the evaluated file and above it, as
// jsonnet-bundler lays them out. No
// environment, no native function and no time reaches the program, so that the same
// files give the same result.
package jsonnet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-jsonnet"

	"github.com/dashgen/dashgen/schema"
)

// Limits of one evaluation.
const (
	maxStack = 500
	maxTime  = 20 * time.Second
	maxSize  = 10 << 20 // of one imported file, in bytes
)

// Evaluate evaluates the file, a slash-separated path below root, and returns its value
// as JSON. What is wrong with it is a finding (check "jsonnet") with the position that
// Jsonnet gives; positions are of files as seen from the working directory when root is
// relative to it.
func Evaluate(root, file string) ([]byte, *schema.Finding) {
	return evaluate(root, file, func(vm *jsonnet.VM) (string, error) { return vm.EvaluateFile(file) })
}

// EvaluateProgram is Evaluate for a program that is no file. It imports what one of the name
// below root would, and reads vars, which are texts, by std.extVar.
func EvaluateProgram(root, name, program string, vars map[string]string) ([]byte, *schema.Finding) {
	return evaluate(root, name, func(vm *jsonnet.VM) (string, error) {
		for key, value := range vars {
			vm.ExtVar(key, value)
		}
		return vm.EvaluateAnonymousSnippet(name, program)
	})
}

func evaluate(root, file string, run func(*jsonnet.VM) (string, error)) ([]byte, *schema.Finding) {
	type result struct {
		json string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		vm := jsonnet.MakeVM()
		vm.MaxStack = maxStack
		vm.SetTraceOut(io.Discard)
		vm.Importer(newFence(root, file))
		json, err := run(vm)
		done <- result{json, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, finding(root, file, r.err)
		}
		return []byte(r.json), nil
	case <-time.After(maxTime):
		return nil, finding(root, file, fmt.Errorf("evaluation takes longer than %s", maxTime))
	}
}

// A fence imports files below a folder.
type fence struct {
	root   string
	vendor []string // folders, relative to root, the nearest to the evaluated file first
	cache  map[string]jsonnet.Contents
}

func newFence(root, file string) *fence {
	f := &fence{root: root, cache: map[string]jsonnet.Contents{}}
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		f.vendor = append(f.vendor, path.Join(dir, "vendor"))
		if dir == path.Dir(dir) {
			return f
		}
	}
}

var errOutside = errors.New("imports stay inside the module")

// Import finds an imported path beside the importing file, then in the vendor folders.
func (f *fence) Import(from, imported string) (jsonnet.Contents, string, error) {
	if path.IsAbs(imported) || filepath.IsAbs(imported) {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q: %w", imported, errOutside)
	}
	var first error
	names := []string{path.Join(path.Dir(from), imported)}
	for _, dir := range f.vendor {
		names = append(names, path.Join(dir, imported))
	}
	for _, name := range names {
		if c, ok := f.cache[name]; ok {
			return c, name, nil
		}
		data, err := f.read(name)
		if err == nil {
			f.cache[name] = jsonnet.MakeContents(string(data))
			return f.cache[name], name, nil
		}
		if first == nil || errors.Is(err, errOutside) {
			first = err
		}
	}
	return jsonnet.Contents{}, "", fmt.Errorf("import %q: %w", imported, first)
}

// read reads a file below the root. os.Root follows no link that leads out of it.
func (f *fence) read(name string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, errOutside
	}
	root, err := os.OpenRoot(f.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if len(data) > maxSize {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxSize)
	}
	return data, err
}

// place finds file:line:col, or file:(line:col), in an error of go-jsonnet.
var place = regexp.MustCompile(`([^\s:()]+):\(?(\d+):(\d+)`)

// finding turns an error of go-jsonnet into a finding: its first line, at the innermost
// place that it names.
func finding(root, file string, err error) *schema.Finding {
	text := strings.TrimSpace(err.Error())
	f := &schema.Finding{Pos: schema.Pos{File: path.Join(filepath.ToSlash(root), file)}, Check: "jsonnet"}
	if m := place.FindStringSubmatch(text); m != nil {
		f.Pos.File = path.Join(filepath.ToSlash(root), m[1])
		f.Pos.Line, _ = strconv.Atoi(m[2])
		f.Pos.Col, _ = strconv.Atoi(m[3])
	}
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimPrefix(line, "RUNTIME ERROR: ")
	if at := place.FindString(line); at != "" && strings.HasPrefix(line, at) {
		_, line, _ = strings.Cut(line, " ")
	}
	f.Message = line
	return f
}
