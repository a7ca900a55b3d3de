package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A ParseError is one reason why Parse refuses a file.
type ParseError struct {
	Pos  Pos
	Msg  string // as in a Finding
	Hint string // as in a Finding
}

func (e *ParseError) Error() string {
	if e.Hint == "" {
		return fmt.Sprintf("%s: %s", e.Pos, e.Msg)
	}
	return fmt.Sprintf("%s: %s (%s)", e.Pos, e.Msg, e.Hint)
}

// ParseErrors are all reasons why Parse refuses a file, in the order of the file.
type ParseErrors []*ParseError

// Error returns one line an error.
func (es ParseErrors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a *ParseError.
func (es ParseErrors) Unwrap() []error {
	list := make([]error, len(es))
	for i, e := range es {
		list[i] = e
	}
	return list
}

// Findings returns the errors as findings of the check "metrics-json".
func (es ParseErrors) Findings() []Finding {
	list := make([]Finding, len(es))
	for i, e := range es {
		list[i] = Finding{Pos: e.Pos, Check: "metrics-json", Severity: Error, Message: e.Msg, Hint: e.Hint}
	}
	return list
}

// Parse reads metrics.json. White space and the order of an object's keys are free;
// everything else is as Format writes it: no unknown, repeated or empty key, sorted
// lists, valid names, a schema_version that is known. The error is a ParseErrors with
// every problem; its positions are in file, with columns in bytes. The metrics have
// no Pos: see PosOf.
func Parse(file string, data []byte) (*Schema, error) {
	p := &parser{file: file, data: data}
	s := p.schema()
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *ParseError) int {
			return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Msg, b.Msg))
		})
		return nil, p.errs
	}
	return s, nil
}

type parser struct {
	file     string
	data     []byte
	lines    []int // offsets of their first bytes
	unsorted bool  // entries may stand in any order; they are sorted
	errs     ParseErrors
}

// pos turns a byte offset into a position.
func (p *parser) pos(offset int) Pos {
	if p.lines == nil {
		p.lines = []int{0}
		for line := range bytes.Lines(p.data) {
			p.lines = append(p.lines, p.lines[len(p.lines)-1]+len(line))
		}
	}
	i, exact := slices.BinarySearch(p.lines, offset)
	if !exact {
		i--
	}
	return Pos{File: p.file, Line: i + 1, Col: offset - p.lines[i] + 1}
}

func (p *parser) fail(offset int, hint, format string, args ...any) {
	p.errs = append(p.errs, &ParseError{Pos: p.pos(offset), Msg: fmt.Sprintf(format, args...), Hint: hint})
}

const restore = "restore the file from version control"

// whole reports whether the file is JSON at all, and says what it is if not.
func (p *parser) whole() bool {
	if len(bytes.TrimSpace(p.data)) == 0 {
		p.fail(0, restore+"; without it removed metrics are forgotten", "file is empty")
		return false
	}
	offset := 0
	for line := range bytes.Lines(p.data) {
		if marker(line) != "" {
			n := p.pos(offset).Line
			p.fail(offset, "dashgen generate takes the entries of both sides", "file has conflict markers at line %d", n)
			return false
		}
		if !utf8.Valid(line) {
			p.fail(offset+len(validPrefix(line)), restore, "invalid UTF-8")
			return false
		}
		offset += len(line)
	}
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(p.data, &raw); errors.As(err, &syntax) {
		p.fail(max(0, int(syntax.Offset)-1), restore, "%v", err)
		return false
	}
	return true
}

func validPrefix(line []byte) []byte {
	n := 0
	for n < len(line) {
		r, size := utf8.DecodeRune(line[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return line[:n]
}

// schema reads the file.
func (p *parser) schema() *Schema {
	if !p.whole() {
		return nil
	}
	top := readNode(p.data)
	if !p.want(top, '{', "the file") || !p.version(top) {
		return nil
	}
	s := &Schema{Version: Version, entries: map[string]Pos{}}
	found := false
	for _, m := range p.members(top, "the file") {
		switch m.name {
		case "$schema":
			p.want(m.value, 's', m.name)
		case "schema_version":
		case "metrics":
			found = true
			p.metrics(s, m.value)
		default:
			p.fail(m.offset, "upgrade dashgen, or take the key out", "unknown key %q", m.name)
		}
	}
	if !found {
		p.fail(top.offset, restore, `key "metrics" is missing`)
	}
	if p.unsorted {
		slices.SortFunc(s.Metrics, func(a, b *Metric) int { return cmp.Compare(a.Name, b.Name) })
	}
	return s
}

// version checks schema_version. What a newer dashgen wrote is not looked at further.
func (p *parser) version(top *node) bool {
	v := top.member("schema_version")
	if v == nil {
		p.fail(top.offset, restore, `key "schema_version" is missing`)
		return true
	}
	n, err := strconv.Atoi(v.text)
	switch {
	case v.kind != '0' || err != nil || n < 1:
		p.fail(v.offset, restore, "schema_version is no version; want %d", Version)
	case n > Version:
		p.fail(v.offset, "upgrade dashgen", "schema_version %d is newer than this dashgen, which knows %d", n, Version)
		return false
	}
	return true
}

func (p *parser) metrics(s *Schema, list *node) {
	if !p.want(list, '[', "metrics") {
		return
	}
	for i, n := range list.elems {
		m := new(Metric)
		before := len(p.errs)
		p.fill(reflect.ValueOf(m).Elem(), n, entryName(i, n))
		if len(p.errs) == before {
			for _, f := range m.faults() {
				p.fail(n.at(f.path).offset, f.hint, "%s", f.msg)
			}
		}
		p.place(s, m, n)
	}
}

// entryName names the i-th entry in errors.
func entryName(i int, n *node) string {
	if name := n.member("name"); name != nil && name.kind == 's' {
		return fmt.Sprintf("metric %q", name.text)
	}
	return fmt.Sprintf("metrics[%d]", i)
}

// place appends m to s, if it stands where its name belongs.
func (p *parser) place(s *Schema, m *Metric, n *node) {
	at := n.at([]any{"name"}).offset
	if m.Name == "" {
		return // said already
	}
	if first, twice := s.entries[m.Name]; twice {
		p.fail(at, "keep one of them", "metric %q stands twice, first at %s", m.Name, first)
		return
	}
	if len(s.Metrics) > 0 && !p.unsorted {
		if last := s.Metrics[len(s.Metrics)-1].Name; m.Name < last {
			p.fail(at, "sort the entries by name", "metric %q stands behind %q", m.Name, last)
		}
	}
	s.entries[m.Name] = p.pos(at)
	s.Metrics = append(s.Metrics, m)
}

// fill sets v, a Metric or what one is made of, from n. what names n in errors.
func (p *parser) fill(v reflect.Value, n *node, what string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.fill(v.Elem(), n, what)
	case reflect.Struct:
		p.fillStruct(v, n, what)
	case reflect.Map:
		if p.want(n, '{', what) {
			v.Set(reflect.MakeMap(v.Type()))
			for _, m := range p.members(n, what) {
				value := reflect.New(v.Type().Elem()).Elem()
				p.fill(value, m.value, what+": "+m.name)
				v.SetMapIndex(reflect.ValueOf(m.name), value)
			}
		}
	case reflect.Slice:
		if p.want(n, '[', what) {
			v.Set(reflect.MakeSlice(v.Type(), len(n.elems), len(n.elems)))
			for i, e := range n.elems {
				p.fill(v.Index(i), e, fmt.Sprintf("%s[%d]", what, i))
			}
		}
	case reflect.String:
		if p.want(n, 's', what) {
			v.SetString(n.text)
		}
	case reflect.Bool:
		if p.want(n, 'b', what) {
			v.SetBool(n.text == "true")
		}
	case reflect.Float64:
		if p.want(n, '0', what) {
			f, err := strconv.ParseFloat(n.text, 64)
			if err != nil {
				p.fail(n.offset, "", "%s: %s is out of range", what, n.text)
			}
			v.SetFloat(f)
		}
	}
}

func (p *parser) fillStruct(v reflect.Value, n *node, what string) {
	if !p.want(n, '{', what) {
		return
	}
	keys := keysOf(v.Type())
	for _, m := range p.members(n, what) {
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == m.name })
		if i < 0 {
			p.fail(m.offset, "upgrade dashgen, or take the key out", "%s: unknown key %q", what, m.name)
			continue
		}
		field := v.Field(keys[i].field)
		before := len(p.errs)
		p.fill(field, m.value, what+": "+m.name)
		if !keys[i].required && empty(field) && len(p.errs) == before {
			p.fail(m.offset, "leave the key out", "%s: %s is empty", what, m.name)
		}
	}
	for _, k := range keys {
		if k.required && n.member(k.name) == nil {
			p.fail(n.offset, "", "%s: key %q is missing", what, k.name)
		}
	}
}

// members returns an object's members, each name once.
func (p *parser) members(n *node, what string) []member {
	var once []member
	seen := map[string]bool{}
	for _, m := range n.members {
		if seen[m.name] {
			p.fail(m.offset, "keep one of them", "%s: key %q stands twice", what, m.name)
			continue
		}
		seen[m.name] = true
		once = append(once, m)
	}
	return once
}

// want reports whether n is of a kind, and says so if not.
func (p *parser) want(n *node, kind byte, what string) bool {
	if n.kind == kind {
		return true
	}
	p.fail(n.offset, "", "%s is %s; want %s", what, kinds[n.kind], kinds[kind])
	return false
}
