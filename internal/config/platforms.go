package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
)

// ports are the platforms that Go compiles for.
// Source: go tool dist list of Go 1.26.
var ports = strings.Fields(`
aix/ppc64
android/386 android/amd64 android/arm android/arm64
darwin/amd64 darwin/arm64
dragonfly/amd64
freebsd/386 freebsd/amd64 freebsd/arm freebsd/arm64
illumos/amd64
ios/amd64 ios/arm64
js/wasm
linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/mips linux/mips64 linux/mips64le linux/mipsle
linux/ppc64 linux/ppc64le linux/riscv64 linux/s390x
netbsd/386 netbsd/amd64 netbsd/arm netbsd/arm64
openbsd/386 openbsd/amd64 openbsd/arm openbsd/arm64 openbsd/ppc64 openbsd/riscv64
plan9/386 plan9/amd64 plan9/arm
solaris/amd64
wasip1/wasm
windows/386 windows/amd64 windows/arm64
`)

// usual are the platforms that programs which are watched mostly run on.
var usual = []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64", "freebsd/amd64"}

// OtherPlatforms returns the platforms that Go compiles for and that are not among c's, the
// usual ones first.
func (c *Config) OtherPlatforms() []string {
	var others []string
	for _, p := range slices.Concat(usual, ports) {
		if !slices.Contains(c.Platforms, p) && !slices.Contains(others, p) {
			others = append(others, p)
		}
	}
	return others
}

// platform is GOOS/GOARCH.
func platform() kind[string] {
	k := text(form{})
	k.schema = map[string]any{"enum": ports}
	read := k.read
	k.read = func(r *reader, n *source.Node, to *string) {
		var s string
		switch read(r, n, &s); {
		case s == "" && n.Kind != source.String: // which read has reported
		case slices.Contains(ports, s):
			*to = s
		default:
			hint := "GOOS/GOARCH as go tool dist list prints them, for instance linux/amd64"
			if near := source.Nearest(s, ports); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			r.report(n.Pos(), hint, "%s: %q is no platform", r.key, s)
		}
	}
	return k
}
