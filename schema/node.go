package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// A node is one JSON value with its place.
type node struct {
	kind    byte // key of kinds
	offset  int  // of its first byte
	text    string
	members []member
	elems   []*node
}

// kinds names the kinds of nodes.
var kinds = map[byte]string{'{': "an object", '[': "a list", 's': "a string", '0': "a number", 'b': "true or false", 'n': "null"}

type member struct {
	name   string
	offset int // of the name
	value  *node
}

// member returns the value of an object's key, or nil.
func (n *node) member(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// at returns what path leads to from n, or the last node on the way that exists.
func (n *node) at(path []any) *node {
	for _, step := range path {
		var next *node
		switch step := step.(type) {
		case string:
			next = n.member(step)
		case int:
			if step < len(n.elems) {
				next = n.elems[step]
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	return n
}

// A nodeReader makes nodes of the tokens of valid JSON.
type nodeReader struct {
	dec  *json.Decoder
	data []byte
}

// readNode reads data, which must be valid JSON.
func readNode(data []byte) *node {
	r := &nodeReader{dec: json.NewDecoder(bytes.NewReader(data)), data: data}
	r.dec.UseNumber()
	return r.node()
}

// start returns the offset of the next token.
func (r *nodeReader) start() int {
	at := int(r.dec.InputOffset())
	for at < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[at]) >= 0 {
		at++
	}
	return at
}

func (r *nodeReader) node() *node {
	n := &node{offset: r.start()}
	tok, err := r.dec.Token()
	if err != nil {
		panic(fmt.Sprintf("schema: token of valid JSON: %v", err))
	}
	switch tok := tok.(type) {
	case json.Delim:
		n.kind = byte(tok)
		for r.dec.More() {
			if tok == '[' {
				n.elems = append(n.elems, r.node())
				continue
			}
			name := r.node()
			n.members = append(n.members, member{name: name.text, offset: name.offset, value: r.node()})
		}
		r.dec.Token() // the closing one
	case string:
		n.kind, n.text = 's', tok
	case json.Number:
		n.kind, n.text = '0', tok.String()
	case bool:
		n.kind, n.text = 'b', strconv.FormatBool(tok)
	case nil:
		n.kind = 'n'
	}
	return n
}
