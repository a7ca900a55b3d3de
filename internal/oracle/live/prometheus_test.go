//go:build live

package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

var systems = []string{"kaizen", "kimberlite", "prism", "theblock", "zerostate"}

// startSystems builds the five systems and runs them on loopback until the test ends.
func startSystems(t *testing.T) []*program {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	bin := t.TempDir()
	var all []*program
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin+string(filepath.Separator))
	build.Dir = root
	for _, name := range systems {
		build.Args = append(build.Args, "./testdata/systems/"+name)
	}
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the systems: %v\n%s", err, out)
	}
	for _, name := range systems {
		p := &program{name: name, address: freeAddress(t), dir: filepath.Join(root, "generated", name)}
		start(t, filepath.Join(bin, name), "-addr", p.address)
		all = append(all, p)
	}
	return all
}

// freeAddress returns a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs a command until the test ends.
func start(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	log := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		err := cmd.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() > 0 {
			t.Errorf("%s: %v\n%s", filepath.Base(name), err, log)
		}
	})
}

// A server is a running Prometheus.
type server struct {
	v1.API
	url string
	now time.Time // when it is asked; set by the first question
}

// startPrometheus runs Prometheus over the programs, with their generated rules.
func startPrometheus(t *testing.T, all []*program) *server {
	t.Helper()
	dir := t.TempDir()
	config := &strings.Builder{}
	fmt.Fprintf(config, "global: {scrape_interval: %[1]s, evaluation_interval: %[1]s}\nrule_files:\n", model.Duration(scrapeInterval))
	for _, p := range all {
		rules, err := filepath.Abs(filepath.Join(p.dir, "rules", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(config, "  - %q\n", rules)
	}
	config.WriteString("scrape_configs:\n")
	for _, p := range all {
		fmt.Fprintf(config, "  - {job_name: %q, static_configs: [{targets: [%q]}]}\n", p.name, p.address)
	}
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	start(t, "prometheus", "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address, "--log.level=warn")
	ready(t, "http://"+address+"/-/ready")
	client, err := api.NewClient(api.Config{Address: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	return &server{API: v1.NewAPI(client), url: "http://" + address}
}

// ready waits until an address answers well.
func ready(t *testing.T, url string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		resp, err := http.Get(url)
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatalf("%s does not answer", url)
}

// asked is how much an expression returns: series that have a number, series that have none
// but NaN.
type asked struct{ numbers, nans int }

// query asks as a panel does: for the two minutes that there are, or for now.
func (s *server) query(ctx context.Context, expr string, instant bool) (asked, error) {
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	var a asked
	if instant {
		v, _, _, err := s.Query(ctx, expr, s.now)
		if err != nil {
			return a, err
		}
		switch v := v.(type) {
		case model.Vector:
			for _, sample := range v {
				a.add(sample.Histogram != nil || !math.IsNaN(float64(sample.Value)))
			}
		case *model.Scalar:
			a.add(!math.IsNaN(float64(v.Value)))
		}
		return a, nil
	}
	v, _, _, err := s.QueryRange(ctx, expr, v1.Range{Start: s.now.Add(-wait), End: s.now, Step: scrapeInterval})
	if err != nil {
		return a, err
	}
	for _, series := range v.(model.Matrix) {
		number := len(series.Histograms) > 0
		for _, sample := range series.Values {
			number = number || !math.IsNaN(float64(sample.Value))
		}
		a.add(number)
	}
	return a, nil
}

func (a *asked) add(number bool) {
	if number {
		a.numbers++
	} else {
		a.nans++
	}
}

// checkRules fails the test where a rule could not be evaluated or an alert fires.
func (s *server) checkRules(t *testing.T) {
	t.Helper()
	res, err := s.Rules(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	alerts, records, pending := 0, 0, []string(nil)
	for _, g := range res.Groups {
		for _, r := range g.Rules {
			switch r := r.(type) {
			case v1.AlertingRule:
				alerts++
				if r.Health != v1.RuleHealthGood {
					t.Errorf("alert %s is %s: %s", r.Name, r.Health, r.LastError)
				}
				switch r.State {
				case string(v1.AlertStateFiring):
					t.Errorf("alert %s fires: %s", r.Name, r.Query)
				case string(v1.AlertStatePending):
					pending = append(pending, r.Name)
				}
			case v1.RecordingRule:
				records++
				if r.Health != v1.RuleHealthGood {
					t.Errorf("recording rule %s is %s: %s", r.Name, r.Health, r.LastError)
				}
			}
		}
	}
	fmt.Printf("%d alerts and %d recording rules evaluated; pending: %s\n", alerts, records, strings.Join(pending, ", "))
	if alerts == 0 {
		t.Error("no alert is loaded")
	}
}
