package tree

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// People's text survives generation, and what cannot be told apart from it is not touched.
func TestTakeText(t *testing.T) {
	page := func(before, text string) string { return before + TextBegin + "\n" + text + TextEnd + "\nend\n" }
	dir := t.TempDir()
	was := map[string]string{
		"changed": page("old\n", "Call Ann.\n"), "crlf": strings.ReplaceAll(page("old\n", "Call Bob.\n"), "\n", "\r\n"),
		"cut":  "old\n" + TextBegin + "\nCall Cid.\n",
		"torn": "old\n" + TextEnd + "\nCall Dan.\n" + TextBegin + "\n", "twice": page("old\n", TextBegin+"\n"), "bare": "old\n",
		"gone": page("old\n", "\n"), "gone-mine": page("old\n", "Call Eve.\n"), "gone-cut": "old\n" + TextBegin + "\n",
	}
	if _, err := newTree(t, was).Write(dir); err != nil {
		t.Fatal(err)
	}
	byHand := filepath.Join(dir, "by-hand")
	if err := os.WriteFile(byHand, []byte("mine\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	tr := newTree(t, map[string]string{
		"changed": page("new\n", ""), "crlf": page("new\n", ""), "cut": page("new\n", ""), "torn": page("new\n", ""),
		"twice": page("new\n", ""), "bare": page("new\n", ""), "by-hand": page("new\n", ""), "fresh": page("new\n", ""),
	})
	held, err := tr.TakeText(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range held {
		got = append(got, fmt.Sprint(h.Name, ":", h.Line, " ", h.Reason != ""))
	}
	if want := []string{"bare:1 true", "by-hand:1 true", "cut:2 true", "gone-cut:2 true", "gone-mine:1 false", "torn:2 true", "twice:3 true"}; !slices.Equal(got, want) {
		t.Errorf("held %q, want %q", got, want)
	}
	if _, err := tr.Write(dir); err != nil {
		t.Fatal(err)
	}
	now := map[string]string{"changed": page("new\n", "Call Ann.\n"), "crlf": page("new\n", "Call Bob.\r\n"), "fresh": page("new\n", ""), "by-hand": "mine\n"}
	for _, name := range []string{"bare", "cut", "gone-cut", "gone-mine", "torn", "twice"} {
		now[name] = was[name]
	}
	var want []string
	for name, data := range now {
		want = append(want, name+"="+data)
	}
	slices.Sort(want)
	if got := list(t, dir); !slices.Equal(got, want) {
		t.Errorf("folder holds %q\nwant %q", got, want)
	}
	if ds, err := tr.Diff(dir); err != nil || len(ds) > 0 {
		t.Errorf("after a write %v differs, %v", states(ds), err)
	}
}
