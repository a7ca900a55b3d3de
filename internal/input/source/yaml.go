package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dashgen/dashgen/schema"
	"go.yaml.in/yaml/v3"
)

// Limits on YAML documents.
const (
	maxDepth   = 100       // of nested values
	maxAliased = 10_000    // nodes that aliases may add to a document
	maxMarks   = 2_000_000 // characters that may separate two values of a file
)

// YAML reads the first document of a YAML file of up to limit bytes. Findings,
// of check "yaml", are about damage, repeated keys, further documents, and
// aliases that contain themselves or expand without end. The tree holds what
// could be read; its Root is nil where nothing could.
func YAML(file string, data []byte, limit int) (*Document, []schema.Finding) {
	if len(data) > limit {
		return newDocument(file, nil), tooLarge(file, "yaml", limit)
	}
	r := readYAML(newDocument(file, data), true)
	return r.doc, r.findings
}

// YAMLStream reads every document of a YAML file, like [YAML]. The roots are those of
// the documents that hold something, in the file's order, up to the first damage.
func YAMLStream(file string, data []byte, limit int) (d *Document, roots []*Node, findings []schema.Finding) {
	if len(data) > limit {
		return newDocument(file, nil), nil, tooLarge(file, "yaml", limit)
	}
	r := readYAML(newDocument(file, data), false)
	return r.doc, r.roots, r.findings
}

// YAML reads the YAML document that a string holds. Its positions are those of the
// document that the string stands in.
func (n *Node) YAML() (*Document, []schema.Finding) {
	r := readYAML(n.holds(), true)
	return r.doc, r.findings
}

// readYAML reads what a document's data holds; only says that more than one is a fault.
func readYAML(d *Document, only bool) *yamlReader {
	r := &yamlReader{doc: d, nodes: map[*yaml.Node]*Node{}}
	if i := invalidUTF8(d.data); i >= 0 {
		r.report(d.pos(i), "file is not UTF-8")
		return r
	}
	if i := beyond(d.data, maxMarks); i >= 0 { // the parser keeps some 300 bytes of each value
		r.report(d.pos(i), "file has more than %d values", maxMarks)
		return r
	}
	r.lines = breaks(d.data)
	dec := yaml.NewDecoder(bytes.NewReader(d.data))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.report(d.syntaxPos(err), "%s", syntaxMessage(err))
			break
		}
		if only && len(r.roots) == 1 {
			if n.Content[0].ShortTag() != "!!null" {
				r.report(r.pos(&n), "file holds a second YAML document; only the first is read")
				break
			}
			continue
		}
		if root := r.node(n.Content[0], 0); only || root.Kind != Null {
			r.roots = append(r.roots, root)
		}
	}
	if len(r.roots) > 0 {
		d.Root = r.roots[0]
		d.Directives = d.directives(r.spans)
	}
	return r
}

// beyond returns the offset at which data has had n characters that may separate values,
// or -1.
func beyond(data []byte, n int) int {
	for i, c := range data {
		switch c {
		case ',', '\n', ':', '-', '?', '[', '{':
			if n--; n < 0 {
				return i
			}
		}
	}
	return -1
}

// A yamlReader turns the parser's nodes into a tree of ours.
type yamlReader struct {
	doc      *Document
	lines    []int                // offsets of the lines as the parser counts them
	nodes    map[*yaml.Node]*Node // what was read; nil while it is being read
	roots    []*Node
	aliased  int      // nodes that aliases added
	spans    [][2]int // of scalars, in the order of the file
	cursor   cursor
	findings []schema.Finding
}

// A cursor remembers the last position that was looked up, since a document may
// be one long line.
type cursor struct{ line, col, offset int }

func (r *yamlReader) report(pos schema.Pos, format string, args ...any) {
	r.findings = append(r.findings, schema.Finding{Pos: pos, Check: "yaml", Message: fmt.Sprintf(format, args...)})
}

// offset returns where a node begins. The parser counts columns in characters.
func (r *yamlReader) offset(n *yaml.Node) int {
	c := cursor{n.Line, 1, len(r.doc.data)}
	if n.Line >= 1 && n.Line <= len(r.lines) {
		c.offset = r.lines[n.Line-1]
	}
	if r.cursor.line == n.Line && r.cursor.col <= n.Column {
		c = r.cursor
	}
	for c.col < n.Column && c.offset < len(r.doc.data) {
		_, size := utf8.DecodeRune(r.doc.data[c.offset:])
		c.col, c.offset = c.col+1, c.offset+size
	}
	r.cursor = c
	return c.offset
}

func (r *yamlReader) pos(n *yaml.Node) schema.Pos { return r.doc.pos(r.offset(n)) }

// node reads one value and what is below it.
func (r *yamlReader) node(y *yaml.Node, depth int) *Node {
	if y.Kind == yaml.AliasNode {
		return r.alias(y)
	}
	at := r.offset(y)
	n := &Node{doc: r.doc, start: at, end: at, size: 1}
	if y.Anchor != "" {
		r.nodes[y] = nil
		defer func() { r.nodes[y] = n }()
	}
	if depth > maxDepth {
		r.report(n.Pos(), "values are nested more than %d deep", maxDepth)
		return n
	}
	switch y.Kind {
	case yaml.SequenceNode:
		n.Kind = List
		for _, c := range y.Content {
			n.add(r.node(c, depth+1))
		}
	case yaml.MappingNode:
		n.Kind = Map
		r.fields(n, y, depth)
	default:
		n.Kind, n.Text = scalarKind(y), y.Value
		n.locate(at, y.Style)
		if n.Kind == Null {
			n.Text = ""
		}
		r.spans = append(r.spans, [2]int{at, n.end})
		r.doc.register(n)
	}
	return n
}

// add appends an item and lets the node span it.
func (n *Node) add(item *Node) {
	n.Items = append(n.Items, item)
	n.span(item)
}

func (n *Node) span(child *Node) {
	n.size += child.size
	if child.start >= n.start {
		n.end = max(n.end, child.end)
	}
}

func scalarKind(y *yaml.Node) Kind {
	switch y.ShortTag() {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		return Number
	}
	return String
}

// alias returns the node that an alias names. It is shared, not copied, but
// counted as if it were, because readers walk it each time.
func (r *yamlReader) alias(y *yaml.Node) *Node {
	n, seen := r.nodes[y.Alias]
	if seen && n != nil {
		before := r.aliased
		r.aliased += n.size
		if r.aliased <= maxAliased {
			return n
		}
		if before <= maxAliased { // say it once
			r.report(r.pos(y), "aliases expand the document by more than %d values", maxAliased)
		}
	} else {
		r.report(r.pos(y), "alias %q stands inside the value that it names", y.Value)
	}
	at := r.offset(y)
	return &Node{doc: r.doc, start: at, end: at, size: 1}
}

// fields reads a mapping. Keys of a merged mapping ("<<: *base") stand behind its
// own and lose against them.
func (r *yamlReader) fields(n *Node, y *yaml.Node, depth int) {
	seen := map[string]schema.Pos{}
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		pos := r.pos(y.Content[i])
		key := r.node(k, depth+1)
		value := r.node(v, depth+1)
		n.span(value)
		switch first, twice := seen[key.Text]; {
		case key.Kind == List || key.Kind == Map:
			r.report(pos, "a key must be a word, not %s", key.Kind)
		case k.ShortTag() == "!!merge":
			merged = append(merged, value)
		case twice:
			r.findings = append(r.findings, repeated("yaml", key.Text, pos, first))
		default:
			seen[key.Text] = pos
			n.Fields = append(n.Fields, Field{key.Text, pos, value})
		}
	}
	for _, m := range merged {
		if m.Kind == List {
			for _, item := range m.Items {
				n.merge(item)
			}
		} else {
			n.merge(m)
		}
	}
}

// merge adds the fields of m that n lacks.
func (n *Node) merge(m *Node) {
	for _, f := range m.Fields {
		if n.Get(f.Key) == nil {
			n.Fields = append(n.Fields, f)
		}
	}
}

func repeated(check, key string, pos, first schema.Pos) schema.Finding {
	return schema.Finding{
		Pos: pos, Check: check,
		Message: fmt.Sprintf("key %q stands twice; the first one counts", key),
		Hint:    "remove one of them",
		Related: []schema.Related{{Pos: first, Message: "the first one"}},
	}
}

// breaks returns the offset of the first byte of each line as YAML 1.1 counts
// them: a lone carriage return and three Unicode characters end a line, too. A
// byte order mark belongs to no line.
func breaks(data []byte) []int {
	first := 0
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		first = len("\ufeff")
	}
	lines := []int{first}
	for i := first; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		i += size
		if c == '\r' && i < len(data) && data[i] == '\n' {
			continue
		}
		if c == '\n' || c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029' {
			lines = append(lines, i)
		}
	}
	return lines
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

var parserLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxMessage returns the parser's message without its prefix.
func syntaxMessage(err error) string {
	return "YAML does not parse: " + strings.TrimSpace(parserLine.ReplaceAllString(err.Error(), ""))
}

// maxSearched is the size up to which a syntax error is searched for: that takes
// some forty runs of the parser.
const maxSearched = 64 << 10

// syntaxPos returns the line of a syntax error. The parser names the line where
// the construct begins that it was reading, often the first of the file; the
// error stands behind the longest run of lines that parses.
func (d *Document) syntaxPos(err error) schema.Pos {
	line := 1
	if m := parserLine.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
		line, _ = strconv.Atoi(m[1])
	}
	if len(d.data) <= maxSearched {
		good := 0
		for bad := len(d.lines); good < bad-1; {
			mid := (good + bad) / 2
			if d.parses(mid) {
				good = mid
			} else if next := d.parsesSoon(mid, bad); next > 0 {
				good = next
			} else {
				bad = mid
			}
		}
		line = max(line, good+1) // neither is behind the error
	}
	line = max(1, min(line, len(d.lines)))
	pos := d.pos(d.lines[line-1])
	pos.Col = 0
	return pos
}

// parses reports whether the first lines parse on their own.
func (d *Document) parses(lines int) bool {
	dec := yaml.NewDecoder(bytes.NewReader(d.data[:d.lines[lines]]))
	for {
		var n yaml.Node
		if err := dec.Decode(&n); err != nil {
			return errors.Is(err, io.EOF) || strings.Contains(err.Error(), "unknown anchor")
		}
	}
}

// parsesSoon returns a number of lines, a little greater than from, that parse:
// from may stand inside a quoted string or brackets of several lines.
func (d *Document) parsesSoon(from, to int) int {
	for n := from + 1; n < min(to, from+8); n++ {
		if d.parses(n) {
			return n
		}
	}
	return 0
}
