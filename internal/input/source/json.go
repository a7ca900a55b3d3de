package source

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dashgen/dashgen/schema"
)

// JSON reads a JSON file of up to limit bytes. Findings, of check "json", are
// about damage and repeated keys. The tree's Root is nil where the file is
// damaged: half a document would look like one from which much was removed.
func JSON(file string, data []byte, limit int) (*Document, []schema.Finding) {
	if len(data) > limit {
		return newDocument(file, nil), tooLarge(file, "json", limit)
	}
	return readJSON(newDocument(file, data))
}

// JSON reads the JSON document that a string holds. Its positions are those of the
// document that the string stands in.
func (n *Node) JSON() (*Document, []schema.Finding) { return readJSON(n.holds()) }

// holds returns the document that a string is, unread.
func (n *Node) holds() *Document {
	d := newDocument(n.doc.File, []byte(n.Text))
	d.within = n
	return d
}

// JSONAt reads JSON that stands in no file, such as the value of a program. All its
// positions are pos.
func JSONAt(pos schema.Pos, data []byte, limit int) (*Document, []schema.Finding) {
	if len(data) > limit {
		return newDocument(pos.File, nil), tooLarge(pos.File, "json", limit)
	}
	d := newDocument(pos.File, data)
	d.fixed = &pos
	return readJSON(d)
}

// Limits on JSON documents, beside maxDepth.
const (
	maxNodes    = 2_000_000 // values
	maxRepeated = 100       // findings about repeated keys
)

func readJSON(doc *Document) (*Document, []schema.Finding) {
	data := doc.data
	r := &jsonReader{doc: doc, data: data}
	if strings.HasPrefix(string(data[:min(3, len(data))]), "\ufeff") {
		r.i = 3
	}
	root := r.value(0)
	r.space()
	if r.fault == "" && r.i < len(data) {
		r.fail("want the end of the file, have %s", r.next())
	}
	if r.fault == "" {
		r.doc.Root = root
		return r.doc, r.findings
	}
	return r.doc, append(r.findings, schema.Finding{
		Pos: r.doc.pos(min(r.i, len(data))), Check: "json", Message: "JSON does not parse: " + r.fault, Hint: r.hint,
	})
}

// A jsonReader reads values from data[i:] on. Once fault is set, it stops.
type jsonReader struct {
	doc      *Document
	data     []byte
	i        int
	fault    string
	hint     string
	nodes    int
	findings []schema.Finding
}

func (r *jsonReader) fail(format string, args ...any) {
	if r.fault == "" {
		r.fault = fmt.Sprintf(format, args...)
	}
}

func (r *jsonReader) space() {
	if r.fault == "" {
		r.i = skipBlank(r.data, r.i)
	}
}

// next describes what stands at i, for messages.
func (r *jsonReader) next() string {
	if r.i >= len(r.data) {
		return "the end of the file"
	}
	c, _ := utf8.DecodeRune(r.data[r.i:])
	return fmt.Sprintf("%q", c)
}

// take consumes c where it stands next.
func (r *jsonReader) take(c byte) bool {
	r.space()
	if r.fault == "" && r.i < len(r.data) && r.data[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *jsonReader) value(depth int) *Node {
	r.space()
	n := &Node{doc: r.doc, start: r.i, end: r.i, size: 1}
	if depth > maxDepth {
		r.fail("values are nested more than %d deep", maxDepth)
	}
	if r.nodes++; r.nodes > maxNodes {
		r.fail("the document has more than %d values", maxNodes)
	}
	if r.fault != "" {
		return n
	}
	switch {
	case r.take('{'):
		n.Kind = Map
		r.object(n, depth)
	case r.take('['):
		n.Kind = List
		r.list(n, ']', func() { n.add(r.value(depth + 1)) })
	case r.take('"'):
		n.Kind = String
		r.text(n)
		n.end = r.i
		r.doc.register(n)
	default:
		r.word(n)
	}
	n.end = r.i
	return n
}

// list reads items and the commas between them up to the closing bracket.
func (r *jsonReader) list(n *Node, closing byte, item func()) {
	if r.take(closing) {
		return
	}
	for r.fault == "" {
		item()
		if r.fault != "" || r.take(closing) {
			return
		}
		comma := r.i
		if !r.take(',') {
			r.fail("want \",\" or %q, have %s", closing, r.next())
			return
		}
		if r.take(closing) {
			r.i = comma
			r.hint = "remove the comma before the closing bracket"
			r.fail("want another item after the comma")
		}
	}
}

func (r *jsonReader) object(n *Node, depth int) {
	seen := map[string]schema.Pos{}
	r.list(n, '}', func() {
		r.space()
		pos := r.doc.pos(r.i)
		key := &Node{doc: r.doc}
		if !r.take('"') {
			r.fail("want a key in double quotes, have %s", r.next())
			return
		}
		r.text(key)
		if !r.take(':') {
			r.fail("want \":\" after key %q, have %s", key.Text, r.next())
			return
		}
		value := r.value(depth + 1)
		n.span(value)
		if first, twice := seen[key.Text]; twice {
			if len(r.findings) < maxRepeated {
				r.findings = append(r.findings, repeated("json", key.Text, pos, first))
			}
			return
		}
		seen[key.Text] = pos
		n.Fields = append(n.Fields, Field{key.Text, pos, value})
	})
}

// text reads a string behind its opening quote and notes where its characters
// stand.
func (r *jsonReader) text(n *Node) {
	n.start = r.i
	var b strings.Builder
	for r.i < len(r.data) {
		switch c := r.data[r.i]; {
		case c == '"':
			n.Text = b.String()
			r.i++
			return
		case c < ' ':
			r.fail("a string holds the control character %q; write it with a backslash", c)
			return
		case c == '\\':
			n.step(b.Len(), r.i)
			if !r.escape(&b) {
				return
			}
			n.step(b.Len(), r.i)
		default:
			b.WriteByte(c)
			r.i++
		}
	}
	r.fail("a string does not end")
	r.i = n.start - 1
}

var jsonEscapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escape, a surrogate pair as one character.
func (r *jsonReader) escape(b *strings.Builder) bool {
	if r.i+1 < len(r.data) {
		if c, ok := jsonEscapes[r.data[r.i+1]]; ok {
			b.WriteByte(c)
			r.i += 2
			return true
		}
		if c, ok := r.unicode(r.i); ok {
			r.i += 6
			if low, ok := r.unicode(r.i); ok && utf16.IsSurrogate(c) {
				if pair := utf16.DecodeRune(c, low); pair != utf8.RuneError {
					c = pair
					r.i += 6
				}
			}
			b.WriteRune(c)
			return true
		}
	}
	r.fail("a string holds an unknown escape")
	return false
}

// unicode reads \uXXXX at an offset.
func (r *jsonReader) unicode(at int) (rune, bool) {
	if at+6 > len(r.data) || r.data[at] != '\\' || r.data[at+1] != 'u' {
		return 0, false
	}
	c, err := strconv.ParseUint(string(r.data[at+2:at+6]), 16, 16)
	return rune(c), err == nil
}

var jsonWords = map[string]Kind{"true": Bool, "false": Bool, "null": Null}

// word reads true, false, null or a number.
func (r *jsonReader) word(n *Node) {
	end := r.i
	for end < len(r.data) && strings.IndexByte(",:]}[{\" \t\r\n", r.data[end]) < 0 {
		end++
	}
	text := string(r.data[r.i:end])
	kind, ok := jsonWords[text]
	switch {
	case ok:
		n.Kind = kind
	case text == "":
		r.fail("want a value, have %s", r.next())
		return
	case !json.Valid([]byte(text)):
		r.fail("want a value, have %q", text)
		return
	default:
		n.Kind = Number
	}
	if n.Kind != Null {
		n.Text = text
	}
	r.i = end
}
