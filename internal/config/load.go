package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// fileName is the name of the configuration file; composedName that of the file which,
// evaluated, is the same object.
const (
	fileName     = "dashgen.yaml"
	composedName = "dashgen.jsonnet"
)

// Load reads the dashgen.yaml, or dashgen.jsonnet, of the folder start, or of the
// nearest folder above it, up to the one that holds go.mod; without a go.mod, of start
// alone. Where there is none it returns Default with Dir set to start. An error says that a file that
// is there cannot be read.
func Load(start string) (*Config, []schema.Finding, error) {
	dirs, module, err := above(start)
	if err != nil {
		return nil, nil, err
	}
	name := programName(module, dirs[0])
	var findings []schema.Finding
	for _, dir := range dirs {
		file := filepath.Join(dir, fileName)
		if c, found := composed(dir, dirs[len(dirs)-1], name); c != nil {
			if _, err := os.Stat(file); err == nil {
				found = append(found, schema.Finding{Pos: schema.Pos{File: filepath.ToSlash(file)}, Check: "config",
					Message: "file is not read: " + composedName + " stands beside it", Hint: "remove one of them"})
			}
			return c, append(append(findings, found...), c.readSLOs()...), nil
		}
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			findings = append(findings, misnamed(dir)...)
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", file, err)
		}
		c, found := parse(filepath.ToSlash(file), data, name)
		c.Dir = dir
		return c, append(append(findings, found...), c.readSLOs()...), nil
	}
	c := Default()
	c.Dir, c.Name = start, name
	return c, findings, nil
}

// misnamed returns a finding where a folder holds a file that somebody took for
// the configuration.
func misnamed(dir string) []schema.Finding {
	file := filepath.Join(dir, "dashgen.yml")
	if _, err := os.Stat(file); err != nil {
		return nil
	}
	return []schema.Finding{{
		Pos: schema.Pos{File: filepath.ToSlash(file)}, Check: "config", Severity: schema.Warning,
		Message: "file is not read", Hint: "rename it to " + fileName,
	}}
}

// above returns start and the folders above it up to the one with a go.mod, as
// paths that begin as start does, and the text of that go.mod.
func above(start string) (dirs []string, module []byte, err error) {
	abs, err := filepath.Abs(start)
	if err != nil {
		return nil, nil, fmt.Errorf("find %s from %s: %w", fileName, start, err)
	}
	for dir := filepath.Clean(start); ; dir, abs = parent(dir), filepath.Dir(abs) {
		dirs = append(dirs, dir)
		module, err = os.ReadFile(filepath.Join(abs, "go.mod"))
		if err == nil {
			return dirs, module, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("find %s from %s: %w", fileName, start, err)
		}
		if filepath.Dir(abs) == abs {
			return dirs[:1], nil, nil
		}
	}
}

// parent returns the folder above dir, which may be relative.
func parent(dir string) string {
	if dir == "." || filepath.Base(dir) == ".." {
		return filepath.Join(dir, "..")
	}
	return filepath.Dir(dir)
}

var (
	moduleLine = regexp.MustCompile("(?m)^\\s*module\\s+[\"`]?([^\\s\"`]+)")
	majorPart  = regexp.MustCompile(`^v[0-9]+$`)
)

// programName returns the last element of the module path that is no major
// version, or the name of the folder where there is no module.
func programName(module []byte, start string) string {
	if m := moduleLine.FindSubmatch(module); m != nil {
		parts := strings.Split(string(m[1]), "/")
		if len(parts) > 1 && majorPart.MatchString(parts[len(parts)-1]) {
			parts = parts[:len(parts)-1]
		}
		return parts[len(parts)-1]
	}
	abs, err := filepath.Abs(start)
	if err != nil || filepath.Dir(abs) == abs {
		return ""
	}
	return filepath.Base(abs)
}
