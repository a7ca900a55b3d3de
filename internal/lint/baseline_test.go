package lint

import (
	"slices"
	"testing"

	"github.com/dashgen/dashgen/schema"
)

func TestBaseline(t *testing.T) {
	at := func(file string, line int, check, message string) schema.Finding {
		return schema.Finding{Pos: schema.Pos{File: file, Line: line}, Check: check, Message: message}
	}
	old := []schema.Finding{
		at("a.go", 3, "x", "one <of> them, also at b.go:7:9"),
		at("a.go", 4, "x", "twin"), at("a.go", 5, "x", "twin"),
		at("", 0, "y", "nowhere"),
		at("c.go", 1, "x", "mended"),
	}
	b, err := ParseBaseline("f", NewBaseline(old).Format())
	if err != nil {
		t.Fatal(err)
	}
	if fresh, mended := b.New(old); len(fresh) != 0 || mended != 0 {
		t.Errorf("what it was made of: %v new, %d mended", fresh, mended)
	}
	now := []schema.Finding{
		at("a.go", 30, "x", "one <of> them, also at b.go:8:1"), // moved
		at("a.go", 40, "x", "twin"), at("a.go", 50, "x", "twin"), at("a.go", 60, "x", "twin"),
		at("", 0, "y", "nowhere"),
		at("b.go", 1, "x", "mended"),
		at("a.go", 3, "z", "twin"),
	}
	fresh, mended := b.New(now)
	if want := []schema.Finding{now[3], now[5], now[6]}; mended != 1 || !slices.EqualFunc(fresh, want, func(a, b schema.Finding) bool { return a.Pos == b.Pos && a.Check == b.Check }) {
		t.Errorf("%v new, %d mended; want %v and 1", fresh, mended, want)
	}
	for _, damaged := range []string{"", "{", `{"version": 2, "findings": []}`, `{"version": 1, "finding": []}`} {
		if _, err := ParseBaseline("f", []byte(damaged)); err == nil {
			t.Errorf("%q is taken", damaged)
		}
	}
}
