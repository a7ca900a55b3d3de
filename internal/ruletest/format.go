package ruletest

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"

	"github.com/prometheus/common/model"
)

// Format writes a file of unit tests as [Parse] reads it: what alerts do, not what
// expressions are. The first line is header, which is a comment or empty.
func Format(header string, f *File) []byte {
	if len(f.Tests) == 0 {
		return append(bytes.TrimSuffix(FormatHead(header, f), []byte("\n")), " []\n"...)
	}
	return append(FormatHead(header, f), FormatTests(f.Tests)...)
}

// FormatHead writes what stands before the tests of a file.
func FormatHead(header string, f *File) []byte {
	var w writer
	w.WriteString(header)
	w.line(0, "rule_files:")
	for _, p := range f.RuleFiles {
		w.line(2, "- %s", quoted(p.Glob))
	}
	w.line(0, "evaluation_interval: %s", model.Duration(f.Evaluation))
	if len(f.Order) > 0 {
		w.line(0, "group_eval_order:")
		for _, name := range f.Order {
			w.line(2, "- %s", quoted(name))
		}
	}
	w.line(0, "tests:")
	return w.Bytes()
}

// FormatTests writes tests as they stand in a file, one behind the other.
func FormatTests(tests []*Test) []byte {
	var w writer
	for _, t := range tests {
		w.test(t)
	}
	return w.Bytes()
}

// A writer writes lines.
type writer struct{ bytes.Buffer }

func (w *writer) line(indent int, format string, args ...any) {
	fmt.Fprintf(w, "%*s", indent, "")
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *writer) test(t *Test) {
	w.line(2, "- name: %s", quoted(t.Name))
	w.line(4, "interval: %s", model.Duration(t.Interval))
	if len(t.Input) > 0 {
		w.line(4, "input_series:")
	}
	for _, in := range t.Input {
		w.line(6, "- series: %s", quoted(in.Series))
		w.line(8, "values: %s", quoted(in.Values))
	}
	w.line(4, "alert_rule_test:")
	for _, c := range t.Alerts {
		w.line(6, "- eval_time: %s", model.Duration(c.At))
		w.line(8, "alertname: %s", quoted(c.Alert))
		if len(c.Want) == 0 {
			w.line(8, "exp_alerts: []")
			continue
		}
		w.line(8, "exp_alerts:")
		for _, a := range c.Want {
			w.alert(a)
		}
	}
}

// alert writes an alert that fires, its first key behind the dash.
func (w *writer) alert(a Alert) {
	if len(a.Labels)+len(a.Annotations) == 0 {
		w.line(10, "- {}")
		return
	}
	dash := "- "
	for _, part := range []struct {
		key string
		of  map[string]string
	}{{"exp_labels", a.Labels}, {"exp_annotations", a.Annotations}} {
		if len(part.of) == 0 {
			continue
		}
		w.line(10, "%s%s:", dash, part.key)
		for _, k := range sortedKeys(part.of) {
			w.line(14, "%s: %s", keyed(k), quoted(part.of[k]))
		}
		dash = "  "
	}
}

// word finds names that YAML takes as they are.
var word = regexp.MustCompile(`^[a-zA-Z_][\w.-]*$`)

func keyed(name string) string {
	if word.MatchString(name) {
		return name
	}
	return quoted(name)
}

// quoted writes text as YAML in quotes: single ones, which need no escapes, unless it holds
// what they cannot.
func quoted(text string) string {
	for _, r := range text {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0xfeff || r == '\u2028' || r == '\u2029' || r == '\ufffd' {
			return strconv.QuoteToASCII(text)
		}
	}
	return "'" + string(bytes.ReplaceAll([]byte(text), []byte("'"), []byte("''"))) + "'"
}
