package query

import (
	"strings"
	"testing"
	"time"
)

// Expressions of 64 KiB that are made to take long or to nest deeply are refused, or done
// with, in a moment.
func TestHostile(t *testing.T) {
	w := &World{Targets: DefaultTargets}
	repeat := func(s string) string { return strings.Repeat(s, MaxLen/len(s)) }
	for name, expr := range map[string]string{
		"brackets":   repeat("("),
		"closed":     strings.Repeat("(", MaxLen/2-1) + "x" + strings.Repeat(")", MaxLen/2-1),
		"signs":      repeat("-"),
		"sum":        strings.Repeat("a+", MaxLen/2-1) + "a",
		"power":      strings.Repeat("a^", MaxLen/2-1) + "a",
		"and":        strings.Repeat("a and ", MaxLen/6-1) + "a",
		"subqueries": "a" + strings.Repeat("[1m:]", MaxLen/5-1),
		"labels":     "sum by (" + strings.Repeat("a,", MaxLen/2-8) + "a) (x)",
		"names":      "sum by (" + strings.Join(words((MaxLen-20)/6), ",") + ") (x)",
		"matchers":   "x{" + strings.TrimSuffix(repeat(`a!="b",`)[:MaxLen-10], "") + `"}`,
		"variables":  repeat("$a "),
		"chain":      strings.Repeat("$a+", maxOperators-10) + "a",
		"filter":     strings.Repeat("($a > 1 and ", maxOperators/2-10) + "a" + strings.Repeat(")", maxOperators/2-10),
		"quotes":     repeat(`"$a"`),
		"grouping":   repeat("by ($a"),
		"joins":      strings.Repeat(`label_replace(`, MaxLen/40) + "x" + strings.Repeat(`,"a","b","c","d")`, MaxLen/40),
		"regexps":    "x{" + strings.Repeat(`a=~"(a|b|c)*d",`, MaxLen/20) + "}",
		"numbers":    repeat("1 "),
		"comment":    "#" + repeat("(")[1:],
	} {
		start := time.Now()
		if e, err := Parse(expr); err == nil {
			Infer(expr, e, w)
		}
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("%s takes %v", name, d)
		}
	}
}

func words(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = "a" + strings.Repeat("b", i%4) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26))
	}
	return list
}

// Recording rules of which each builds on the last, and all on each other, are inferred
// once.
func TestHostileRules(t *testing.T) {
	w := &World{}
	names := words(2000)
	for i, name := range names {
		w.Recorded = append(w.Recorded, Recording{Name: "r:" + name, Expr: "r:" + names[(i+1)%len(names)] + " + r:" + names[(i*7+3)%len(names)]})
	}
	start := time.Now()
	if len(w.Cycles()) == 0 {
		t.Error("no cycles are found")
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("%d rules take %v", len(names), d)
	}
}

func FuzzInfer(f *testing.F) {
	for _, expr := range []string{
		`a`, `sum by (a) (rate(b{c="d"}[5m])) > 1`, `a{b=~"$c"} offset $d`, `histogram_quantile(0.9, a)`, `label_replace(a, "b", "$1", "c", "(.*)")`,
		`count_values("a", b)`, `a * on (b) group_left (c) d`, `$a{`, `absent(a{b="c"}) or vector(0)`, `{a="b",a="c"}`, `clamp(a, 2, 1)`, `a[5m:1m]`, `quantile(2, a)`,
	} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		e, err := Parse(expr)
		if err != nil {
			return
		}
		in := Infer(expr, e, &World{Targets: DefaultTargets, Prometheus: "2.42"})
		for n, info := range in.All() {
			if info == nil || in.At(n) != info {
				t.Fatalf("%q: nothing is known of %s", expr, n)
			}
			if info.Empty.State == Always && info.Empty.Reason == nil {
				t.Fatalf("%q: %s is always empty for no reason", expr, n)
			}
			if p := in.Where(n, "a"); p.Start < 0 || int(p.End) > len(expr) || p.Start > p.End {
				t.Fatalf("%q: %s has the place %v", expr, n, p)
			}
		}
	})
}
