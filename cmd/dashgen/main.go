package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/schema"
)

func main() {
	collectLate(1 << 30)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second interrupt kills
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// collectLate keeps the garbage collector from running until that many bytes are in use: a
// scan keeps nearly all that it allocates, and collecting it costs a third of the time. From
// then on it runs as always. It does nothing where the environment says how it is to run.
func collectLate(size int64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(size)
	runtime.AddCleanup(&struct{ next *int }{}, func(int) { // with the first collection
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
	}, 0)
}

// Exit statuses.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitFindings = 3
)

// errFindings says that findings were printed and that they fail the command.
var errFindings = errors.New("findings")

// A usageError is a wrong command line.
type usageError struct{ error }

// run executes a command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if asVetTool(args) {
		return vet(ctx, args, stdout, stderr)
	}
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var damaged schema.ParseErrors
	var unlisted goError
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &damaged):
		if err := printFindings(stderr, damaged.Findings()); err != errFindings {
			return exitFailed
		}
		return exitFindings
	case errors.As(err, &unlisted):
		if err := printFindings(stderr, []schema.Finding{unlisted.Finding}); err != errFindings {
			return exitFailed
		}
		return exitFindings
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "dashgen: %v\nRun 'dashgen --help' for usage.\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "dashgen: %v\n", err)
	return exitFailed
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "dashgen",
		Short: "Dashboards and alerts from the metrics that Go code defines",
		Long: `dashgen reads the metrics that Go code defines, keeps them in metrics.json,
and writes the Grafana dashboards and Prometheus rules that watch them.

As a vet tool, go vet -vettool=$(which dashgen) ./..., it scans each package by itself, as
the go command has compiled it. Names that other packages give, and the rules of
dashgen.yaml, are told by 'dashgen scan' only. With -json -metrics it prints the metrics.

Exit status: 0 fine, 1 failed, 2 wrong usage, 3 findings.`,
		Example: `  dashgen init                  # dashgen.yaml, go:generate line, pre-commit hook, CI workflow
  dashgen generate ./...        # write metrics.json, dashboards/ and rules/
  dashgen lint ./...            # check everything, generated files among them
  dashgen scan --format=json ./cmd/shop`,
		SuggestionsMinimumDistance: 2,

		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	dir := root.PersistentFlags().StringP("chdir", "C", "", "change to `folder` before doing anything")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if *dir == "" {
			return nil
		}
		if err := os.Chdir(*dir); err != nil {
			return usageError{err}
		}
		return nil
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, sub := range []func() *cobra.Command{
		newAccept, newConfig, newDiff, newEvaluate, newExplain, newGenerate, newInit, newLint, newPicture, newPreview, newPush, newScan, newStack, newStatus, newTest, newTop, newVerify, newVersion,
	} {
		root.AddCommand(sub())
	}
	return root
}

// noCommand refuses a subcommand that there is not.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("; did you mean %q?", near[0])
	}
	return usageError{fmt.Errorf("no command %q%s", args[0], hint)}
}

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s takes no argument %q", cmd.CommandPath(), args[0])}
	}
	return nil
}
