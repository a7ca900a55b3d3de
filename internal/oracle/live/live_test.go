//go:build live

// Package live runs what dashgen generates on a real Prometheus: the five example systems,
// scraped for two minutes with their generated rules loaded, and every query of every panel
// as Grafana sends it.
//
// It takes about two and a half minutes, nearly all of them waiting, and is no part of the
// suite. Run it, with Debian's prometheus installed, with
//
//	go test -tags live -v ./internal/oracle/live
//
// and for other programs, which run already, with
//
//	go test -tags live -v ./internal/oracle/live -args -program=shop,127.0.0.1:8080,/path/to/monitoring
package live

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dashgen/dashgen/schema"
)

const (
	scrapeInterval = 5 * time.Second
	wait           = 2 * time.Minute
	enough         = 0.99 // of the panels that wait for no event show something
)

// A program is one to be scraped, with what was generated for it.
type program struct {
	name, address, dir string

	schema *schema.Schema
	boards []*board
}

// programs are those of -program; none: the five systems.
type programs []*program

func (ps *programs) String() string { return "" }

func (ps *programs) Set(s string) error {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return fmt.Errorf("want JOB,HOST:PORT,FOLDER, got %s", s)
	}
	*ps = append(*ps, &program{name: parts[0], address: parts[1], dir: parts[2]})
	return nil
}

var given programs

func init() {
	flag.Var(&given, "program", "scrape this `job,host:port,folder` instead of the five systems; may be repeated")
}

func TestLive(t *testing.T) {
	all := given
	if len(all) == 0 {
		all = startSystems(t)
	}
	for _, p := range all {
		p.read(t)
	}
	server := startPrometheus(t, all)
	time.Sleep(wait)

	var shown, due, waiting int
	for _, p := range all {
		r := server.ask(t, p)
		fmt.Printf("%-14s %s\n", p.name, r.counts())
		for _, line := range r.lines {
			fmt.Printf("\t%s\n", line)
		}
		shown, due, waiting = shown+r.shown, due+r.due, waiting+r.waiting
	}
	fmt.Printf("%d of %d panels show something (%.1f%%); %d more wait for an event\n", shown, due, 100*float64(shown)/float64(due), waiting)
	if float64(shown) < enough*float64(due) {
		t.Errorf("%d of %d panels show something, want %g%%", shown, due, 100*enough)
	}
	server.checkRules(t)
	server.checkFinds(t, all)
	if len(given) == 0 {
		server.checkPreview(t, "kimberlite")
	}
}

// read reads what was generated for a program.
func (p *program) read(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, "metrics.json"))
	if err != nil {
		t.Fatal(err)
	}
	if p.schema, err = schema.Parse("metrics.json", data); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(p.dir, "dashboards", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no dashboards: %v", p.dir, err)
	}
	slices.Sort(files)
	for _, file := range files {
		p.boards = append(p.boards, readBoard(t, file))
	}
}
