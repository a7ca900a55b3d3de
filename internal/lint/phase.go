package lint

// This file holds the checks of the phases before lint: what they report with, for
// people who ask what a finding means. Lint accepts and grades their findings like its
// own; see [Input.Findings].

// phases lists the checks that other phases report with, sorted by name. A check of
// lint's that another phase reports with as well, such as promql, is not listed.
var phases = []*Check{
	{Name: "baseline", Phase: "lint", Doc: `Findings that a baseline accepts are mended.

Left in the file, they would accept a new fault of the same kind in the same place.

Write the baseline anew: dashgen lint --baseline FILE --write-baseline.`},
	{Name: "cardinality", Phase: "verify", Doc: `A metric family has more series than series_limit.

Each set of label values is a series that Prometheus keeps, of every target, and queries
over the family read them all.

Take the label that has most values away or bound its values, or raise series_limit in
dashgen.yaml where so many are meant.`},
	{Name: "config", Phase: "config", Doc: `The configuration says something that cannot be read.

A key of dashgen.yaml is unknown, a value is not of the kind that the key takes, or two
things contradict each other. Nothing is generated from it, because what it was meant to
say would be missing.

The position is that of the key or value, and the hint says what fits. dashgen config
prints what is in effect.`},
	{Name: "conflict", Phase: "schema", Doc: `Two definitions of one metric disagree.

Every run registers both with one registry, under one name with another type, help text or
set of labels: the second registration fails or panics, and its series are missing.

Make them agree, or give one of them another name. Until then the first one counts. What is
registered with different registries, or in different runs, may differ: a label that is not
in each is optional, and a type that is not the same is untyped.`},
	{Name: "directive", Phase: "scanner, rules", Doc: `A //dashgen: comment in the source cannot be understood.

Its name is unknown, a parameter is missing or unknown, or it stands beside no metric. An
alert or a deprecation that it was meant to declare does not exist.

Write it as the hint says, in the comment directly above the metric's definition.`},
	{Name: "duplicate-alert", Phase: "rules", Doc: `Two alerts have the same name.

Alertmanager and people tell alerts by their names: silences, routes and runbooks of the one
hold for the other as well.

Give one of them another name, or remove one of the declarations.`},
	{Name: "exposition", Phase: "verify", Doc: `What a program exposes cannot be read.

A line is damaged, a label value is no UTF-8, or OpenMetrics lacks its # EOF. Prometheus
refuses such a scrape as a whole, so that every series of the target is missing.

The position is the first line that cannot be read. promtool check metrics says the same.`},
	{Name: "inputs", Phase: "lint", Doc: `A pattern under inputs: or schemas:, or of a flag, leads to nothing that is checked.

It matches no file, or only files that hold no rules or dashboards: it was misspelt, or the
files have moved. What it was meant to have checked is not.

Mend the pattern. ** stands for any folders, and * for anything but a slash.`},
	{Name: "json", Phase: "input", Doc: `A dashboard's JSON cannot be read.

It is damaged, repeats a key, or is in a format that is not read. Nothing in it is checked,
and Grafana will not load it either where it is damaged.

The position is where reading stopped. Export the dashboard again, as classic JSON.`},
	{Name: "jsonnet", Phase: "jsonnet", Doc: `A Jsonnet file cannot be evaluated.

It does not parse, fails when it is evaluated, imports what stands outside the module, or
takes too long. Nothing is made of it.

The position is the one that Jsonnet gives. Imports are looked for beside the file and in
the module's vendor folder.`},
	{Name: "jsonnet-lint", Phase: "jsonnet", Doc: `A Jsonnet file says something that is of no use, or could not be evaluated.

These are the findings of go-jsonnet's own linter: variables that nothing reads, calls with
the wrong arguments, fields that an object does not have. What is evaluated lazily and was not
needed fails on the day on which it is. Unused variables are an info, the others a warning.
Files in a vendor folder are left alone, and of what they hold nothing is assumed.

Mend what it says at the position; jsonnet-lint says the same.`},
	{Name: "load", Phase: "scanner", Doc: `A package could not be loaded as far as its metrics must be known.

It does not compile, or something that it imports is missing. Its metrics are kept as
metrics.json remembers them: unread is not gone.

Mend what the compiler says at the position; the hint says which command brings a missing
module.`},
	{Name: "metrics-json", Phase: "schema", Doc: `The file metrics.json is damaged.

It was edited by hand, or a merge went wrong in a way that conflict markers do not explain.
It is never overwritten in this state, because it remembers what no code says any more.
Conflict markers of git are no damage: the entries of both sides are taken.

Mend it at the position, or take the last version from the repository's history.`},
	{Name: "missing-metric", Phase: "verify", Doc: `A metric is defined in the code and not exposed.

It is registered with a registry that is not the one that is gathered, with none at all, or
the program that runs is older than the code. Panels and alerts on it are empty.

Register it, or take it out. Metrics that have labels and no series from the start, and
those that are registered behind a condition, are not reported.`},
	{Name: "never-fires", Phase: "generate, lint", Doc: `No scenario makes an alert fire, or none does by one side of its or.

It was searched for on Prometheus' own engine: series at both sides of each number in the
expression, that count, move, flap or are not there. What contradicts itself in series of the
same labels, x > 5 and x < 4, is found in this way. It is asked of generated rules where outputs:
has rules-tests, of rules by hand that draw on a few series of metrics that are known, which takes
seconds where none is found and is remembered, and of any rule file with dashgen test --generate.

That none was found is no proof that there is none. Write a unit test that has the alert fire, or
change the expression.`},
	{Name: "overlay", Phase: "generate", Doc: `An overlay cannot be applied, or cannot be applied everywhere.

It does not evaluate, names a dashboard, a metric or a rule that there is not, makes something
that is no dashboard or rule any more, or holds what Grafana's v2 format has no place for.

Mend the overlay at the position. Where only dashboards-v2 leaves something out, take that
out of the overlay, or dashboards-v2 out of outputs.`},
	{Name: "own-text", Phase: "generate", Doc: `A generated page stays as it is because of what people wrote in it.

The lines between which their text stands are missing, doubled or in the wrong order, so that
it cannot be told from what is generated; or the alert is gone, and its page is not generated
any more. Nothing of it is overwritten or removed.

Put the two lines back around the text, each once, or move the text away and delete the page.`},
	{Name: "removed-metric", Phase: "schema", Doc: `A metric has gone from the code without having been deprecated.

Dashboards and alerts outside of this project had no time to change, and now show nothing.
Its entry in metrics.json becomes a tombstone, so that a query on it can be told what to
use.

Put it back with a comment "// Deprecated: use NAME." for a release, or write replaced_by into
its entry.`},
	{Name: "revived-metric", Phase: "schema", Doc: `A metric that metrics.json remembers as removed is in the code again.

If it means the same as before, all is well and the tombstone goes. If it means something
else, old dashboards show the new values under the old title.

Give it another name in the second case.`},
	{Name: "rule-test", Phase: "test", Doc: `A file of unit tests cannot be read, or names rules that are not there.

promtool refuses a key that it does not know and a value of the wrong kind, so that none of
the file's tests runs.

Write it as promtool test rules takes it; the position is that of the key or value.`},
	{Name: "rulefmt", Phase: "input", Doc: `Prometheus would refuse a rule file.

It loads a file as a whole or not at all, so one bad rule takes the others with it. The
messages are those of Prometheus' own reader, or say the same with a better position.

Mend the rule at the position. promtool check rules says the same.`},
	{Name: "slo", Phase: "rules", Doc: `A service level objective cannot be watched as it is declared.

Its metric is not there or counts no events, nothing says which events failed, or its bound
is none of the histogram's, so that how many events were faster is not counted. Nothing is
generated for it. An alert that would need more events to fail than there are is left out
with a warning: above 14.4 times the budget of an objective of 90% nothing can be.

Write what the hint says. The alerts are those of chapter 5 of Google's SRE workbook.`},
	{Name: "undeclared-label", Phase: "verify", Doc: `Series carry a label that the code does not declare.

The program that runs is another version, or the label comes in a way that the scan did not
follow. Lint takes a query on that label to be an error.

Scan the version that runs. If it does, a constructor in dashgen.yaml tells the scan.`},
	{Name: "undeclared-value", Phase: "verify", Doc: `A label has a value that is not among those that the code gives it.

The set was told from the call sites and is closed: lint takes a matcher on any other value
to find nothing. Here it would.

Scan the version that runs. If it does, report it: the scan missed a call.`},
	{Name: "unexpected-metric", Phase: "verify", Doc: `A metric of this program is exposed and no code defines it.

Its name is the program's by owned: or by the prefix that most of its metrics share. It has
no panel and no entry in metrics.json, or it is remembered as removed.

Scan all packages that the program is built of. dashgen scan --unresolved says which names
could not be told, and what to write.`},
	{Name: "unread-package", Phase: "schema", Doc: `A package whose metrics metrics.json knows was not read.

It could not be loaded, or it is not among the packages that were asked for. Its metrics are
kept as they were, and files that depend on them are not touched.

Mend the package, or run dashgen on all packages of the program: dashgen generate ./...`},
	{Name: "unregistered", Phase: "scanner", Doc: `A metric is made and never exposed: nothing registers it, or sends its descriptor.

prometheus.NewCounter alone puts a metric into no registry. It counts, nobody can scrape it,
and every panel and alert on it is empty. It is left out of metrics.json.

Register it, or make it with promauto. Where something registers it that the scan cannot
see, say so above it: //dashgen:ignore unregistered REASON.`},
	{Name: "unresolved", Phase: "scanner", Doc: `The source does not say what a metric is called or what it is.

A name, a label or an option is known only at run time, or is computed in a way that is not
followed. The metric is missing from metrics.json, or only a part of it is there.

Write the part as a constant, or where it is read, as the hint says.`},
	{Name: "unseen-label", Phase: "verify", Doc: `No series of a metric carries a label that its code declares.

Queries that match or aggregate by the label find nothing. Prometheus stores no label
without a value, so that one that is always empty looks the same there.

Set the label, or take it out of the definition.`},
	{Name: "wrong-buckets", Phase: "verify", Doc: `A histogram has other bucket bounds than its code says.

The program is an older version, or was configured otherwise. A query with a bound that is
not there finds nothing, and an alert above the top bound never fires.

Scan the version that runs, or write the bounds as a constant.`},
	{Name: "wrong-type", Phase: "verify", Doc: `A metric is exposed with another type than its code says.

Functions that fit the one type do not fit the other: rate() of a gauge means nothing.

Scan the version that runs. If it does, two definitions share the name.`},
	{Name: "wrong-unit", Phase: "verify", Doc: `A metric is exposed with another unit than its code says.

Axes and thresholds are off by the factor between them.

Give the metric the unit that it is measured in: //dashgen:unit seconds.`},
	{Name: "yaml", Phase: "input", Doc: `A rule file's YAML cannot be read.

It is damaged, repeats a key, holds several documents, or expands beyond bounds. What could
not be read is not checked, and Prometheus will not load it either where it is damaged.

The position is where the damaged part begins.`},
}
