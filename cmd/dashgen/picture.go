package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/picture"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/preview"
	"github.com/dashgen/dashgen/internal/remote"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/internal/view"
)

func newPicture() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "picture BOARD [packages]",
		Short: "Draw a dashboard into a PNG or SVG file",
		Long: `Picture scans the packages (default ./...) and draws one of the dashboards that generate would
write, named by its uid or title, as Grafana would show it, with no browser and no Grafana. It is
for a README or a pull request.

The values are simulated, as those of preview are, and always the same: the picture changes
only when the dashboard does. With --prometheus they are those of a running server.`,
		Example: `  dashgen picture shop --png docs/shop.png ./...
  dashgen picture "Shop overview" --svg shop.svg --light --fault HighErrorRate ./...`,
	}
	o := &pictureOptions{}
	f := cmd.Flags()
	f.StringVar(&o.png, "png", "", "write a PNG `file`")
	f.StringVar(&o.svg, "svg", "", "write an SVG `file`")
	f.BoolVar(&o.draw.Light, "light", false, "dark on a light ground")
	f.BoolVar(&o.draw.Expand, "expand", false, "draw the panels of collapsed rows, too")
	f.Float64Var(&o.draw.Width, "width", 1200, "width of the picture")
	f.Float64Var(&o.scale, "scale", 2, "pixels of the PNG for each of the width's")
	f.StringVar(&o.fault, "fault", "", "play the scenario that makes this `alert` fire")
	f.Uint64Var(&o.seed, "seed", 1, "of the simulation: another `number` gives other values")
	f.StringVar(&o.prometheus, "prometheus", "", "draw what the server at this `address` has")
	f.DurationVar(&o.last, "last", 30*time.Minute, "how far back the picture goes")
	flags := sourceFlags(cmd)
	cmd.MarkFlagsMutuallyExclusive("prometheus", "fault")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError{errors.New("picture needs the uid or title of a dashboard")}
		}
		if o.png == "" && o.svg == "" {
			return usageError{errors.New("picture needs --png or --svg")}
		}
		if o.draw.Width < 300 || o.draw.Width > 5000 || o.scale <= 0 || o.scale > 4 || o.last < time.Minute {
			return usageError{errors.New("--width is 300 to 5000, --scale at most 4, --last a minute at least")}
		}
		return o.run(cmd, args[0], flags.of(args[1:]))
	}
	return cmd
}

// pictureOptions are the flags of picture.
type pictureOptions struct {
	png, svg, fault, prometheus string
	seed                        uint64
	scale                       float64
	last                        time.Duration
	draw                        picture.Options
}

// pictureTime is when simulated pictures are taken.
var pictureTime = time.Date(2026, 1, 15, 10, 30, 0, 0, time.UTC)

func (o *pictureOptions) run(cmd *cobra.Command, name string, opts build.Options) error {
	programs, err := previewed(cmd, opts)
	if err != nil {
		return err
	}
	program, board, err := findBoard(programs, name)
	if err != nil {
		return err
	}
	src, now, err := o.source(cmd.Context(), program)
	if err != nil {
		return err
	}
	req := view.Request{From: now.Add(-o.last), To: now, Points: 240, Scrape: program.Config.Intervals.Scrape}
	canvas := picture.Draw(board, view.Panels(cmd.Context(), src, board, nil, req), o.draw)
	files := map[string][]byte{}
	if o.svg != "" {
		files[o.svg] = canvas.SVG()
	}
	if o.png != "" {
		if files[o.png], err = canvas.PNG(o.scale); err != nil {
			return err
		}
	}
	for file, data := range files {
		if err := tree.Replace(filepath.FromSlash(file), data); err != nil {
			return fmt.Errorf("write the picture: %w", err)
		}
	}
	return cmd.Context().Err()
}

// source returns where values come from, and the time of the newest.
func (o *pictureOptions) source(ctx context.Context, p preview.Program) (view.Source, time.Time, error) {
	if o.prometheus != "" {
		server, err := remote.New(o.prometheus, "")
		if err != nil {
			return nil, time.Time{}, usageError{err}
		}
		return server, time.Now(), server.Reach(ctx)
	}
	feed := preview.Simulate(preview.SimulateOptions{Seed: o.seed, Fault: o.fault, Every: p.Config.Intervals.Scrape, Still: true, Now: func() time.Time { return pictureTime }})
	if err := feed.Show(ctx, []preview.Program{p}); err != nil {
		return nil, time.Time{}, err
	}
	return feed, pictureTime, nil
}

// findBoard returns the board with a uid or title, and its program.
func findBoard(programs []preview.Program, name string) (preview.Program, *plan.Board, error) {
	var known []string
	for _, p := range programs {
		for i := range p.Boards {
			b := &p.Boards[i]
			if b.UID == name || strings.EqualFold(b.Title, name) {
				return p, b, nil
			}
			known = append(known, b.UID)
		}
	}
	return preview.Program{}, nil, usageError{fmt.Errorf("there is no dashboard %q; there are %s", name, strings.Join(known, ", "))}
}
