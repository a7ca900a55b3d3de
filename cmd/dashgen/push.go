package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/build"
	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/grafana"
	"github.com/dashgen/dashgen/internal/overlay"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/schema"
)

// grafanaToken holds the token of a service account of Grafana.
const grafanaToken = "DASHGEN_GRAFANA_TOKEN"

func newPush() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "push [packages]",
		Short: "Put the dashboards into a running Grafana",
		Long: `Push saves the dashboards that generate writes in a running Grafana, over its HTTP API, and
prints first how they differ from what is there. They go into the folder of --folder, by its
title or uid, which is made where there is none (default: a folder of the program's name); a
dashboard that Grafana has already stays where it is unless --folder is given.

A dashboard that somebody changed in Grafana since the last push, or that push did not make,
is not overwritten, and then nothing at all is saved: --overwrite saves all the same, and
--pull writes what was changed into an overlay for dashgen.yaml, so that generated dashboards
have it from then on. One that Grafana has from a file or a repository is never saved.

Push remembers nothing here: it writes a hash of what it saved into the history that Grafana
keeps of each dashboard. The token of a service account that may write dashboards, and create
folders, is read from ` + grafanaToken + `.`,
		Example: `  dashgen push --grafana https://grafana.example.org --dry-run ./...
  dashgen push --grafana https://grafana.example.org --folder Platform ./...
  dashgen push --pull ours.jsonnet ./...   # grafana_url: in dashgen.yaml says where`,
	}
	p := &pusher{out: cmd.OutOrStdout, errs: cmd.ErrOrStderr}
	f := cmd.Flags()
	f.StringVar(&p.address, "grafana", "", "`address` of Grafana; default: grafana_url: in dashgen.yaml")
	f.StringVar(&p.folder, "folder", "", "title or uid of the `folder` to save in")
	f.BoolVar(&p.dry, "dry-run", false, "save nothing; exit 3 where something is to be saved")
	f.BoolVar(&p.overwrite, "overwrite", false, "save over what somebody changed in Grafana")
	f.StringVar(&p.pull, "pull", "", "save nothing; write what somebody changed in Grafana into a new overlay `file`, - for standard output")
	cmd.MarkFlagsMutuallyExclusive("pull", "dry-run")
	cmd.MarkFlagsMutuallyExclusive("pull", "overwrite")
	flags := sourceFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, patterns []string) error {
		all, err := buildAll(cmd, flags.of(patterns))
		if err != nil {
			return err
		}
		if p.pull != "" && len(all) > 1 {
			return usageError{errors.New("push --pull reads the dashboards of one program: give its name or main package")}
		}
		return settle(cmd, all, func(res *build.Result) error { return p.push(cmd.Context(), res) })
	}
	return cmd
}

// A pusher is one run of push.
type pusher struct {
	out, errs func() io.Writer

	address, folder, pull string
	dry, overwrite        bool
}

// push pushes the dashboards of one program, or pulls what somebody changed.
func (p *pusher) push(ctx context.Context, res *build.Result) error {
	if res.Kept {
		return errors.New("push dashboards: packages with known metrics were not read, whose panels would go")
	}
	address := cmp.Or(p.address, res.Config.GrafanaURL)
	if address == "" {
		return usageError{errors.New("push needs --grafana, or grafana_url: in dashgen.yaml")}
	}
	client, err := grafana.NewClient(address, os.Getenv(grafanaToken))
	if err != nil {
		return usageError{err}
	}
	changes, err := client.Compare(ctx, pushed(res))
	if err != nil {
		return fmt.Errorf("push dashboards to Grafana: %w", err)
	}
	if p.pull != "" {
		return p.pullOverlay(res, changes)
	}
	if err := p.show(changes); err != nil {
		return err
	}
	if found := p.refused(res, changes); len(found) > 0 {
		return printFindings(p.errs(), found)
	}
	found := p.save(ctx, client, res, changes)
	if found != nil && found != errFindings {
		return fmt.Errorf("push dashboards to Grafana: %w", found)
	}
	if err := p.stale(ctx, client, res); err != nil {
		return fmt.Errorf("push dashboards to Grafana: %w", err)
	}
	return found
}

// pushed returns the dashboards as generate writes them, overlays and all.
func pushed(res *build.Result) []grafana.Dashboard {
	var all []grafana.Dashboard
	for _, b := range res.Boards {
		all = append(all, grafana.Dashboard{UID: b.UID, Title: b.Title, JSON: res.Tree.Data(boardFile(b.UID))})
	}
	return all
}

func boardFile(uid string) string { return "dashboards/" + uid + ".json" }

// show prints how what is there differs from what is to be.
func (p *pusher) show(changes []grafana.Change) error {
	for _, ch := range changes {
		if ch.State == grafana.New || ch.State == grafana.Same {
			continue
		}
		if _, err := p.out().Write(diff.Diff(ch.UID+" (in Grafana)", ch.Old, ch.UID, ch.New)); err != nil {
			return err
		}
	}
	return nil
}

// refused returns why dashboards must not be saved.
func (p *pusher) refused(res *build.Result, changes []grafana.Change) []schema.Finding {
	var all []schema.Finding
	for _, ch := range changes {
		f := schema.Finding{Pos: schema.Pos{File: filepath.ToSlash(filepath.Join(res.Out, boardFile(ch.UID)))}, Check: "push"}
		switch {
		case ch.State == grafana.Provisioned:
			f.Message = "Grafana has dashboard " + ch.UID + " from " + cmp.Or(ch.Source, "a file or a repository") + ", and lets nobody save another"
			f.Hint = "change it there, or take it out of provisioning"
		case ch.State == grafana.Edited && !p.overwrite:
			f.Message = fmt.Sprintf("dashboard %s was last saved by %s, not by dashgen push", ch.UID, cmp.Or(ch.By, "somebody"))
			f.Hint = "dashgen push --pull FILE makes an overlay of the change, --overwrite saves over it"
		default:
			continue
		}
		all = append(all, f)
	}
	return all
}

// save saves what is to be saved, and prints a line for each dashboard.
func (p *pusher) save(ctx context.Context, client *grafana.Client, res *build.Result, changes []grafana.Change) error {
	name := cmp.Or(p.folder, res.Config.Name)
	folder, there, err := client.Folder(ctx, name)
	if err != nil {
		return err
	}
	if !there {
		folder = grafana.Folder{UID: config.UID(name, name), Title: name}
	}
	states, saved := map[grafana.State]int{}, 0
	for _, ch := range changes {
		states[ch.State]++
		to := &folder
		if ch.State != grafana.New && p.folder == "" {
			to = nil // it stays where it is
		}
		moves := ch.State != grafana.New && to != nil && ch.Folder.UID != folder.UID && ch.Source == ""
		if ch.State == grafana.Same && !ch.Adopted && !moves {
			continue
		}
		saved++
		if !p.dry && to != nil && !there {
			if err := client.CreateFolder(ctx, folder); err != nil {
				return err
			}
			there = true
		}
		if !p.dry {
			if err := client.Push(ctx, ch, to, p.overwrite); err != nil {
				return err
			}
		}
		fmt.Fprintf(p.out(), "%-8s %s  %s\n", verb(ch, moves), ch.Title, client.Link(ch.UID))
	}
	line := fmt.Sprintf("%s: %d new, %d changed, %d the same", count(len(changes), "dashboard"), states[grafana.New], states[grafana.Changed]+states[grafana.Edited], states[grafana.Same])
	if p.dry {
		line += "; nothing saved"
	}
	if _, err := fmt.Fprintln(p.out(), line); err != nil {
		return err
	}
	if p.dry && saved > 0 {
		return errFindings
	}
	return nil
}

// verb says what becomes of a dashboard.
func verb(ch grafana.Change, moves bool) string {
	switch {
	case ch.State != grafana.Same:
		return string(ch.State)
	case moves:
		return "moved"
	}
	return "adopted"
}

// stale says which dashboards of the program Grafana has that are no longer generated.
func (p *pusher) stale(ctx context.Context, client *grafana.Client, res *build.Result) error {
	if len(res.Boards) == 0 {
		return nil
	}
	tags := slices.Clone(res.Boards[0].Tags)
	for _, b := range res.Boards {
		tags = slices.DeleteFunc(tags, func(t string) bool { return !slices.Contains(b.Tags, t) })
	}
	there, err := client.Tagged(ctx, tags...)
	if err != nil {
		return err
	}
	for _, b := range res.Boards {
		delete(there, b.UID)
	}
	for _, uid := range slices.Sorted(maps.Keys(there)) {
		fmt.Fprintf(p.out(), "stale    %s  %s: no longer generated, delete it in Grafana\n", there[uid], client.Link(uid))
	}
	return nil
}

// pullOverlay writes what somebody changed into an overlay.
func (p *pusher) pullOverlay(res *build.Result, changes []grafana.Change) error {
	var edits []overlay.Edit
	for _, ch := range changes {
		if ch.State != grafana.Edited {
			continue
		}
		before := ch.Base
		if before == nil {
			before = ch.New
			fmt.Fprintf(p.errs(), "dashgen: Grafana knows no push of dashboard %s: it is compared with what is generated now\n", ch.UID)
		}
		edits = append(edits, overlay.Edit{UID: ch.UID, Before: before, Now: ch.Old})
	}
	program, left, err := overlay.From(res.Boards, edits)
	if err != nil {
		return fmt.Errorf("pull changes from Grafana: %w", err)
	}
	for _, line := range left {
		fmt.Fprintln(p.errs(), "dashgen: not taken over:", line)
	}
	switch {
	case program == nil:
		_, err := fmt.Fprintln(p.errs(), "dashgen: nobody changed anything that an overlay can say; nothing written")
		return err
	case p.pull == "-":
		_, err := p.out().Write(program)
		return err
	}
	if _, err := os.Lstat(p.pull); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("push --pull: %s is there already: give another name", p.pull)}
	}
	if err := tree.Replace(p.pull, program); err != nil {
		return fmt.Errorf("pull changes from Grafana: %w", err)
	}
	_, err = fmt.Fprintf(p.out(), "new      %s: add it to overlays: in dashgen.yaml, then generate and push\n", path.Clean(filepath.ToSlash(p.pull)))
	return err
}
