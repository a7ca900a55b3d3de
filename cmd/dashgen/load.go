package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// This file says what is wrong with packages that cannot be read at all.

// packageArgs refuses files among the arguments that name packages: the go command
// makes a package of them that has no path, and metrics.json remembers metrics by it.
func packageArgs(patterns []string) error {
	for _, arg := range patterns {
		if !strings.HasSuffix(arg, ".go") {
			continue
		}
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			continue
		}
		dir := path.Dir(filepath.ToSlash(arg))
		if dir != "." && !filepath.IsAbs(arg) && !strings.HasPrefix(dir, "../") && dir != ".." {
			dir = "./" + dir
		}
		return usageError{fmt.Errorf("%s is a file: name its package: %s", arg, dir)}
	}
	return nil
}

// A goError is what the go command says where it cannot list packages.
type goError struct{ schema.Finding }

func (e goError) Error() string { return e.Message }

// fromGo turns an error of the go command, which comes with all that it printed, into a
// goError. Other errors stay as they are.
func fromGo(err error) error {
	if err == nil {
		return nil
	}
	_, said, ok := strings.Cut(err.Error(), ": stderr: ")
	switch said = strings.TrimSpace(said); {
	case strings.Contains(err.Error(), "go command required, not found"):
		return errors.New("read packages: there is no go command in PATH: install Go")
	case !ok || said == "":
		return err
	}
	lines := strings.Split(said, "\n")
	for _, line := range lines {
		if m := inGoMod.FindStringSubmatch(line); m != nil {
			f := schema.Finding{Pos: schema.Pos{File: filepath.ToSlash(m[1])}, Check: "load", Message: m[4], Hint: goHint(m[4])}
			f.Pos.Line, _ = strconv.Atoi(m[2])
			f.Pos.Col, _ = strconv.Atoi(m[3])
			return goError{f}
		}
	}
	f := schema.Finding{Check: "load", Message: strings.TrimPrefix(lines[0], "go: ")}
	f.Hint = goHint(f.Message)
	if command, told := strings.CutPrefix(strings.Join(lines[1:], "\n"), "\t"); told {
		f.Message, _, _ = strings.Cut(f.Message, "; to ")
		f.Hint, _, _ = strings.Cut("run "+command, "\n")
	}
	if file := goFile.FindString(f.Message); file != "" {
		f.Pos.File = filepath.ToSlash(file)
	}
	return goError{f}
}

var (
	inGoMod = regexp.MustCompile(`^(\S*go\.(?:mod|work|sum)):(\d+)(?::(\d+))?: (.+)$`)
	goFile  = regexp.MustCompile(`(?:\S*/)?go\.work\b|^\S*go\.mod\b`)
)

// goHint says what to type against what the go command says.
func goHint(message string) string {
	switch {
	case strings.Contains(message, "listed in go.work file: open "):
		return "put the module there, or take it out: go work edit -dropuse=FOLDER"
	case strings.Contains(message, "requires go >="):
		return "build dashgen with that Go version or a newer one"
	case strings.Contains(message, "go.mod file not found"), strings.Contains(message, "does not contain main module"):
		return "run it in a module, or make one: go mod init NAME"
	}
	return ""
}
