package scanner

import (
	"slices"
	"testing"
)

// Patterns are compared as the go command prints them.
func TestCanonical(t *testing.T) {
	got := canonical([]string{"./", ".", "./cmd/shop/", "./cmd//shop", "cmd/shop", "./...", "..", "../x/", "/a/b/"})
	want := []string{".", ".", "./cmd/shop", "./cmd/shop", "cmd/shop", "./...", "..", "../x", "/a/b"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
