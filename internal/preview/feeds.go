package preview

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
	"github.com/dashgen/dashgen/internal/live"
	"github.com/dashgen/dashgen/internal/view"
)

// This file feeds values of running programs: scraped by preview itself, or asked from a
// Prometheus server.

// ScrapeOptions say what is scraped.
type ScrapeOptions struct {
	Targets []string      // addresses
	Every   time.Duration // between scrapes; zero: 1s

	// Ticks are the times of scrapes, of which Show waits for the first; nil: by the clock.
	Ticks <-chan time.Time
}

// Scrape returns a feed that scrapes targets and keeps an hour. Their job is that of the first
// program that is shown.
func Scrape(opts ScrapeOptions) Feed {
	if opts.Every == 0 {
		opts.Every = time.Second
	}
	f := &scraped{opts: opts, store: &engine.Store{}, now: time.Now().Truncate(time.Millisecond), ticks: opts.Ticks}
	if f.ticks == nil {
		f.ticks = time.Tick(opts.Every)
	}
	f.Engine = engine.New(f.store, engine.Options{})
	return f
}

type scraped struct {
	*engine.Engine
	opts  ScrapeOptions
	store *engine.Store
	ticks <-chan time.Time

	mu      sync.Mutex // of what follows
	now     time.Time
	began   time.Time
	scraper *live.Scraper
	rules   *engine.Rules
	stop    context.CancelFunc
}

// Show begins to scrape, and evaluates the programs' rules from now on.
func (f *scraped) Show(ctx context.Context, programs []Program) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var groups []engine.Group
	for i := range programs {
		groups = append(groups, programs[i].Rules()...)
	}
	if f.scraper == nil {
		opts := live.Options{Targets: f.opts.Targets}
		if len(programs) > 0 {
			opts.Job = jobOf(&programs[0])
		}
		scraper, err := live.New(f.store, opts)
		if err != nil {
			return err
		}
		f.scraper = scraper
		f.now = time.Now()
		if f.opts.Ticks != nil {
			f.now = <-f.ticks
		}
		f.now = f.now.Truncate(time.Millisecond)
		f.began = f.now
		scraper.Scrape(ctx, f.now)
	}
	evaluate := max(f.opts.Every, 5*time.Second)
	rules, err := engine.New(f.store, engine.Options{Evaluation: evaluate}).Rules(groups, f.now.Add(evaluate))
	if err != nil {
		return err
	}
	if f.stop != nil {
		f.stop()
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	f.rules, f.stop = rules, stop
	go f.run(running, f.scraper, rules, longer(programs, groups, kept), f.now)
	return nil
}

// run scrapes for as long as it may, and each minute after cleaned forgets what is older than
// an hour, save what rules look back at for longer.
func (f *scraped) run(ctx context.Context, scraper *live.Scraper, rules *engine.Rules, longer map[string]time.Duration, cleaned time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-f.ticks:
			at = at.Truncate(time.Millisecond)
			scraper.Scrape(ctx, at)
			if ctx.Err() != nil || rules.Advance(ctx, at) != nil {
				return
			}
			f.mu.Lock()
			f.now = at
			f.mu.Unlock()
			if at.Sub(cleaned) > time.Minute {
				cleaned = at
				f.store.Expire(at.Add(-kept), longer)
				rules.Forget(at.Add(-kept))
			}
		}
	}
}

func (f *scraped) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *scraped) Trouble() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.scraper == nil {
		return nil
	}
	return f.scraper.Trouble()
}

func (f *scraped) Began() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.began
}

func (f *scraped) Scrape() time.Duration { return f.opts.Every }
func (f *scraped) Keeps() time.Duration  { return kept }
func (f *scraped) About() string {
	return fmt.Sprintf("Scraped every %v from %s, an hour of it kept.", f.opts.Every, strings.Join(f.opts.Targets, ", "))
}

// jobOf returns the job label of a program's targets.
func jobOf(p *Program) string {
	if p.Config.Job != "" {
		return p.Config.Job
	}
	return p.Config.Name
}

// Ask returns a feed of what a Prometheus server has. address is what is told of it.
func Ask(server view.Source, address string) Feed { return &asked{server, address} }

type asked struct {
	view.Source
	address string
}

func (f *asked) Show(context.Context, []Program) error { return nil }
func (f *asked) Now() time.Time                        { return time.Now() }
func (f *asked) Scrape() time.Duration                 { return 15 * time.Second }
func (f *asked) Keeps() time.Duration                  { return 0 }
func (f *asked) Began() time.Time                      { return time.Time{} }
func (f *asked) About() string                         { return "Asked from Prometheus at " + f.address + "." }
func (f *asked) Trouble() []string                     { return nil }
