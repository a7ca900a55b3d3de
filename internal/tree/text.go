package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// This file keeps what people write into generated files.

// TextBegin and TextEnd are lines of a generated file between which stands what people
// write. The file has each once, or neither.
const (
	TextBegin = "<!-- dashgen: your text begins -->"
	TextEnd   = "<!-- dashgen: your text ends -->"
)

// A Held is a file of the folder that stays as it is because of what people wrote in it.
type Held struct {
	Name   string
	Line   int    // that it is about; 1 where it is about the whole file
	Reason string // what is wrong with the marks; empty: nothing is, but it is no longer generated
}

// TakeText puts into the files of the tree that have a place for people's text what stands
// there in the folder dir. Files whose marks are damaged, and files that an earlier run
// generated, that are in the tree no longer and in which people wrote, are kept as they are
// and returned, sorted by name.
func (t *Tree) TakeText(dir string) ([]Held, error) {
	var held []Held
	for name, data := range t.files {
		place, reason, _ := textOf(data)
		if place == nil || reason != "" || t.isKept(name) {
			continue
		}
		old, err := os.ReadFile(local(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the text of people: %w", err)
		}
		text, reason, line := textOf(old)
		if text == nil && reason == "" {
			reason, line = fmt.Sprintf("no line %q", TextBegin), 1
		}
		if reason != "" {
			held = append(held, Held{name, line, reason})
			continue
		}
		t.files[name] = slices.Concat(data[:place[0]], old[text[0]:text[1]], data[place[1]:])
		t.Claim(name)
	}
	gone, err := t.goneWithText(dir)
	if err != nil {
		return nil, err
	}
	for _, h := range append(held, gone...) {
		t.kept = append(t.kept, h.Name)
	}
	held = append(held, gone...)
	slices.SortFunc(held, func(a, b Held) int { return strings.Compare(a.Name, b.Name) })
	return held, nil
}

// goneWithText returns the files that are no longer in the tree and hold people's text, or
// marks that do not tell.
func (t *Tree) goneWithText(dir string) ([]Held, error) {
	listed, _, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	var held []Held
	for _, name := range t.extra(dir, listed) {
		old, err := os.ReadFile(local(dir, name))
		if err != nil {
			return nil, fmt.Errorf("read the text of people: %w", err)
		}
		text, reason, line := textOf(old)
		if reason != "" || text != nil && len(bytes.TrimSpace(old[text[0]:text[1]])) > 0 {
			held = append(held, Held{name, max(line, 1), reason})
		}
	}
	return held, nil
}

// textOf returns where people's text stands in a file, from and to, nil where it has no
// place. reason says what is wrong with the marks, on which line.
func textOf(data []byte) (text []int, reason string, line int) {
	from, to, offset := -1, -1, 0
	for l := range bytes.Lines(data) {
		line++
		switch string(bytes.TrimSpace(l)) {
		case TextBegin:
			if from >= 0 {
				return nil, fmt.Sprintf("a second line %q", TextBegin), line
			}
			from = offset + len(l)
		case TextEnd:
			if to >= 0 {
				return nil, fmt.Sprintf("a second line %q", TextEnd), line
			}
			if from < 0 {
				return nil, fmt.Sprintf("no line %q before %q", TextBegin, TextEnd), line
			}
			to = offset
		}
		offset += len(l)
	}
	switch {
	case from >= 0 && to < 0:
		return nil, fmt.Sprintf("no line %q behind %q", TextEnd, TextBegin), bytes.Count(data[:from], []byte("\n"))
	case from < 0:
		return nil, "", 0
	}
	return []int{from, to}, "", 0
}
