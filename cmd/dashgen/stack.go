package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/stack"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/schema"
)

func newStack() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stack [packages]",
		Short: "Write a monitoring stack that shows the dashboards, and run it",
		Long: `Stack does what generate does, and writes a folder with a monitoring stack for Docker Compose:
Prometheus, Alertmanager and Grafana, and Loki with Grafana Alloy where a dashboard shows logs.
Grafana shows the dashboards and Prometheus loads the rules from the folders that generate
writes, so what is generated later is there by itself. Image tags are pinned, ports are
published on the loopback address only, and Grafana asks for no login.

With --production only Grafana is published, over HTTPS and with a login; passwords, keys and
the receiver of alerts are read from files in secrets/; containers have no privileges and
read-only root file systems.

Targets (prometheus/targets/), receivers (alertmanager/alertmanager.yml) and ports (.env) are
written once, and are yours from then on. Where outputs: has alertmanager, receivers begin with
the routes by severity that are generated. Of several programs the stack has those that are
named and all that were generated before.

Writing starts no program but the go command. Only 'stack up', 'down' and 'status' start others:
docker, or prometheus, alertmanager and grafana from PATH. They run nothing of the scanned
repository, and dashgen downloads nothing for them, also not on request: docker pulls the images,
and without it the programs come from where this machine's packages do.`,
		Example: `  dashgen stack --target localhost:9100 ./...
  dashgen stack up --detach
  dashgen stack status
  dashgen stack down`,
	}
	folder := cmd.PersistentFlags().String("folder", "", "`folder` of the stack; default: stack in the output folder")
	targets := cmd.Flags().StringArray("target", nil, "`host:port` where the program serves /metrics, as seen from this machine (repeatable); of several programs PROGRAM=host:port")
	production := cmd.Flags().Bool("production", false, "write the stack for a server, not for this machine")
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		all, err := buildAll(cmd, flags.of(patterns))
		if err != nil {
			return err
		}
		dir, cfg, err := stackFolder(*folder)
		if err != nil {
			return err
		}
		s, err := planStack(all, cfg, dir, *targets)
		if err != nil {
			return err
		}
		s.Production = *production
		found := writeAll(cmd, all)
		if found != nil && found != errFindings || slices.ContainsFunc(all, func(res *build.Result) bool { return res.Blocked }) {
			return found
		}
		if err := writeStack(cmd, s, dir, ownerOf(cfg, dir), len(*targets) > 0); err != nil {
			return err
		}
		return found
	}
	cmd.AddCommand(newStackUp(folder), newStackDown(folder), newStackStatus(folder))
	return cmd
}

// stackFolder returns the folder of the stack.
func stackFolder(given string) (string, *config.Config, error) {
	cfg, findings, err := build.Config()
	if err != nil {
		return "", nil, err
	}
	for _, f := range findings {
		if f.Fails() {
			return "", nil, fmt.Errorf("find the stack: %s: %s", f.Pos, f.Message)
		}
	}
	if given != "" {
		return given, cfg, nil
	}
	return filepath.Join(build.OutFolder(cfg), "stack"), cfg, nil
}

// stackOf describes the stack of programs, as far as their configuration says it.
func stackOf(cfgs []*config.Config, dir string) (*stack.Stack, error) {
	s := &stack.Stack{}
	from, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for _, cfg := range cfgs {
		out, err := filepath.Abs(build.OutFolder(cfg))
		if err != nil {
			return nil, err
		}
		if rel, err := filepath.Rel(from, out); err == nil {
			out = rel
		}
		s.Scrape, s.Evaluation, s.Retention = cfg.Intervals.Scrape, cfg.Intervals.Evaluation, cfg.Retention
		s.Programs = append(s.Programs, stack.Program{Name: cfg.Name, Job: cfg.Job, Out: filepath.ToSlash(out)})
	}
	return s, nil
}

// hasNative reports whether a program has native histograms.
func hasNative(s *schema.Schema) bool {
	return slices.ContainsFunc(s.Metrics, func(m *schema.Metric) bool { return m.Live() && m.Native != nil })
}

// showsLogs reports whether a board asks Loki.
func showsLogs(boards []plan.Board) bool {
	for _, b := range boards {
		for _, r := range b.Rows {
			for _, p := range r.Panels {
				if slices.ContainsFunc(p.Queries, func(q plan.Query) bool { return q.Datasource == "loki" }) {
					return true
				}
			}
		}
	}
	return false
}

// planStack describes the stack of all programs that are configured: those that were built, and
// of the others those that were generated before.
func planStack(all []*build.Result, cfg *config.Config, dir string, targets []string) (*stack.Stack, error) {
	built := map[string]*build.Result{}
	for _, res := range all {
		built[res.Config.Name] = res
	}
	var cfgs []*config.Config
	for _, one := range cfg.ByProgram() {
		if res := built[one.Name]; res != nil {
			cfgs = append(cfgs, res.Config)
		} else if _, err := os.Stat(filepath.Join(build.OutFolder(one), "metrics.json")); err == nil {
			cfgs = append(cfgs, one)
		}
	}
	if len(cfgs) < len(all) { // what was built has another name than what is configured
		cfgs = nil
		for _, res := range all {
			cfgs = append(cfgs, res.Config)
		}
	}
	s, err := stackOf(cfgs, dir)
	if err != nil {
		return nil, err
	}
	for i, one := range cfgs {
		if res := built[one.Name]; res != nil {
			err = addBuilt(s, i, res)
		} else {
			err = addGenerated(s, i, build.OutFolder(one), dir)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, takeTargets(s, targets)
}

const alertmanagerFile = "alertmanager/alertmanager.yml"

// addBuilt says of a stack's program what was built of it.
func addBuilt(s *stack.Stack, i int, res *build.Result) error {
	s.Logs = s.Logs || showsLogs(res.Boards)
	s.Programs[i].Native = hasNative(res.Schema)
	if i == 0 && len(res.Boards) > 0 {
		s.Home = res.Boards[0].UID
	}
	if data := res.Tree.Data(alertmanagerFile); data != nil {
		s.Alertmanager = append(s.Alertmanager, data)
	}
	return nil
}

// homeBoard finds the board that Grafana opens with in compose.yaml.
var homeBoard = regexp.MustCompile(`GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: "[^"]*/([^/"]+)\.json"`)

// addGenerated says of a stack's program what was generated before into a folder; the stack in
// dir opens with the board that it did.
func addGenerated(s *stack.Stack, i int, out, dir string) error {
	memory, _, err := build.Memory(out)
	if err != nil {
		return err
	}
	s.Programs[i].Native = hasNative(memory)
	boards, err := filepath.Glob(filepath.Join(out, "dashboards", "*.json"))
	if err != nil {
		return err
	}
	for _, file := range boards {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		s.Logs = s.Logs || bytes.Contains(data, []byte(`"type": "loki"`))
	}
	if compose, err := os.ReadFile(filepath.Join(dir, "compose.yaml")); err == nil && i == 0 {
		if m := homeBoard.FindSubmatch(compose); m != nil {
			s.Home = string(m[1])
		}
	}
	if data, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(alertmanagerFile))); err == nil {
		s.Alertmanager = append(s.Alertmanager, data)
	}
	return nil
}

// writeStack writes the files of a stack; targets says that the command line gives some.
func writeStack(cmd *cobra.Command, s *stack.Stack, dir, owner string, targets bool) error {
	files, err := s.Files()
	if err != nil {
		return err
	}
	var t tree.Tree
	if err := t.Add(files); err != nil {
		return err
	}
	t.Own(owner)
	changed, err := t.Write(dir)
	if err != nil {
		return err
	}
	printChanges(cmd.OutOrStdout(), dir, changed)
	yours, err := s.Yours()
	if err != nil {
		return err
	}
	if err := writeOnce(cmd, dir, yours, targets); err != nil {
		return err
	}
	sayMissingSecrets(cmd.OutOrStdout(), dir)
	return nil
}

// ownerOf returns the path of the configuration as seen from the stack's folder.
func ownerOf(cfg *config.Config, dir string) string {
	rel, err := filepath.Rel(dir, filepath.FromSlash(cfg.File))
	if cfg.File == "" || err != nil {
		return ""
	}
	return filepath.ToSlash(rel)
}

// takeTargets gives the programs the targets of the command line.
func takeTargets(s *stack.Stack, targets []string) error {
	for _, target := range targets {
		name, address, named := strings.Cut(target, "=")
		if !named {
			name, address = s.Programs[0].Name, target
		}
		i := slices.IndexFunc(s.Programs, func(p stack.Program) bool { return p.Name == name })
		switch {
		case !named && len(s.Programs) > 1:
			return usageError{fmt.Errorf("--target %s: there are several programs: write %s=%s", target, s.Programs[0].Name, target)}
		case i < 0:
			return usageError{fmt.Errorf("--target %s: there is no program %s", target, name)}
		case strings.Contains(address, "/") || !strings.Contains(address, ":"):
			return usageError{fmt.Errorf("--target %s: write it as host:port; a path is a label of %s", target, stack.TargetsFile(name))}
		}
		s.Programs[i].Targets = append(s.Programs[i].Targets, address)
	}
	return nil
}

// writeOnce writes the files that are not there yet. Targets that the command line gives are
// written anew.
func writeOnce(cmd *cobra.Command, dir string, files map[string][]byte, targets bool) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		_, err := os.Lstat(file)
		there := !errors.Is(err, fs.ErrNotExist)
		if there && !(targets && strings.HasPrefix(name, "prometheus/targets/")) {
			continue
		}
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, files[name]) {
			continue
		}
		if err := tree.Replace(file, files[name]); err != nil {
			return fmt.Errorf("write %s: %w", file, err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-8s %s (yours)\n", map[bool]string{true: "changed", false: "new"}[there], filepath.ToSlash(file))
	}
	return nil
}

// missingSecrets returns the secrets that a production stack lacks.
func missingSecrets(dir string) []string {
	if !isProduction(dir) {
		return nil
	}
	var list []string
	for _, secret := range stack.Secrets {
		if _, err := os.Stat(filepath.Join(dir, "secrets", secret.Name)); err != nil {
			list = append(list, secret.Name)
		}
	}
	return list
}

func isProduction(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "compose.yaml"))
	return err == nil && bytes.Contains(data, []byte("\nsecrets:\n"))
}

func sayMissingSecrets(out io.Writer, dir string) {
	missing := missingSecrets(dir)
	for _, secret := range stack.Secrets {
		if slices.Contains(missing, secret.Name) {
			fmt.Fprintf(out, "missing  %s: %s\n", filepath.ToSlash(filepath.Join(dir, "secrets", secret.Name)), secret.Doc)
		}
	}
}

func newStackUp(folder *string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the stack",
		Long: `Up starts the stack with docker compose. Where Docker does not run, or with --native, it starts
prometheus, alertmanager (or prometheus-alertmanager) and grafana as they are on PATH, on
loopback ports, with data and logs in the stack's folder .run; what is missing is said and
left out. It goes on until it is interrupted; with --detach it returns once all are ready.`,
		Args: noArgs,
	}
	detach := cmd.Flags().Bool("detach", false, "return once the services are ready")
	natively := cmd.Flags().Bool("native", false, "start programs of this machine, not containers")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		dir, cfg, err := stackThere(*folder)
		if err != nil {
			return err
		}
		if missing := missingSecrets(dir); len(missing) > 0 {
			sayMissingSecrets(cmd.ErrOrStderr(), dir)
			return fmt.Errorf("run the stack: %s missing", count(len(missing), "secret"))
		}
		if !*natively {
			compose, err := dockerCompose(cmd.Context())
			if err == nil {
				args := []string{"up"}
				if *detach {
					args = append(args, "--detach", "--wait")
				}
				return runCompose(cmd, compose, dir, args...)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "dashgen: %v: starting programs of this machine\n", err)
		}
		return upNative(cmd, dir, cfg, *detach)
	}
	return cmd
}

// stackThere returns the folder of a stack that was written.
func stackThere(given string) (string, *config.Config, error) {
	dir, cfg, err := stackFolder(given)
	if err != nil {
		return "", nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "compose.yaml")); err != nil {
		return "", nil, fmt.Errorf("there is no stack in %s: write it with dashgen stack ./...", dir)
	}
	return dir, cfg, nil
}

// dockerCompose returns the command of Docker Compose. The error says why there is none.
func dockerCompose(ctx context.Context) ([]string, error) {
	docker, err := exec.LookPath("docker")
	if err != nil {
		return nil, errors.New("there is no docker on PATH")
	}
	if out, err := exec.CommandContext(ctx, docker, "version", "--format", "{{.Server.Version}}").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("docker does not run (%s)", firstLine(out))
	}
	if exec.CommandContext(ctx, docker, "compose", "version").Run() == nil {
		return []string{docker, "compose"}, nil
	}
	if compose, err := exec.LookPath("docker-compose"); err == nil {
		return []string{compose}, nil
	}
	return nil, errors.New("docker has no compose")
}

func firstLine(out []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

// runCompose runs Docker Compose over the files of a stack.
func runCompose(cmd *cobra.Command, compose []string, dir string, args ...string) error {
	run := exec.CommandContext(cmd.Context(), compose[0], slices.Concat(compose[1:], args)...)
	run.Dir = dir // where it finds compose.yaml, compose.override.yaml and .env
	run.Stdin, run.Stdout, run.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	if err := run.Run(); err != nil && cmd.Context().Err() == nil {
		return fmt.Errorf("%s %s: %w", strings.Join(compose, " "), args[0], err)
	}
	return nil
}

// upNative starts the stack from PATH.
func upNative(cmd *cobra.Command, dir string, cfg *config.Config, detach bool) error {
	if isProduction(dir) {
		return errors.New("run the stack: one for production runs in containers only")
	}
	s, err := stackOf(cfg.ByProgram(), dir)
	if err != nil {
		return err
	}
	for i, one := range cfg.ByProgram() {
		memory, _, err := build.Memory(build.OutFolder(one))
		if err != nil {
			return err
		}
		s.Programs[i].Native = hasNative(memory)
	}
	if _, err := os.Stat(filepath.Join(dir, "loki")); err == nil {
		fmt.Fprintf(cmd.OutOrStdout(), "%-13s left out: runs in containers only, so panels with logs are empty\n", "loki, alloy")
	}
	n, err := s.Native(dir, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	if err := n.Start(cmd.Context()); err != nil {
		return err
	}
	if detach {
		return nil
	}
	fmt.Fprintln(cmd.OutOrStdout(), "interrupt to stop")
	return errors.Join(n.Wait(cmd.Context()), stack.Stop(dir))
}

func newStackDown(folder *string) *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "Stop the stack",
		Long:  "Down stops what up started. Data stays: in the stack's folder .run, or in Docker's volumes.",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, _, err := stackThere(*folder)
			if err != nil {
				return err
			}
			running := stack.Running(dir)
			if err := stack.Stop(dir); err != nil {
				return err
			}
			for _, p := range running {
				fmt.Fprintf(cmd.OutOrStdout(), "%-13s stopped\n", p.Name)
			}
			compose, err := dockerCompose(cmd.Context())
			switch {
			case err == nil:
				return runCompose(cmd, compose, dir, "down")
			case len(running) == 0:
				fmt.Fprintln(cmd.OutOrStdout(), "nothing runs")
			}
			return nil
		},
	}
}
