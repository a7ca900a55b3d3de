package stack

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite testdata")

// The files of a stack are those in testdata.
func TestFiles(t *testing.T) {
	programs := []Program{{Name: "shop", Out: ".."}, {Name: "Order Worker", Job: "worker", Out: "../worker", Targets: []string{"localhost:9100"}, Native: true}}
	for name, s := range map[string]*Stack{
		"local":      {Programs: programs[:1], Home: "shop-overview"},
		"production": {Programs: programs, Scrape: 30 * time.Second, Retention: 48 * time.Hour, Logs: true, Production: true},
	} {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(files, yours(t, s))
		for file, data := range files {
			golden := filepath.Join("testdata", name, filepath.FromSlash(strings.ReplaceAll(file, ".gitignore", "gitignore")))
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(want) != string(data) {
				t.Errorf("%s is not as it was (%v); look at what -update changes:\n%s", golden, err, data)
			}
		}
	}
}

func yours(t *testing.T, s *Stack) map[string][]byte {
	t.Helper()
	files, err := s.Yours()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// onPath skips a test where a program is missing that Debian's packages prometheus and
// prometheus-alertmanager have.
func onPath(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("needs %s: apt-get install prometheus prometheus-alertmanager", name)
		}
	}
}

// A stack of processes: the target is up, the rule is loaded, and its alert arrives at
// Alertmanager.
func TestNative(t *testing.T) {
	onPath(t, "prometheus", "prometheus-alertmanager")
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "# TYPE shop_queue_length gauge\nshop_queue_length 7")
	}))
	t.Cleanup(shop.Close)
	out, dir := t.TempDir(), t.TempDir()
	put(t, filepath.Join(out, "rules", "shop.rules.yaml"), "groups: [{name: shop, rules: [{alert: QueueLong, expr: shop_queue_length > 5}]}]\n")
	s := &Stack{Scrape: time.Second, Programs: []Program{{Name: "shop", Out: filepath.ToSlash(out), Targets: []string{strings.TrimPrefix(shop.URL, "http://")}, Native: true}}}
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range []map[string][]byte{files, yours(t, s)} {
		for name, data := range group {
			put(t, filepath.Join(dir, filepath.FromSlash(name)), string(data))
		}
	}
	for name := range defaultPorts {
		t.Setenv(strings.ToUpper(name)+"_PORT", freePort(t))
	}
	t.Setenv("GF_PATHS_HOME", "")
	say := &strings.Builder{}
	n, err := s.Native(dir, say)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Stop(dir) })
	if err := n.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := n.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "runs already") {
		t.Errorf("a second start: %v", err)
	}
	var alerts []struct {
		Labels map[string]string `json:"labels"`
	}
	for deadline := time.Now().Add(20 * time.Second); len(alerts) == 0 && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		get(t, n.service("alertmanager").URL()+"/api/v2/alerts", &alerts)
	}
	if len(alerts) != 1 || alerts[0].Labels["alertname"] != "QueueLong" || alerts[0].Labels["job"] != "shop" {
		t.Errorf("Alertmanager has %v; the stack said\n%s", alerts, say)
	}
	if err := Stop(dir); err != nil {
		t.Error(err)
	}
	if left := Running(dir); len(left) > 0 {
		t.Errorf("%v still run", left)
	}
}

// A service that does not start is an error with its last words, and nothing is left running.
func TestNativeBroken(t *testing.T) {
	onPath(t, "prometheus", "prometheus-alertmanager")
	dir := t.TempDir()
	put(t, filepath.Join(dir, "alertmanager", "alertmanager.yml"), "route: {receiver: nobody}\n")
	for name := range defaultPorts {
		t.Setenv(strings.ToUpper(name)+"_PORT", freePort(t))
	}
	n, err := (&Stack{}).Native(dir, &strings.Builder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Start(t.Context()); err == nil || !strings.Contains(err.Error(), `undefined receiver \"nobody\"`) {
		t.Errorf("got %v", err)
	}
	if left := Running(dir); len(left) > 0 {
		t.Errorf("%v still run", left)
	}
}

// Ports are those of .env, which the environment overrides; a taken one is named before
// anything starts.
func TestPorts(t *testing.T) {
	onPath(t, "prometheus")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".env"), "# PROMETHEUS_PORT=1\nPROMETHEUS_PORT="+port+"\nALERTMANAGER_PORT=0\n")
	t.Setenv("ALERTMANAGER_PORT", "")
	if _, err := Ports(dir); err == nil || !strings.Contains(err.Error(), "ALERTMANAGER_PORT=0 is no port") {
		t.Errorf("got %v", err)
	}
	t.Setenv("ALERTMANAGER_PORT", freePort(t))
	n, err := (&Stack{}).Native(dir, &strings.Builder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "127.0.0.1:"+port+" is taken: set PROMETHEUS_PORT") {
		t.Errorf("got %v", err)
	}
}

// A process that runs under a number that a service had is not taken for it.
func TestRunning(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, runFolder, "prometheus.pid"), fmt.Sprintf("%d http://127.0.0.1:9090\n", os.Getpid()))
	if got := Running(dir); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func put(t *testing.T, file, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string, into any) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
