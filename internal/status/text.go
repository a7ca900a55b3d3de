package status

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/view"
)

// ansi are the colours of states on a terminal.
var ansi = map[State]string{Green: "\x1b[32m", Unknown: "\x1b[90m", Orange: "\x1b[33m", Red: "\x1b[1;31m"}

// Text writes the report for a terminal: each program with its headline numbers and the
// alerts that are not quiet.
func (r *Report) Text(w io.Writer, color bool) error {
	t := &text{w: w, color: color}
	for i, p := range r.Programs {
		if i > 0 {
			t.line("")
		}
		t.program(&p)
	}
	t.line("%s", strings.TrimSuffix(r.At.UTC().Format("2006-01-02 15:04:05 UTC")+", "+r.Server, ", "))
	return t.err
}

// mostShown is how many label sets of one alert the text shows.
const mostShown = 10

// A text writes until it cannot.
type text struct {
	w     io.Writer
	color bool
	err   error
}

func (t *text) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}

// state returns a state as a word of a fixed width.
func (t *text) state(s State) string {
	word := fmt.Sprintf("%-7s", s)
	if t.color && ansi[s] != "" {
		return ansi[s] + word + "\x1b[0m"
	}
	return word
}

func (t *text) program(p *Status) {
	t.line("%s %s", t.state(p.State), p.Name)
	wide := 0
	for _, h := range p.Headlines {
		wide = max(wide, len([]rune(h.Title)))
	}
	for _, h := range p.Headlines {
		t.line("%s   %s%s  %s", t.state(h.State), h.Title, strings.Repeat(" ", wide-len([]rune(h.Title))), strings.TrimSpace(h.Text+because(h.Why)))
	}
	for _, a := range p.Loud() {
		t.line("%s   %s%s%s", t.state(a.State), a.Name, in(a.Severity), because(a.Why))
		for _, i := range a.Active[:min(len(a.Active), mostShown)] {
			t.line("%s     %s  %s %s", strings.Repeat(" ", 7), standing(i, a.For), i.Value, i.Labels)
			if i.Summary != "" {
				t.line("%s     %s", strings.Repeat(" ", 7), i.Summary)
			}
		}
		if more := len(a.Active) - mostShown; more > 0 {
			t.line("%s     and %d more", strings.Repeat(" ", 7), more)
		}
	}
	for _, n := range p.Notes {
		t.line("%s   %s", strings.Repeat(" ", 7), n)
	}
	t.line("%s   %s", strings.Repeat(" ", 7), p.Counts())
}

// Counts says how many alerts there are of each kind.
func (s *Status) Counts() string {
	quiet, pending, firing, unknown := 0, 0, 0, 0
	for _, a := range s.Alerts {
		switch {
		case a.firing():
			firing++
		case len(a.Active) > 0:
			pending++
		case a.State == Unknown:
			unknown++
		default:
			quiet++
		}
	}
	out := fmt.Sprintf("%d alerts: %d quiet, %d pending, %d firing", len(s.Alerts), quiet, pending, firing)
	if unknown > 0 {
		out += fmt.Sprintf(", %d unknown", unknown)
	}
	return out
}

func (a *Alert) firing() bool {
	for _, i := range a.Active {
		if i.State == engine.Firing {
			return true
		}
	}
	return false
}

func in(severity string) string {
	if severity == "" {
		return ""
	}
	return " (" + severity + ")"
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// standing says how an alert stands, and since when as far as that was looked at.
func standing(i Instance, hold time.Duration) string {
	switch {
	case i.State == engine.Pending:
		return fmt.Sprintf("pending since %s, fires after %s", i.Since.UTC().Format("15:04:05"), view.Text("s", hold.Seconds(), nil, i.Since))
	case i.Since.IsZero():
		return "firing"
	case i.Earlier:
		return "firing, since " + i.Since.UTC().Format("15:04:05") + " at least"
	}
	return "firing since " + i.Since.UTC().Format("15:04:05")
}
