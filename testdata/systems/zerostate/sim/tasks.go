package sim

import "github.com/dashgen/dashgen/testdata/systems/zerostate/execution"

// Exit codes of WASM modules.
const (
	exitOK      = 0
	exitError   = 1
	exitTrap    = 134
	exitStopped = 137
)

// guilds counts guilds by state.
type guilds struct{ created, active, dissolved int }

// stepTasks runs the tasks of the elapsed seconds.
func (s *Sim) stepTasks(dt float64) {
	made := 0
	for range s.rng.Count(3 * s.load * dt) {
		p := s.peers[s.rng.IntN(len(s.peers))]
		t := execution.Task{
			Seconds:  min(0.9*execution.MaxSeconds, s.rng.LogNormal(1.8*(0.7+0.3*s.load), 0.75)),
			Bytes:    min(execution.MaxBytes, s.rng.LogNormal(34*mib, 0.4)),
			ExitCode: exitOK,
		}
		switch {
		case s.rng.Chance(0.006):
			t.Seconds, t.ExitCode = execution.MaxSeconds+0.2*s.rng.Float64(), exitStopped
		case !s.rng.Chance(p.skill):
			t.ExitCode = exitError
			if s.rng.Chance(0.25) {
				t.ExitCode = exitTrap
			}
		}
		t.Cost = p.price * (0.05 + 0.12*t.Seconds + t.Bytes/(400*mib))
		s.economic.Ran(p.id, t.Cost)
		switch t.ExitCode {
		case exitOK:
			s.execution.Succeeded(t)
			made++
		case exitStopped:
			s.execution.TimedOut(t)
		default:
			s.execution.Failed(t)
		}
		s.judge(p, t.ExitCode == exitOK)
	}
	lost := s.rng.Among(made, 0.0008)
	s.execution.Receipts(made-lost, lost)
	s.stepGuilds(dt)
}

// judge moves a peer's reputation by the outcome of a task.
func (s *Sim) judge(p *peer, ok bool) {
	const memory = 400 // tasks
	result := 0.0
	if ok {
		result = 1
	}
	p.success += (result - p.success) / memory
	p.reputation += (reputation(p.success) - p.reputation) / memory
}

// reputation is what a share of successes earns in the long run, from 0 to 100.
func reputation(success float64) float64 { return min(100, max(0, 1000*(success-0.9))) }

// stepGuilds lets guilds form, go to work, dissolve and be settled.
func (s *Sim) stepGuilds(dt float64) {
	move := func(from, to *int, per, least int) {
		n := min(max(0, *from-least), s.rng.Count(dt*float64(*from)/float64(per)))
		*from -= n
		*to += n
	}
	settled := 0
	move(&s.guilds.dissolved, &settled, 300, 0)
	move(&s.guilds.active, &s.guilds.dissolved, 1200, 2)
	move(&s.guilds.created, &s.guilds.active, 120, 0)
	if s.guilds.active < 14 {
		s.guilds.created += s.rng.Count(s.load * dt / 200)
	}
}
