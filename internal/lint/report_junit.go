package lint

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// JUnit's XML, as CI servers read it: a suite for each file, a test case for each
// finding, failed where the finding is an error.
// Source: https://github.com/testmoapp/junitxml, for what the servers agree on.

func init() { formats["junit"] = writeJUnit }

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes a case that passes where there are no findings, since servers take a
// report without cases for a broken one.
func writeJUnit(w *bufio.Writer, findings []schema.Finding, opts Options) error {
	all := junitSuites{Name: "dashgen lint"}
	for _, f := range findings {
		file := repositoryPath(f.Pos.File, opts)
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != file {
			all.Suites = append(all.Suites, junitSuite{Name: file})
		}
		c := junitCase{Name: f.Check + ": " + f.Message, Class: file, File: file, Line: f.Pos.Line}
		suite := &all.Suites[len(all.Suites)-1]
		if text := junitText(f); f.Fails() {
			c.Failure = &junitFailure{f.Check, f.Message, text}
			suite.Failures++
			all.Failures++
		} else {
			c.Out = text
		}
		suite.Cases = append(suite.Cases, c)
		suite.Tests++
		all.Tests++
	}
	if all.Tests == 0 {
		all.Tests = 1
		all.Suites = []junitSuite{{Name: "dashgen", Tests: 1, Cases: []junitCase{{Name: "no findings", Class: "dashgen"}}}}
	}
	w.WriteString(xml.Header)
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	return w.WriteByte('\n')
}

// junitText is a finding as text.
func junitText(f schema.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %s: %s (%s)", f.Pos, severity(f), f.Message, f.Check)
	for _, r := range f.Related {
		fmt.Fprintf(&b, "\n%v: %s", r.Pos, r.Message)
	}
	if f.Hint != "" {
		fmt.Fprintf(&b, "\nhint: %s", f.Hint)
	}
	return b.String()
}
