package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/preview"
	"github.com/dashgen/dashgen/internal/query"
	"github.com/dashgen/dashgen/internal/top"
)

func newTop() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "top [packages]",
		Short: "Show the dashboards and alerts in a terminal",
		Long: `Top scans the packages (default ./...) and shows the boards that generate would write in the
terminal: the program's own with its golden signals first, then one by subsystem; each series is
a line with its course over a quarter of an hour at most and its latest value. Below stand the alerts
that fire or are pending; a shows all of them, by state, with what they compare.

Values are simulated, scraped from --target or asked from --prometheus, as those of preview are.
With --once the chosen board is printed and that is all.`,
		Example: `  dashgen top ./...
  dashgen top --prometheus http://localhost:9090 ./...
  dashgen top --once --board shop-orders ./...
  dashgen top --once --board alerts ./...`,
	}
	var from previewOptions
	from.feedFlags(cmd)
	f := cmd.Flags()
	once := f.Bool("once", false, "print the board and exit")
	board := f.String("board", "", "uid or title of the `board` to begin with")
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		out, isFile := cmd.OutOrStdout().(*os.File)
		if !*once && (!isFile || !isTerminal(out)) {
			return usageError{errors.New("top needs a terminal: give --once")}
		}
		from.simulate.Still = *once
		feed, err := from.feed()
		if err != nil {
			return err
		}
		programs, err := previewed(cmd, flags.of(patterns))
		if err != nil {
			return err
		}
		if err := feed.Show(cmd.Context(), programs); err != nil {
			return err
		}
		boards, rules := topBoards(programs)
		if len(boards) == 0 {
			return errors.New("there is nothing to show: no metric is defined")
		}
		m := top.New(cmd.Context(), feed, boards, rules)
		if *board != "" && !m.Choose(*board) {
			return usageError{fmt.Errorf("there is no board %q; there are %s", *board, strings.Join(uidsOf(boards), ", "))}
		}
		if *once {
			if len(from.scrape.Targets) > 0 {
				time.Sleep(2*from.scrape.Every + time.Second/2) // a rate takes two scrapes
			}
			if _, err := io.WriteString(cmd.OutOrStdout(), m.Once(columns())); err != nil {
				return err
			}
			for _, line := range feed.Trouble() {
				fmt.Fprintf(cmd.ErrOrStderr(), "dashgen: %s\n", line)
			}
			return m.Failed()
		}
		_, err = tea.NewProgram(m, tea.WithAltScreen(), tea.WithContext(cmd.Context())).Run()
		if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) {
			return nil
		}
		return err
	}
	return cmd
}

// topBoards returns the boards that show something in a terminal, and the alerts.
func topBoards(programs []preview.Program) (boards []plan.Board, rules []top.Rule) {
	for _, p := range programs {
		for _, b := range p.Boards {
			if !strings.HasSuffix(b.UID, "-catalogue") {
				boards = append(boards, b)
			}
		}
		for _, g := range p.Groups {
			for _, r := range g.Rules {
				if r.Alert == "" {
					continue
				}
				rule := top.Rule{Name: r.Alert, Expr: r.Expr}
				if left, op, threshold, ok := query.Threshold(r.Expr); ok {
					rule.Expr, rule.Op, rule.Threshold, rule.Unit = left, op, threshold, query.UnitID(left, p.Schema)
				}
				rules = append(rules, rule)
			}
		}
	}
	return boards, rules
}

func uidsOf(boards []plan.Board) []string {
	var list []string
	for _, b := range boards {
		list = append(list, b.UID)
	}
	return list
}

// columns returns how wide the output of --once is: as COLUMNS says, or 100.
func columns() int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n >= 20 {
		return n
	}
	return 100
}
