package stack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/bundle"
	"github.com/dashgen/dashgen/internal/tree"
)

// A Native runs a stack as processes of this machine.
type Native struct {
	stack *Stack
	dir   string // absolute
	ports map[string]string
	say   io.Writer

	services []*Service
}

// A Service is one of a stack that runs, or is to run, as a process.
type Service struct {
	Name    string // prometheus, alertmanager or grafana
	Program string // its path; empty: there is none
	Why     string // there is no Program
	Address string // host:port, on the loopback address

	args []string
	env  []string
	done chan struct{} // closed when its process has ended
}

// URL returns the address of a service's page.
func (s *Service) URL() string { return "http://" + s.Address }

// runFolder is where processes have their data, logs and configuration.
const runFolder = ".run"

// names are what programs may be called on PATH, the first that is there.
var names = map[string][]string{
	"prometheus":   {"prometheus"},
	"alertmanager": {"alertmanager", "prometheus-alertmanager"},
	"grafana":      {"grafana", "grafana-server"},
}

// defaultPorts are those that the services have everywhere.
var defaultPorts = map[string]string{"prometheus": "9090", "alertmanager": "9093", "grafana": "3000"}

// Native prepares to run a stack whose files are in a folder. What goes on is told to say.
// Ports are those of the environment, such as PROMETHEUS_PORT, else of the folder's .env. It
// is an error that Prometheus is not on PATH.
func (s *Stack) Native(dir string, say io.Writer) (*Native, error) {
	if !native {
		return nil, errors.New("run the stack: without Docker it runs on Unix only")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("run the stack: %w", err)
	}
	n := &Native{stack: s, dir: dir, say: say}
	if n.ports, err = Ports(dir); err != nil {
		return nil, err
	}
	for _, name := range []string{"alertmanager", "prometheus", "grafana"} {
		service := &Service{Name: name, Address: net.JoinHostPort("127.0.0.1", n.ports[name])}
		for _, file := range names[name] {
			if path, err := exec.LookPath(file); err == nil {
				service.Program = path
				break
			}
		}
		if service.Program == "" {
			service.Why = "not on PATH"
		}
		n.services = append(n.services, service)
	}
	if n.service("prometheus").Program == "" {
		return nil, errors.New("run the stack: there is no prometheus on PATH: install it, or Docker")
	}
	return n, nil
}

// Services returns the services, those without a program among them.
func (n *Native) Services() []*Service { return n.services }

func (n *Native) service(name string) *Service {
	return n.services[slices.IndexFunc(n.services, func(s *Service) bool { return s.Name == name })]
}

// Ports returns the port of each service of the stack in a folder.
func Ports(dir string) (map[string]string, error) {
	data, err := os.ReadFile(filepath.Join(dir, ".env"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read the stack's ports: %w", err)
	}
	written := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(key, "#") {
			written[key] = value
		}
	}
	ports := map[string]string{}
	for name, port := range defaultPorts {
		key := strings.ToUpper(name) + "_PORT"
		ports[name] = cmp.Or(os.Getenv(key), written[key], port)
		if n, err := strconv.Atoi(ports[name]); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%s: %s=%s is no port", filepath.Join(dir, ".env"), key, ports[name])
		}
	}
	return ports, nil
}

// configure writes the configuration of the processes and says how each is started.
func (n *Native) configure(ctx context.Context) error {
	run := filepath.Join(n.dir, runFolder)
	version := versionOf(ctx, n.service("prometheus").Program)
	sheet := n.stack.sheet(place{
		NativeHistograms: version.atLeast(3, 8),
		Prometheus:       n.service("prometheus").Address, Alertmanager: n.service("alertmanager").Address,
		Rules:   func(p *Program) string { return n.folder(p, "rules") },
		Targets: func(p *Program) string { return filepath.Join(n.dir, filepath.FromSlash(TargetsFile(p.Name))) },
	})
	sheet.Logs = false
	files := map[string][]byte{}
	for file, template := range map[string]string{
		"prometheus.yml": "prometheus.yml.tmpl",
		"grafana/provisioning/datasources/dashgen.yaml": "datasources.yaml.tmpl",
	} {
		data, err := execute(template, sheet)
		if err != nil {
			return err
		}
		files[file] = data
	}
	for i := range n.stack.Programs {
		p := &n.stack.Programs[i]
		wrapped, err := bundle.Provisioning(p.Name)
		if err != nil {
			return err
		}
		there, err := quote(n.folder(p, "dashboards"))
		if err != nil {
			return err
		}
		files["grafana/provisioning/dashboards/"+bundle.Folder(p.Name)+".yaml"] = []byte(strings.ReplaceAll(string(wrapped[bundle.DashboardsFile]), "/var/lib/grafana/dashboards/"+bundle.Folder(p.Name), there))
	}
	for name, data := range files {
		if err := tree.Replace(filepath.Join(run, filepath.FromSlash(name)), data); err != nil {
			return fmt.Errorf("configure the stack: %w", err)
		}
	}
	n.startPrometheus(run, version)
	n.startAlertmanager(run)
	n.startGrafana(run)
	return nil
}

// folder returns one of the folders that generate writes for a program.
func (n *Native) folder(p *Program, name string) string {
	if out := filepath.FromSlash(p.Out); filepath.IsAbs(out) {
		return filepath.Join(out, name)
	}
	return filepath.Join(n.dir, filepath.FromSlash(p.Out), name)
}

func (n *Native) startPrometheus(run string, version version) {
	s := n.service("prometheus")
	s.args = []string{
		"--config.file=" + filepath.Join(run, "prometheus.yml"), "--storage.tsdb.path=" + filepath.Join(run, "prometheus"),
		"--storage.tsdb.retention.time=" + duration(cmp.Or(n.stack.Retention, 15*24*time.Hour)),
		"--web.listen-address=" + s.Address, "--web.enable-lifecycle", "--log.level=warn",
	}
	if slices.ContainsFunc(n.stack.Programs, func(p Program) bool { return p.Native }) && !version.atLeast(3, 8) {
		s.args = append(s.args, "--enable-feature=native-histograms")
	}
}

func (n *Native) startAlertmanager(run string) {
	s := n.service("alertmanager")
	s.args = []string{
		"--config.file=" + filepath.Join(n.dir, "alertmanager", "alertmanager.yml"), "--storage.path=" + filepath.Join(run, "alertmanager"),
		"--web.listen-address=" + s.Address, "--cluster.listen-address=", "--log.level=warn",
	}
}

func (n *Native) startGrafana(run string) {
	s := n.service("grafana")
	if s.Program == "" {
		return
	}
	home := grafanaHome(s.Program)
	if home == "" {
		s.Why, s.Program = "its home folder, with conf/defaults.ini, is not found: set GF_PATHS_HOME", ""
		return
	}
	if filepath.Base(s.Program) == "grafana" {
		s.args = []string{"server"}
	}
	s.args = append(s.args, "--homepath="+home)
	data := filepath.Join(run, "grafana")
	s.env = []string{
		"GF_PATHS_DATA=" + filepath.Join(data, "data"), "GF_PATHS_LOGS=" + filepath.Join(data, "log"), "GF_PATHS_PLUGINS=" + filepath.Join(data, "plugins"),
		"GF_PATHS_PROVISIONING=" + filepath.Join(data, "provisioning"),
		"GF_SERVER_HTTP_ADDR=127.0.0.1", "GF_SERVER_HTTP_PORT=" + n.ports["grafana"], "GF_LOG_MODE=console", "GF_LOG_LEVEL=warn",
		"GF_AUTH_ANONYMOUS_ENABLED=true", "GF_AUTH_ANONYMOUS_ORG_ROLE=Editor", "GF_AUTH_BASIC_ENABLED=false", "GF_AUTH_DISABLE_LOGIN_FORM=true",
		"GF_ANALYTICS_REPORTING_ENABLED=false", "GF_ANALYTICS_CHECK_FOR_UPDATES=false", "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false", "GF_NEWS_NEWS_FEED_ENABLED=false",
	}
}

// grafanaHome returns Grafana's home folder: the one of its environment variable, above its
// program, or where packages put it.
func grafanaHome(program string) string {
	if resolved, err := filepath.EvalSymlinks(program); err == nil {
		program = resolved
	}
	above := filepath.Dir(filepath.Dir(program))
	for _, dir := range []string{os.Getenv("GF_PATHS_HOME"), above, filepath.Join(above, "share", "grafana"), "/usr/share/grafana"} {
		if _, err := os.Stat(filepath.Join(dir, "conf", "defaults.ini")); dir != "" && err == nil {
			return dir
		}
	}
	return ""
}

// A version is a program's, 0.0 where it is not known.
type version struct{ major, minor int }

func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

var versionText = regexp.MustCompile(`version (\d+)\.(\d+)\.`)

func versionOf(ctx context.Context, program string) version {
	out, err := exec.CommandContext(ctx, program, "--version").CombinedOutput()
	m := versionText.FindSubmatch(out)
	if err != nil || m == nil {
		return version{}
	}
	major, _ := strconv.Atoi(string(m[1]))
	minor, _ := strconv.Atoi(string(m[2]))
	return version{major, minor}
}

// Start starts the services and waits until each is ready. Where one does not become so, all
// are stopped. They go on when ctx ends, and when this process does: Stop stops them.
func (n *Native) Start(ctx context.Context) error {
	if running := Running(n.dir); len(running) > 0 {
		return fmt.Errorf("run the stack: %s runs already: dashgen stack down", running[0].Name)
	}
	if err := n.configure(ctx); err != nil {
		return err
	}
	if err := n.portsFree(); err != nil {
		return err
	}
	for _, s := range n.services {
		if s.Program == "" {
			fmt.Fprintf(n.say, "%-13s left out: %s\n", s.Name, s.Why)
			continue
		}
		err := n.start(s)
		if err == nil {
			err = n.wait(ctx, s)
		}
		if err != nil {
			return errors.Join(err, Stop(n.dir))
		}
		fmt.Fprintf(n.say, "%-13s %s\n", s.Name, s.URL())
	}
	return nil
}

// portsFree says which port is taken, before anything runs.
func (n *Native) portsFree() error {
	var errs []error
	for _, s := range n.services {
		if s.Program == "" {
			continue
		}
		l, err := net.Listen("tcp", s.Address)
		if err != nil {
			errs = append(errs, fmt.Errorf("run %s: %s is taken: set %s_PORT in %s", s.Name, s.Address, strings.ToUpper(s.Name), filepath.Join(n.dir, ".env")))
			continue
		}
		l.Close()
	}
	return errors.Join(errs...)
}

// start starts a service's process, in a session of its own.
func (n *Native) start(s *Service) error {
	run := filepath.Join(n.dir, runFolder)
	log, err := os.Create(filepath.Join(run, s.Name+".log"))
	if err != nil {
		return fmt.Errorf("run %s: %w", s.Name, err)
	}
	defer log.Close()
	cmd := exec.Command(s.Program, s.args...)
	cmd.Dir = run
	cmd.Env = append(os.Environ(), s.env...)
	cmd.Stdout, cmd.Stderr = log, log
	apart(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run %s: %w", s.Name, err)
	}
	s.done = make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(s.done)
	}()
	return record(run, Process{s.Name, cmd.Process.Pid, s.URL()})
}

// patience is how long a service may take to become ready.
const patience = time.Minute

// wait waits until a service is ready.
func (n *Native) wait(ctx context.Context, s *Service) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if Ready(ctx, s.URL()+ReadyPath(s.Name)) {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("run %s: it ended%s", s.Name, n.lastWords(s))
		case <-ctx.Done():
			return fmt.Errorf("run %s: it is not ready: %w%s", s.Name, context.Cause(ctx), n.lastWords(s))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// lastWords returns the end of what a service has written.
func (n *Native) lastWords(s *Service) string {
	file := filepath.Join(n.dir, runFolder, s.Name+".log")
	data, err := os.ReadFile(file)
	if err != nil || len(data) == 0 {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return ":\n\t" + strings.Join(lines[max(0, len(lines)-3):], "\n\t") + "\n(all of it is in " + file + ")"
}

// ReadyPath returns the path at which a service answers 200 once it is ready.
func ReadyPath(service string) string {
	if service == "grafana" {
		return "/api/health"
	}
	return "/-/ready"
}

// Ready reports whether an address answers 200.
func Ready(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Wait waits until one of the services ends, which is an error, or ctx does.
func (n *Native) Wait(ctx context.Context) error {
	ended := make(chan *Service)
	for _, s := range n.services {
		if s.done != nil {
			go func() {
				select {
				case <-s.done:
					select {
					case ended <- s:
					case <-ctx.Done():
					}
				case <-ctx.Done():
				}
			}()
		}
	}
	select {
	case s := <-ended:
		return fmt.Errorf("%s has ended%s", s.Name, n.lastWords(s))
	case <-ctx.Done():
		return nil
	}
}
