package lint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

// A Baseline holds findings that were there when lint was introduced, and are accepted
// until they are mended. The zero value holds none.
//
// A finding is known by its file, its check and its message, without the lines that the
// message may name: other lines of the file may change. Where several are alike, their
// number counts.
type Baseline struct {
	Version  int             `json:"version"` // 1
	Findings []BaselineEntry `json:"findings"`
}

// A BaselineEntry stands for findings that are alike.
type BaselineEntry struct {
	File    string `json:"file,omitempty"`
	Check   string `json:"check"`
	Message string `json:"message"`
	Count   int    `json:"count,omitempty"` // zero: 1
}

// lineNumbers matches the line and column of a place that a message names.
var lineNumbers = regexp.MustCompile(`(\.\w+):\d+(?::\d+)?\b`)

func entryOf(f schema.Finding) BaselineEntry {
	return BaselineEntry{File: f.Pos.File, Check: f.Check, Message: complaint(f)}
}

// NewBaseline returns the baseline that accepts the findings.
func NewBaseline(findings []schema.Finding) Baseline {
	count := map[BaselineEntry]int{}
	for _, f := range findings {
		count[entryOf(f)]++
	}
	b := Baseline{Version: 1, Findings: []BaselineEntry{}}
	for e, n := range count {
		if n > 1 {
			e.Count = n
		}
		b.Findings = append(b.Findings, e)
	}
	slices.SortFunc(b.Findings, func(x, y BaselineEntry) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Check, y.Check), cmp.Compare(x.Message, y.Message))
	})
	return b
}

// ParseBaseline reads what Format wrote.
func ParseBaseline(file string, data []byte) (Baseline, error) {
	var b Baseline
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		return Baseline{}, fmt.Errorf("read baseline %s: %w", file, err)
	}
	if b.Version != 1 {
		return Baseline{}, fmt.Errorf("read baseline %s: version %d is not known", file, b.Version)
	}
	return b, nil
}

// Format returns the baseline as a file, one entry a line.
func (b Baseline) Format() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"version\": %d, \"findings\": [", b.Version)
	for i, e := range b.Findings {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n  ")
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e); err != nil {
			panic(fmt.Sprintf("encode baseline: %v", err)) // strings and a number always can be
		}
		out.Write(bytes.TrimSpace(line.Bytes()))
	}
	out.WriteString("\n]}\n")
	return out.Bytes()
}

// New returns the findings that the baseline does not hold, and how many of its own were
// not found any more. Of findings that are alike and too many, the last are new.
func (b Baseline) New(findings []schema.Finding) (fresh []schema.Finding, mended int) {
	left := map[BaselineEntry]int{}
	for _, e := range b.Findings {
		n := max(1, e.Count)
		e.Count = 0
		left[e] += n
	}
	for _, f := range findings {
		if e := entryOf(f); left[e] > 0 {
			left[e]--
		} else {
			fresh = append(fresh, f)
		}
	}
	for _, n := range left {
		mended += n
	}
	return fresh, mended
}
