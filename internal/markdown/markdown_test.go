package markdown

import "testing"

func TestAnchors(t *testing.T) {
	var a Anchors
	for _, test := range [][2]string{
		{"Write path", "write-path"}, {"kmb_requests_total", "kmb_requests_total"}, {"node_netstat_*", "node_netstat_"},
		{"job:requests:rate5m", "jobrequestsrate5m"}, {"Write path", "write-path-1"}, {"write path", "write-path-2"}, {"write-path-1", "write-path-1-1"},
		{"p99 (ms), größe", "p99-ms-größe"},
	} {
		if got := a.Of(test[0]); got != test[1] {
			t.Errorf("%q has anchor %q, want %q", test[0], got, test[1])
		}
	}
}

func TestEscape(t *testing.T) {
	for _, test := range [][2]string{
		{Prose("a|b <c> `d`\n_e_ *f* [g](h) #1 $x$ & @you"), "a|b \\<c\\> \\`d\\` \\_e\\_ \\*f\\* \\[g\\](h) \\#1 \\$x\\$ &amp; @\u200byou"},
		{Prose("- a"), "\\- a"}, {Prose("12. a"), "12\\. a"}, {Prose("1.5 a"), "1.5 a"}, {Prose("-1 a"), "-1 a"}, {Prose("a - b"), "a - b"}, {Prose("---"), "\\---"},
		{Code("a`b"), "``a`b``"}, {Code("`"), "`` ` ``"}, {Code("a\nb"), "`a b`"},
		{Cell(Prose("a|b")), "a\\|b"}, {Cell(Code("a|b")), "`a\\|b`"},
		{Block("  ", "promql", "a\n```b"), "  ````promql\n  a\n  ```b\n  ````"},
	} {
		if test[0] != test[1] {
			t.Errorf("got %q, want %q", test[0], test[1])
		}
	}
}
