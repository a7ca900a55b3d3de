// Package simulate makes samples of metrics that nobody has measured, so that boards and
// rules can be looked at before the program runs.
//
//	sim := simulate.New(s, signals, simulate.Options{Job: "shop", Start: start})
//	sim.Calm(ctx, groups)                  // no alert fires by itself
//	sim.Fault(ctx, play, groups, at)       // but this one does, at a time
//	sim.Step(store, at)                    // a sample of every series, again and again
//
// Each metric behaves as its signal says: a counter grows with the time of day and some noise,
// a gauge moves around a level and stays within its limit, the values of a histogram lie
// around a middle that wanders, a state is the good one, an info is 1, a timestamp ages.
// Labels have the values that the source shows; where it shows none, ones that are usual for
// such a label. How much of what there is is told from names: errors are few among requests,
// bytes are many.
//
// Every series is a function of time alone (see wave), so that a step costs no memory, steps
// of any length agree, and the same seed gives the same samples.
//
// It imports schema and internal/plan for what there is, internal/engine for the store, and
// internal/prove for what makes an alert fire, internal/query for what an expression names, and
// Prometheus' native histogram.
package simulate
