package schema

// Severities says what an incompatible change means, by kind and by what the metric's
// stability promises: stable that it does not change, beta that its labels stay, alpha
// nothing. A metric without a level is held to beta, so that what was never thought of
// is said before it breaks somebody.
//
// A change that is compatible is a note. That a change breaks a query that is known is
// not asked here: who knows the queries makes it worse.
//
// Source of the levels: https://kubernetes.io/docs/concepts/cluster-administration/system-metrics/#metric-lifecycle.
var Severities = map[string]Promise{
	"removed":        {Error, Error, Note},
	"renamed":        {Error, Warning, Note},
	"revived":        {Warning, Warning, Warning},
	"type":           {Error, Error, Warning},
	"unit":           {Error, Error, Warning},
	"certainty":      {Error, Error, Warning},
	"label-removed":  {Error, Error, Note},
	"label-added":    {Warning, Warning, Note},
	"label-optional": {Error, Warning, Note},
	"label-values":   {Error, Warning, Note},
	"const-labels":   {Warning, Warning, Note},
	"buckets":        {Warning, Warning, Note},
	"native":         {Error, Error, Warning},
	"objectives":     {Warning, Warning, Note},
	"conditional":    {Warning, Warning, Note},
	"initialised":    {Warning, Warning, Note},
	"aliases":        {Warning, Warning, Note},
	"stability":      {Error, Warning, Warning},
	"deprecated":     {Warning, Warning, Warning},
}

// A Promise is what a change means for metrics of each stability.
type Promise struct{ Stable, Beta, Alpha Severity }

// promiseOf orders what stabilities promise.
func promiseOf(stability string) int {
	switch stability {
	case "stable":
		return 2
	case "alpha":
		return 0
	default:
		return 1
	}
}

// severityOf returns what an incompatible change of a kind means.
func severityOf(kind, stability string) Severity {
	p := Severities[kind]
	return []Severity{p.Alpha, p.Beta, p.Stable}[promiseOf(stability)]
}
