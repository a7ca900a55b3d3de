// Package status says how programs are now: it evaluates each of their alerts and headline
// numbers on a Prometheus server, once, and writes the result as one page ([Report.HTML]) or
// as text ([Report.Text]).
//
//	report := status.Sweep(ctx, server, []status.Program{…}, time.Now())
//	report.Worst() // Green, Orange or Red
//
// Whether the server has the rules loaded makes no difference to what an alert is said to be:
// its expression is evaluated over its own for: and keep_firing_for:, and it is pending or
// firing as Prometheus would have it. An alert is quiet only where what it asks for is there:
// without series that must exist it is unknown, which counts as orange.
//
// The page is one file that asks nobody for anything.
//
// It imports internal/engine for rules and answers, internal/plan for boards, internal/view
// for what there is to see on them, internal/query for what an expression asks,
// internal/look for how the page looks, and internal/remote for what a server refuses.
package status

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/view"
)

// A State says how something is.
type State string

// The states, the worst last. A rule that cannot be judged is Unknown, which is orange to
// whoever asks for the worst. None is of what has no good and bad.
const (
	None    State = ""
	Green   State = "green"
	Unknown State = "unknown"
	Orange  State = "orange"
	Red     State = "red"
)

var badness = []State{None, Green, Unknown, Orange, Red}

func worse(a, b State) State {
	if slices.Index(badness, a) >= slices.Index(badness, b) {
		return a
	}
	return b
}

// A Program is what is watched of one program.
type Program struct {
	Name       string
	Boards     []plan.Board   // whose headline numbers are shown; see Headlines
	Groups     []engine.Group // its rules
	World      *query.World   // that they are about
	Scrape     time.Duration  // interval; zero: 15s
	Evaluation time.Duration  // interval of groups that have none; zero: Scrape
	Paging     []string       // severities that wake people, besides those of everybody
}

// A Report is what was found.
type Report struct {
	At       time.Time
	Server   string // address; empty: not said
	Programs []Status
}

// A Status is how one program is.
type Status struct {
	Name      string
	State     State
	Headlines []Headline
	Alerts    []Alert // the worst first
	Notes     []string
	Rules     int  // recording rules that were evaluated
	Failed    bool // something could not be asked
}

// A Headline is a number of a program's overview.
type Headline struct {
	Title, Text, Description string
	State                    State // by the thresholds of its panel; None: it has none
	Values                   []float64
	Why                      string // there is no number
}

// An Alert is how an alert is.
type Alert struct {
	Name, Severity, Expr string
	Summary              string // as it is written
	Runbook              string
	For                  time.Duration
	State                State
	Active               []Instance
	Why                  string // it is not known, or what is remarkable of its being quiet
}

// An Instance is an alert that is pending or firing for one set of labels.
type Instance struct {
	State   engine.State
	Labels  engine.Labels
	Value   string
	Since   time.Time // zero: not known
	Earlier bool      // it was active at Since, and may have been before
	Summary string    // for these labels
}

// Loud returns the alerts that there is something to say of.
func (s *Status) Loud() []Alert { return s.of(true) }

// Quiet returns the others.
func (s *Status) Quiet() []Alert { return s.of(false) }

func (s *Status) of(loud bool) []Alert {
	return slices.DeleteFunc(slices.Clone(s.Alerts), func(a Alert) bool { return a.loud() != loud })
}

func (a *Alert) loud() bool { return a.State != Green || len(a.Active) > 0 }

// Worst returns the state of the worst program: Green, Orange or Red.
func (r *Report) Worst() State {
	worst := Green
	for _, p := range r.Programs {
		worst = worse(worst, p.State)
	}
	return worst
}

// Failed reports whether the server could not be asked everything.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Programs, func(s Status) bool { return s.Failed })
}

// Sweep evaluates the rules and headline numbers of programs now. What a server does not
// answer is said in the report.
func Sweep(ctx context.Context, src view.Source, programs []Program, now time.Time) *Report {
	r := &Report{At: now}
	for i := range programs {
		s := &sweep{ctx: ctx, src: src, now: now, program: &programs[i]}
		r.Programs = append(r.Programs, s.run())
	}
	return r
}

// A sweep looks at one program.
type sweep struct {
	ctx     context.Context
	src     view.Source
	now     time.Time
	program *Program
	there   map[string]bool // names that have series
}

func (s *sweep) run() Status {
	out := Status{Name: s.program.Name, State: Green}
	if err := s.look(); err != nil {
		out.Failed = true
		out.Notes = append(out.Notes, "which series there are could not be asked: "+err.Error())
	}
	out.Headlines = s.headlines()
	rules := s.rules()
	out.Alerts = make([]Alert, len(rules))
	failed := make([]error, len(rules))
	inParallel(len(rules), func(i int) { out.Alerts[i], failed[i] = s.rule(rules[i]) })
	for i, err := range failed {
		if err != nil {
			out.Failed = true
		}
		if rules[i].Record != "" {
			out.Rules++
			if out.Alerts[i].Why != "" {
				out.Notes = append(out.Notes, "recording rule "+rules[i].Record+": "+out.Alerts[i].Why)
				out.State = worse(out.State, Orange)
			}
		}
	}
	out.Alerts = slices.DeleteFunc(out.Alerts, func(a Alert) bool { return a.Name == "" })
	slices.SortStableFunc(out.Alerts, func(a, b Alert) int {
		return cmp.Or(slices.Index(badness, b.State)-slices.Index(badness, a.State), strings.Compare(a.Name, b.Name))
	})
	for _, a := range out.Alerts {
		out.State = worse(out.State, a.State)
	}
	for _, h := range out.Headlines {
		out.State = worse(out.State, h.State)
	}
	if out.State == Unknown {
		out.State = Orange
	}
	return out
}

// atOnce is how many questions are under way.
const atOnce = 8

// inParallel calls f for 0 to n-1.
func inParallel(n int, f func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			f(i)
			<-slots
		})
	}
	wg.Wait()
}

// A rule is one with the interval of its group.
type rule struct {
	engine.Rule
	interval time.Duration
}

func (s *sweep) rules() []rule {
	var all []rule
	for _, g := range s.program.Groups {
		for _, r := range g.Rules {
			all = append(all, rule{r, cmp.Or(g.Interval, s.program.Evaluation, s.program.Scrape, 15*time.Second)})
		}
	}
	return all
}

// look asks which of the names in the rules have series.
func (s *sweep) look() error {
	var names []string
	for _, r := range s.rules() {
		names = append(names, query.Names(r.Expr)...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	s.there = map[string]bool{}
	for some := range slices.Chunk(names, 100) {
		res, err := s.src.Instant(s.ctx, fmt.Sprintf("group by (__name__) ({__name__=~%q})", strings.Join(some, "|")), s.now)
		if err != nil {
			s.there = nil
			return err
		}
		for _, one := range res.Series {
			s.there[one.Labels["__name__"]] = true
		}
	}
	return nil
}

// missing says which series an expression asks for that must be there and are not; empty:
// none. A metric with labels may have none before its first event.
func (s *sweep) missing(expr string) string {
	if s.there == nil {
		return ""
	}
	var gone []string
	for _, name := range query.Names(expr) {
		if s.there[name] || name == "ALERTS" || name == "ALERTS_FOR_STATE" {
			continue
		}
		m, _ := s.program.World.Schema.Series(name)
		if m != nil && (m.Conditional || len(m.Labels) > 0 && !m.Initialised) {
			continue
		}
		gone = append(gone, name)
	}
	if len(gone) == 0 {
		return ""
	}
	return "no series of " + strings.Join(gone, ", ")
}
