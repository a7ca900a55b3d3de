package query

import (
	"strings"
	"testing"
)

func TestZones(t *testing.T) {
	for _, test := range []struct{ expr, want string }{
		{`a{b="c|\"#"} | d`, `....""""""".....`},
		{"a # $b '\n+ `\\` + 'x", `..######..."""...""`},
		{`a # b`, `..###`},
		{`"\`, `""`},
		{``, ``},
	} {
		var got strings.Builder
		for _, z := range Zones(test.expr) {
			got.WriteByte(`."#`[z])
		}
		if got.String() != test.want {
			t.Errorf("Zones(%q) = %s, want %s", test.expr, got.String(), test.want)
		}
	}
}
