package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/schema"
)

func newAccept() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "accept [packages]",
		Short: "Say what became of metrics: renamed, released, closed",
		Long: `Accept writes into metrics.json what only a person knows, and generates everything anew,
as 'dashgen generate' does.

--rename old=new says that a metric which is gone and one that is new are the same. While
the old name is not closed, a recording rule keeps it, so that queries of others go on
working, and panels show both, so that they lose no history. --until names the day from
which lint makes errors of queries on the old name; --close ends it. There is no recording
rule where type or unit changed with the name.

--release V writes V where metrics.json says that something was deprecated or removed in
"next".`,
		Example: `  dashgen accept --rename shop_orders_total=shop_orders_taken_total --until 2027-03-31 ./...
  dashgen accept --close shop_orders_total
  dashgen accept --release v1.4.0`,
	}
	var a acceptance
	f := cmd.Flags()
	f.StringSliceVar(&a.renames, "rename", nil, "`old=new` names of a metric (repeatable)")
	f.StringVar(&a.until, "until", "", "`day`, as 2027-03-31, until which the old names of --rename stay")
	f.StringSliceVar(&a.close, "close", nil, "old `name` that is not recorded any more (repeatable)")
	f.StringVar(&a.release, "release", "", "`name` of the release that is made")
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		if err := a.valid(); err != nil {
			return usageError{err}
		}
		opts := flags.of(patterns)
		opts.Accept = a.accept
		all, err := buildAll(cmd, opts)
		if err != nil {
			return err
		}
		if err := a.unmet(); err != nil {
			return err
		}
		a.answer(all)
		if slices.ContainsFunc(all, func(res *build.Result) bool { return res.Kept }) {
			printFindings(cmd.ErrOrStderr(), unread(findingsOf(all)))
			return errors.New("accept: nothing written: packages with known metrics were not read")
		}
		if !slices.ContainsFunc(all, func(res *build.Result) bool { return res.Blocked }) {
			for _, line := range a.said {
				fmt.Fprintln(cmd.OutOrStdout(), line)
			}
		}
		return writeAll(cmd, all)
	}
	return cmd
}

// An acceptance is what the flags of accept say, and what came of it.
type acceptance struct {
	renames, close []string
	until, release string

	done map[string]bool  // the renames and names that a program knew
	errs map[string]error // why the others are not accepted
	said []string         // what was done, for people
}

func (a *acceptance) valid() error {
	for _, r := range a.renames {
		old, now, ok := strings.Cut(r, "=")
		if !ok || old == "" || now == "" || old == now {
			return fmt.Errorf("accept: --rename %s: write old=new", r)
		}
	}
	switch {
	case len(a.renames)+len(a.close) == 0 && a.release == "":
		return errors.New("accept: say what: --rename, --close or --release")
	case a.until != "" && len(a.renames) == 0:
		return errors.New("accept: --until says until when the names of --rename stay")
	}
	return nil
}

// accept changes the schema of one program. That it does not know a metric is no error:
// another may.
func (a *acceptance) accept(program string, s *schema.Schema) error {
	if a.done == nil {
		a.done, a.errs = map[string]bool{}, map[string]error{}
	}
	for _, r := range a.renames {
		old, now, _ := strings.Cut(r, "=")
		bridged, err := s.AcceptRename(old, now, a.until)
		if err != nil {
			a.errs[r] = err
			continue
		}
		a.done[r] = true
		if bridged {
			a.said = append(a.said, fmt.Sprintf("renamed  %s to %s, recorded under the old name, too", old, now))
		} else {
			a.said = append(a.said, fmt.Sprintf("renamed  %s to %s; type or unit differ, so the old name is not recorded", old, now))
		}
	}
	for _, name := range a.close {
		if err := s.CloseAlias(name); err != nil {
			a.errs[name] = err
			continue
		}
		a.done[name] = true
		a.said = append(a.said, "closed   "+name)
	}
	if a.release == "" {
		return nil
	}
	n, err := s.Release(a.release)
	if err != nil {
		return usageError{fmt.Errorf("accept: %w", err)}
	}
	entries := fmt.Sprintf("%d entries", n)
	if n == 1 {
		entries = "1 entry"
	}
	a.said = append(a.said, fmt.Sprintf("released %s: %s of %s", a.release, entries, program))
	return nil
}

// unmet returns an error for each thing that no program could accept.
func (a *acceptance) unmet() error {
	var errs []error
	for _, what := range slices.Concat(a.renames, a.close) {
		if !a.done[what] {
			errs = append(errs, fmt.Errorf("accept: nothing written: %w", a.errs[what]))
		}
	}
	return errors.Join(errs...)
}

// answer takes the findings away that ask for what was accepted.
func (a *acceptance) answer(all []*build.Result) {
	for _, res := range all {
		res.Findings = slices.DeleteFunc(res.Findings, func(f schema.Finding) bool {
			return f.Check == "removed-metric" && slices.ContainsFunc(a.renames, func(r string) bool {
				old, _, _ := strings.Cut(r, "=")
				return a.done[r] && f.Pos == res.Old.PosOf(old)
			})
		})
	}
}
