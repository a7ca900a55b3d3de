package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// The page writes values as the server does: both are held against what Grafana writes.
// Dates are left out, which the page writes in the reader's own way.
func TestFormat(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no node")
	}
	res := api.Build(api.BuildOptions{
		Stdin: &api.StdinOptions{Contents: check, ResolveDir: "src", Loader: api.LoaderTS}, Bundle: true, Format: api.FormatESModule, Platform: api.PlatformNode,
	})
	if len(res.Errors) > 0 {
		t.Fatal(res.Errors[0].Text)
	}
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Stdin = strings.NewReader(string(res.OutputFiles[0].Contents))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil || !strings.HasPrefix(string(out), "checked ") {
		t.Errorf("%s%v", out, err)
	}
}

// check prints the values that are written otherwise than the table says.
const check = `
import { readFileSync } from "node:fs";
import { format } from "./format";
const lines = (name) => readFileSync("../../view/" + name, "utf8").split("\n").filter((l) => l && l[0] !== "#").map((l) => l.split("\t"));
const formats = Object.fromEntries(lines("unit_formats.txt").map(([id, func, ...args]) => [id, { func, args }]));
let n = 0, wrong = 0;
for (const [id, value, decimals, want] of lines("testdata/units.txt")) {
  if (!formats[id] || id.startsWith("dateTime")) continue;
  const got = format(formats[id], Number(value), decimals === "-" ? undefined : Number(decimals));
  n++;
  if (got !== want && wrong++ < 20) console.log(id, value, decimals, JSON.stringify(got), "Grafana writes", JSON.stringify(want));
}
if (!wrong && n > 2500) console.log("checked", n);
`
