// Web bundles the page of dashgen preview: src/ and uPlot into ../page, which the command
// embeds.
//
//	npm ci             # in this folder: uPlot, pinned by package-lock.json
//	go run . [-check]
//
// With -check it writes nothing and fails where ../page is not what it would write. It is a
// module of its own, so that esbuild is no dependency of dashgen.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// most is how many bytes the bundle may have.
const most = 300_000

func main() {
	check := flag.Bool("check", false, "write nothing; fail where the bundle is not current")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	res := api.Build(api.BuildOptions{
		EntryPoints:       []string{"src/app.ts", "src/app.css"},
		Outdir:            "../page",
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsInline,
		LogLevel:          api.LogLevelWarning,
	})
	if len(res.Errors) > 0 {
		return fmt.Errorf("bundle: %s", res.Errors[0].Text)
	}
	html, err := os.ReadFile("src/index.html")
	if err != nil {
		return err
	}
	dir, err := filepath.Abs("../page")
	if err != nil {
		return err
	}
	files := append(res.OutputFiles, api.OutputFile{Path: filepath.Join(dir, "index.html"), Contents: html})
	size := 0
	for _, f := range files {
		size += len(f.Contents)
		old, err := os.ReadFile(f.Path)
		switch {
		case check && (err != nil || !bytes.Equal(old, f.Contents)):
			return fmt.Errorf("%s is not current: run go generate ./internal/preview", filepath.Base(f.Path))
		case check:
		default:
			if err := os.WriteFile(f.Path, f.Contents, 0o666); err != nil {
				return err
			}
		}
	}
	if size > most {
		return fmt.Errorf("the bundle has %d bytes, more than %d", size, most)
	}
	return nil
}
