// Package ruletest runs unit tests of rules, in promtool's format, on internal/engine.
//
//	f, findings := ruletest.Parse("rules-tests/shop_test.yaml", data)
//	groups, findings, err := f.Groups()       // of the rule files that it names
//	results := f.Run(ctx, groups)             // one for each test, run in parallel
//
// A test comes out as "promtool test rules" of the pinned Prometheus has it: samples appear
// as time goes on, groups are evaluated in the order of group_eval_order at every
// evaluation_interval whatever their own interval is, and an alert is compared as it stood
// at the last evaluation. What differs is what is said: a [Failure] has the place in the
// file, what is missing and what was not expected, and when the alert changed its state.
//
// internal/oracle/promtool, a module of its own, holds that this is so: over the generated
// tests, promtool's own and the corpus, and over whatever files it is given.
//
// The format: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/.
//
// It imports internal/engine, which runs the rules, internal/input, which reads rule files,
// and internal/input/source for positions.
package ruletest
