// Package prove makes unit tests of alerts, and says what unit tests are worth.
//
//	p := prove.New(world, groups)             // all groups that are loaded together
//	file := p.File(group)                     // of a group's tests, without any
//	proofs := p.Prove(ctx, p.Alerts(group), file.Evaluation)
//	file.Tests = prove.Tests(proofs)
//	text := ruletest.Format(header, file)     // as promtool reads it
//	mutants := prove.Mutate(ctx, world, groups, suites) // which changes of alerts no test notices
//
// # How a scenario is found
//
// The series that an expression draws on follow from its selectors and the schema: for each
// selector one series that its matchers take, and one more for each matcher that it refuses
// where another selector of the metric takes it (the total beside the errors). Series agree
// in their labels, so that vectors match. Each series behaves in one way before a moment and
// in another behind it: a gauge stands at a level, moves or flaps, a counter counts so many a
// second, a histogram observes so much in one bucket and the rest in the lowest, or the
// series is not there.
//
// What ways make the alert fire is searched for, node by node: each candidate is run on
// Prometheus' engine, and where the alert does not fire the tree says how far it is from
// that (see distance): both operands of and, the nearer one of or, by how much a comparison
// misses. The numbers in the expression are where the search begins. Nothing is believed that
// the engine does not confirm on the rules themselves, for included.
//
// From the scenario that fires the others are made by changing one thing at a time: held for
// exactly as long as for says, and one evaluation less; each series just at the other side of
// the threshold, which is found by bisection; little traffic; a second instance, as the first
// and at rest; another value of a label; a counter reset, missing scrapes, a stale series.
// What is expected of them is what the engine says, at the evaluations around each change.
//
// Then the alert is changed in one place after the other, as Mutate does, and for each change
// that no test notices a scenario is looked for that tells the two apart: with one more series,
// with a pause, a gap or a late beginning, at the threshold with other traffic, with another
// way for one series.
//
// Tests are portable: Prometheus 3 leaves out a sample that stands exactly at the beginning
// of a range, Prometheus 2 takes it, and the last digits of what is computed differ. Every
// scenario is run in both ways, and with values a billionth higher and lower; a time at which
// they differ is not looked at, and a scenario that fires at no other is not taken.
//
// What is not made: series of native histograms, and expressions with the @ modifier. An alert
// for which nothing was found is not proven, which is said with the reason; that no scenario
// fires is no proof that none exists.
//
// It imports internal/query for what an expression draws on, internal/engine to run it, and
// internal/ruletest for the form of a test.
package prove
