package ruletest

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// Format writes a file of unit tests as [Parse] reads it: what alerts do, not what
// expressions are. The first line is header, which is a comment or empty.
func Format(header string, f *File) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	line := func(indent int, format string, args ...any) {
		fmt.Fprintf(&b, "%*s", indent, "")
		fmt.Fprintf(&b, format, args...)
		b.WriteByte('\n')
	}
	duration := func(d time.Duration) string { return model.Duration(d).String() }
	words := func(indent int, key string, of map[string]string) {
		if len(of) == 0 {
			return
		}
		line(indent, "%s:", key)
		for _, k := range sortedKeys(of) {
			line(indent+2, "%s: %s", k, quoted(of[k]))
		}
	}
	line(0, "rule_files:")
	for _, p := range f.RuleFiles {
		line(2, "- %s", quoted(p.Glob))
	}
	line(0, "evaluation_interval: %s", duration(f.Evaluation))
	if len(f.Order) > 0 {
		line(0, "group_eval_order:")
		for _, name := range f.Order {
			line(2, "- %s", quoted(name))
		}
	}
	line(0, "tests:")
	for _, t := range f.Tests {
		line(2, "- name: %s", quoted(t.Name))
		line(4, "interval: %s", duration(t.Interval))
		if len(t.Input) > 0 {
			line(4, "input_series:")
		}
		for _, in := range t.Input {
			line(6, "- series: %s", quoted(in.Series))
			line(8, "values: %s", quoted(in.Values))
		}
		line(4, "alert_rule_test:")
		for _, c := range t.Alerts {
			line(6, "- eval_time: %s", duration(c.At))
			line(8, "alertname: %s", quoted(c.Alert))
			if len(c.Want) == 0 {
				line(8, "exp_alerts: []")
				continue
			}
			line(8, "exp_alerts:")
			for _, a := range c.Want {
				switch {
				case len(a.Labels) > 0:
					b.WriteString("          - ")
					b.Write(bytes.TrimLeft(mapping(12, "exp_labels", a.Labels), " "))
					words(12, "exp_annotations", a.Annotations)
				case len(a.Annotations) > 0:
					b.WriteString("          - ")
					b.Write(bytes.TrimLeft(mapping(12, "exp_annotations", a.Annotations), " "))
				default:
					line(10, "- {}")
				}
			}
		}
	}
	return b.Bytes()
}

func mapping(indent int, key string, of map[string]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%*s%s:\n", indent, "", key)
	for _, k := range sortedKeys(of) {
		fmt.Fprintf(&b, "%*s%s: %s\n", indent+2, "", k, quoted(of[k]))
	}
	return b.Bytes()
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
