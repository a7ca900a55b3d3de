package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/preview"
	"github.com/dashgen/dashgen/internal/remote"
	"github.com/dashgen/dashgen/schema"
)

func newPreview() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "preview [packages]",
		Short: "Show the dashboards and alerts in a browser, before anything runs",
		Long: `Preview scans the packages (default ./...) and serves a page with the boards that generate
would write, drawn over simulated values: each metric moves as its kind does, with the
label values that the source shows. It shows every alert with what it compares, every
metric with where it is defined, and what lint finds, on the panel that it concerns; also in the
files that inputs: in dashgen.yaml names. Nothing is written, and nothing else needs to run.

When a file of the source or the configuration is saved, the page changes within a second.
With --fault the scenario that makes one alert fire is played.

With --target it scrapes a running program itself, each second, and keeps an hour in memory, and
longer what alerts and panels look back at: dashboards and alerts with no Prometheus and no
Grafana. It reads the text format, OpenMetrics, and protobuf with native histograms; an answer
of more than 16 MiB or 20,000 series is left out, and the page says so. With --prometheus it
asks a server. The token for that is read from ` + tokenVariable + `.

The page is reached from this machine only, unless --listen says otherwise, and loads
nothing from elsewhere.`,
		Example: `  dashgen preview ./...
  dashgen preview --fault HighErrorRate ./...
  dashgen preview --target http://localhost:8080/metrics ./cmd/shop
  dashgen preview --prometheus http://prometheus:9090 ./...`,
	}
	var opts previewOptions
	f := cmd.Flags()
	f.StringVar(&opts.listen, "listen", "127.0.0.1:7070", "serve the page at this `address`; where the port is taken, at the next free one")
	opts.feedFlags(cmd)
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		return opts.serve(cmd, flags.of(patterns))
	}
	return cmd
}

// previewOptions are the flags of preview.
type previewOptions struct {
	listen     string
	simulate   preview.SimulateOptions
	scrape     preview.ScrapeOptions
	prometheus string
}

// feedFlags adds the flags that say where the values come from.
func (o *previewOptions) feedFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.simulate.Fault, "fault", "", "play the scenario that makes this `alert` fire")
	f.Uint64Var(&o.simulate.Seed, "seed", 1, "of the simulation: another `number` gives other values")
	f.StringArrayVar(&o.scrape.Targets, "target", nil, "scrape this `address` and show its values; may be repeated")
	f.DurationVar(&o.scrape.Every, "interval", time.Second, "between scrapes of --target")
	f.StringVar(&o.prometheus, "prometheus", "", "show the values of the Prometheus server at this `address`")
}

// feed returns where the values come from.
func (o *previewOptions) feed() (preview.Feed, error) {
	switch {
	case o.prometheus != "" && len(o.scrape.Targets) > 0:
		return nil, usageError{errors.New("--target scrapes itself, --prometheus asks a server: give one of them")}
	case o.simulate.Fault != "" && (o.prometheus != "" || len(o.scrape.Targets) > 0):
		return nil, usageError{errors.New("--fault is played over simulated values: give neither --target nor --prometheus with it")}
	case len(o.scrape.Targets) > 0:
		if o.scrape.Every < 100*time.Millisecond {
			return nil, usageError{fmt.Errorf("--interval %v is shorter than 100ms", o.scrape.Every)}
		}
		return preview.Scrape(o.scrape), nil
	case o.prometheus != "":
		server, err := remote.New(o.prometheus, os.Getenv(tokenVariable))
		if err != nil {
			return nil, usageError{err}
		}
		return preview.Ask(server, o.prometheus), nil
	}
	return preview.Simulate(o.simulate), nil
}

// servingGC is gcPercent of a command that goes on: it is to be small, not quick.
const servingGC = 60

// serve shows the programs until it is interrupted.
func (o *previewOptions) serve(cmd *cobra.Command, opts build.Options) error {
	ctx := cmd.Context()
	listener, err := listenNear(o.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	feed, err := o.feed()
	if err != nil {
		return err
	}
	debug.SetGCPercent(servingGC)
	watch := newWatcher(".")
	programs, err := previewed(cmd, opts)
	if err != nil {
		return err
	}
	server := preview.New(feed)
	if err := server.Show(ctx, programs); err != nil {
		return err
	}
	address := listener.Addr().String()
	fmt.Fprintf(cmd.OutOrStdout(), "http://%s/\n", address)
	web := &http.Server{Handler: server.Handler(address), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { web.Close() })
	go watch.run(ctx, func() {
		programs, err := previewed(cmd, opts)
		if err == nil {
			err = server.Show(ctx, programs)
		}
		if err != nil && ctx.Err() == nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "dashgen: %v\n", err)
			server.Fail(err)
		}
	})
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the preview: %w", err)
	}
	return nil
}

// previewed builds what is shown.
func previewed(cmd *cobra.Command, opts build.Options) ([]preview.Program, error) {
	opts.Unproved = true
	all, err := buildAll(cmd, opts)
	if err != nil {
		return nil, err
	}
	found, _, err := lintBuilt(cmd.Context(), opts, all, config.Inputs{}, repositoryBase())
	if err != nil {
		return nil, err
	}
	var programs []preview.Program
	for i, res := range all {
		if last := len(all) - 1; i == last {
			found[i] = slices.Concat(found[i:]...)
		}
		programs = append(programs, preview.Program{
			Config: res.Config, Schema: res.Schema, Signals: res.Signals, Groups: res.Groups, Boards: res.Boards, Findings: withoutStale(found[i]),
		})
	}
	sayBlocked(cmd.ErrOrStderr(), all)
	return programs, nil
}

// withoutStale leaves out that files are not as generate would write them: nobody has asked
// for them to be.
func withoutStale(findings []schema.Finding) []schema.Finding {
	var list []schema.Finding
	for _, f := range findings {
		if f.Check != "stale-output" {
			list = append(list, f)
		}
	}
	return list
}

// sayBlocked says that something declared is missing from what is shown.
func sayBlocked(w io.Writer, all []*build.Result) {
	for _, res := range all {
		if res.Blocked {
			fmt.Fprintf(w, "dashgen: %s has errors, and what they are about is missing: see the page's findings\n", res.Config.Name)
		}
	}
}

// nearby is how many ports are tried where one is taken.
const nearby = 20

// listenNear listens at an address, or at one of the next ports where that is taken.
func listenNear(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, usageError{fmt.Errorf("--listen %s: %w", address, err)}
	}
	first, err := net.LookupPort("tcp", port)
	if err != nil {
		return nil, usageError{fmt.Errorf("--listen %s: %w", address, err)}
	}
	var failed error
	for i := range nearby {
		l, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(first+i)))
		if err == nil {
			return l, nil
		}
		if failed = err; first == 0 || !isTaken(err) {
			break
		}
	}
	return nil, fmt.Errorf("serve the preview: %w", failed)
}

func isTaken(err error) bool {
	var sys *os.SyscallError
	return errors.As(err, &sys) && sys.Syscall == "bind"
}
