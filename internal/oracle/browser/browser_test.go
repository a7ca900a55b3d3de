// Package browser drives dashgen preview in a real Chromium: every board of every example
// system, in both themes and on a narrow screen. It is a module of its own, so that chromedp
// is no dependency of dashgen.
//
// It builds the command, and is skipped where there is no Chromium. Screenshots are written
// into the folder that DASHGEN_SCREENSHOTS names.
package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var systems = []string{"kaizen", "kimberlite", "prism", "theblock", "zerostate"}

// chromiums are what the browser is called.
var chromiums = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// dashgen is the command, built once.
var dashgen = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "dashgen-browser")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "dashgen")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/dashgen")
	cmd.Dir = "../../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command: %w\n%s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := dashgen(); err == nil {
		os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// start starts dashgen preview on a system and returns the address of its page.
func start(t *testing.T, dir string, args ...string) string {
	t.Helper()
	bin, err := dashgen()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, append([]string{"preview", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dashgen preview has ended: %v", err)
	}
	return strings.TrimSpace(line)
}

// A tab is a browser's page.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu  sync.Mutex
	bad []string // errors on the console, requests to elsewhere
}

// browse opens a page in a browser of its own.
func browse(t *testing.T, url string) *tab {
	t.Helper()
	i := slices.IndexFunc(chromiums, func(name string) bool { _, err := exec.LookPath(name); return err == nil })
	if i < 0 {
		t.Skip("there is no Chromium: apt-get install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromiums[i]), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1440, 1000))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	origin, _, _ := strings.Cut(url, "#")
	chromedp.ListenTarget(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.APITypeError || ev.Type == runtime.APITypeWarning {
				b.note("console: %s", ev.Args[0].Value)
			}
		case *runtime.EventExceptionThrown:
			b.note("exception: %v", ev.ExceptionDetails)
		case *cdplog.EventEntryAdded:
			if ev.Entry.Level == cdplog.LevelError {
				b.note("log: %s %s", ev.Entry.Text, ev.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(ev.Request.URL, origin) && !strings.HasPrefix(ev.Request.URL, "data:") {
				b.note("request: %s", ev.Request.URL)
			}
		}
	})
	b.do(network.Enable(), chromedp.Navigate(url))
	return b
}

func (b *tab) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bad = append(b.bad, fmt.Sprintf(format, args...))
}

// clean fails the test where something went wrong on the page.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.bad {
		b.t.Error(line)
	}
	b.bad = nil
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if b.ctx.Value(started{}) == nil { // the first run starts the browser, which is to last
		ctx = b.ctx
		b.ctx = context.WithValue(b.ctx, started{}, true)
	}
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

type started struct{}

// eval returns what an expression of the page comes to.
func eval[T any](b *tab, expr string) T {
	b.t.Helper()
	var v T
	b.do(chromedp.Evaluate(expr, &v))
	return v
}

// wait waits until an expression of the page is true.
func (b *tab) wait(expr string) {
	b.t.Helper()
	b.do(chromedp.Poll(expr, nil, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(50*time.Second)))
}

// screen keeps a picture, where they are asked for.
func (b *tab) screen(name string) {
	dir := os.Getenv("DASHGEN_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	b.do(chromedp.FullScreenshot(&png, 100))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o666); err != nil {
		b.t.Fatal(err)
	}
}

// show opens a board, with all of its rows, and waits until it is drawn.
func (b *tab) show(uid string) {
	b.t.Helper()
	b.do(chromedp.Evaluate(fmt.Sprintf("location.hash = '#page=board:%s'", uid), nil))
	b.wait(fmt.Sprintf("document.querySelector('.side [aria-current]')?.href.includes('%s') && document.querySelector('main').dataset.drawn !== undefined && !document.querySelector('main').hasAttribute('aria-busy')", uid))
	b.do(chromedp.Evaluate("document.querySelectorAll('.row-head[aria-expanded=false]').forEach((h) => h.click())", nil))
	b.wait("!document.querySelector('main').hasAttribute('aria-busy') && [...document.querySelectorAll('.panel')].every((p) => p.querySelector('.body').childElementCount)")
}

// empty tells which panels have no data, and what they say instead.
const empty = `[...document.querySelectorAll('.panel')].filter((p) => p.querySelector('.none:not(.good)')).map((p) => p.querySelector('h3').textContent + ': ' + p.querySelector('.none').textContent)`

// rightly is what panels say that are to be empty: logs are not here, and no alert fires.
var rightly = []string{": its logs are in Loki, which is not asked here", ": Not firing", ": No alert fired"}

// model asks for what the page shows.
func model(t *testing.T, url string) (m struct {
	Boards []struct {
		UID  string
		Rows []struct{ Panels []struct{ ID int } }
	}
	Alerts []struct{ Name string }
}) {
	t.Helper()
	resp, err := http.Get(url + "api/model")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Every board of every system is drawn, without an error and without a panel that is empty by
// mistake: in dark on a wide screen, and in light on a narrow one, where nothing is wider than
// the page. On the first, zooming and a variable work.
func TestBoards(t *testing.T) {
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			url := start(t, "../../../testdata/systems/"+system, "./...")
			b := browse(t, url)
			b.wait("document.querySelectorAll('.panel').length > 0")
			boards := model(t, url).Boards
			b.wait("document.querySelectorAll('.u-over').length > 0 && !document.querySelector('main').hasAttribute('aria-busy')")
			b.zoom(b.chart())
			b.filter()
			b.full(boards[0].UID + ", of one instance")
			for _, screen := range []struct {
				theme string
				width int64
			}{{"dark", 1440}, {"light", 400}} {
				b.turn(screen.theme, screen.width)
				for i, board := range boards {
					b.show(board.UID)
					b.full(board.UID)
					if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > screen.width {
						t.Errorf("%s, %s: the page is %d wide on a screen of %d", board.UID, screen.theme, wide, screen.width)
					}
					if i < 3 {
						b.screen(fmt.Sprintf("%s-%s-%s", system, board.UID, screen.theme))
					}
				}
			}
			b.clean()
		})
	}
}

// turn changes the theme and the width of the page.
func (b *tab) turn(theme string, width int64) {
	b.t.Helper()
	b.do(chromedp.Evaluate("if (document.documentElement.dataset.theme !== '"+theme+"') document.querySelector('.theme').click()", nil),
		emulation.SetDeviceMetricsOverride(width, 900, 1, width < 600))
	b.wait(fmt.Sprintf("document.documentElement.dataset.theme === '%s' && document.documentElement.clientWidth <= %d", theme, width))
}

// full fails the test where a panel of the board that is shown is empty by mistake.
func (b *tab) full(board string) {
	b.t.Helper()
	for _, panel := range eval[[]string](b, empty) {
		if !slices.ContainsFunc(rightly, func(says string) bool { return strings.HasSuffix(panel, says) }) {
			b.t.Errorf("%s: %s", board, panel)
		}
	}
}

// chart scrolls to the first chart and returns its left, top, width and height.
func (b *tab) chart() []float64 {
	b.t.Helper()
	return eval[[]float64](b, "(() => { const o = document.querySelector('.u-over'); o.scrollIntoView({block: 'center'}); const r = o.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()")
}

// zoom drags over three tenths of a chart, which is what all show then, and takes it back.
func (b *tab) zoom(box []float64) {
	b.t.Helper()
	y := box[1] + box[3]/2
	left := chromedp.ButtonType(input.Left)
	b.do(chromedp.MouseEvent(input.MousePressed, box[0]+box[2]*0.3, y, left, chromedp.ClickCount(1)))
	for _, at := range []float64{0.4, 0.5, 0.6} {
		b.do(chromedp.MouseEvent(input.MouseMoved, box[0]+box[2]*at, y, left))
	}
	b.do(chromedp.MouseEvent(input.MouseReleased, box[0]+box[2]*0.6, y, left, chromedp.ClickCount(1)))
	b.wait("new URLSearchParams(location.hash.slice(1)).get('to') !== null && !document.querySelector('main').hasAttribute('aria-busy')")
	if span := eval[float64](b, "(() => { const q = new URLSearchParams(location.hash.slice(1)); return (q.get('to') - q.get('from')) / 60e3; })()"); span < 12 || span > 24 {
		b.t.Errorf("three tenths of an hour are %v minutes", span)
	}
	b.do(chromedp.KeyEvent("z"))
	b.wait("new URLSearchParams(location.hash.slice(1)).get('to') === null")
}

// filter chooses the second instance that the board's variable has.
func (b *tab) filter() {
	b.t.Helper()
	b.do(chromedp.Evaluate("document.querySelectorAll('details.variable').forEach((d) => { if (d.textContent.startsWith('Instance')) d.querySelector('input[value*=\"-1:\"]').click(); })", nil))
	b.wait("location.hash.includes('var-instance') && !document.querySelector('main').hasAttribute('aria-busy')")
}

// Dragging over a chart zooms all of them, z takes it back; a variable leaves one instance; a
// legend shows a series alone.
func TestUse(t *testing.T) {
	url := start(t, "../../../testdata/systems/kimberlite", "./...")
	b := browse(t, url)
	b.wait("document.querySelectorAll('.u-over').length > 0 && !document.querySelector('main').hasAttribute('aria-busy')")
	box := b.chart()
	y := box[1] + box[3]/2
	b.do(chromedp.MouseEvent(input.MouseMoved, box[0]+box[2]*0.3, y))
	b.wait("!document.querySelector('#tip').hidden && document.querySelectorAll('#tip td').length > 0")
	b.screen("tooltip")
	b.zoom(box)

	b.filter()
	if n := eval[int](b, "[...document.querySelectorAll('.panel')].find((p) => p.textContent.startsWith('Projection lag')).querySelectorAll('.key').length"); n != 1 {
		t.Errorf("of one instance there are %d lines", n)
	}

	b.do(chromedp.Evaluate("document.querySelector('.legend .key').click()", nil))
	if on := eval[int](b, "document.querySelector('.legend').querySelectorAll('.key:not(.off)').length"); on != 1 {
		t.Errorf("%d series are shown where one was chosen", on)
	}
	b.do(chromedp.Evaluate("document.querySelector('.panel .info').click()", nil))
	b.wait("document.querySelector('#sheet').open && document.querySelectorAll('#sheet pre').length > 0")
	b.screen("about")
	b.clean()
}

// The alert that is asked for fires; the page of alerts shows what it compares.
func TestFault(t *testing.T) {
	url := start(t, "../../../testdata/systems/kimberlite", "--fault", "HighErrorRate", "./...")
	b := browse(t, url+"#page=alerts&alert=HighErrorRate")
	b.wait("document.querySelector('.rule[data-state=firing]')?.textContent.includes('HighErrorRate') && document.querySelector('.rule[open] .u-over')")
	if n := eval[int](b, "document.querySelectorAll('.rule[data-state=firing]').length"); n != 1 {
		t.Errorf("%d alerts fire", n)
	}
	b.screen("alerts")
	b.do(chromedp.Evaluate("location.hash = '#page=metrics&q=duration'", nil))
	b.wait("document.querySelector('.counts')?.textContent.startsWith('2 of ')")
	b.screen("metrics")
	b.clean()
}

// copied copies an example system, with what it imports, into a module of its own folder.
func copied(t *testing.T, system string) string {
	t.Helper()
	root, dir := filepath.Join("..", "..", ".."), t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "testdata/systems/internal", "testdata/systems/" + system} {
		err := filepath.WalkDir(filepath.Join(root, name), func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(file, "_test.go") {
				return err
			}
			rel, err := filepath.Rel(root, file)
			if err != nil {
				return err
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			to := filepath.Join(dir, rel)
			if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
				return err
			}
			return os.WriteFile(to, data, 0o666)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "testdata", "systems", system)
}

// What is saved is shown, a metric in a Go file within seconds: one on a quiet machine.
func TestSave(t *testing.T) {
	dir := copied(t, "kimberlite")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	url := start(t, dir, "./...")
	b := browse(t, url)
	b.wait("document.querySelectorAll('.panel').length > 0 && document.querySelector('.side').textContent.includes('Metrics15')")
	write("server/saved.go", `package server

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var saved = promauto.NewCounter(prometheus.CounterOpts{Name: "kmb_saved_total", Help: "Files that were saved."})
`)
	begin := time.Now()
	b.wait("document.querySelector('.side').textContent.includes('Metrics16')")
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("it took %v", took)
	} else {
		t.Logf("a metric that was saved is shown after %v", took)
	}
	config, err := os.ReadFile(filepath.Join(dir, "dashgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write("dashgen.yaml", "version: 1\nexposition: [gone.prom]\n")
	b.wait("document.querySelector('.notice.bad')?.textContent.includes('gone.prom')")
	write("dashgen.yaml", string(config))
	b.wait("!document.querySelector('.notice.bad')")
	b.clean()
}

// Everything that can be used has a name, landmarks are there, and a keyboard is enough.
func TestAccess(t *testing.T) {
	url := start(t, "../../../testdata/systems/kimberlite", "./...")
	b := browse(t, url)
	b.wait("document.querySelectorAll('.u-over').length > 0 && !document.querySelector('main').hasAttribute('aria-busy')")
	for _, page := range []string{"board:kimberlite", "alerts", "metrics", "findings"} {
		b.do(chromedp.Evaluate("location.hash = '#page="+page+"'", nil))
		b.wait("document.querySelector('.side [aria-current]')?.href.endsWith('" + strings.ReplaceAll(page, ":", "%3A") + "')")
		seen := map[string]int{}
		for _, n := range b.accessible() {
			seen[n.Role.Value]++
			if named[n.Role.Value] && n.Name.Value == "" {
				t.Errorf("%s: a %s has no name", page, n.Role.Value)
			}
		}
		for _, role := range []string{"banner", "main", "navigation", "status", "heading"} {
			if seen[role] == 0 {
				t.Errorf("%s has no %s: %v", page, role, seen)
			}
		}
	}

	b.do(chromedp.Evaluate("location.hash = '#page=board:kimberlite'", nil), chromedp.Reload())
	b.show("kimberlite")
	focus := "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
	b.do(chromedp.KeyEvent(kb.Tab))
	if at := eval[string](b, focus); at != "Skip to the panels" {
		t.Errorf("the first stop is %q", at)
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	reached := false
	for range 12 { // variables, a panel's button, its chart
		b.do(chromedp.KeyEvent(kb.Tab))
		if reached = eval[bool](b, "document.activeElement.className === 'plot'"); reached {
			break
		}
	}
	if !reached {
		t.Fatalf("no chart is reached behind the link: at %q", eval[string](b, focus))
	}
	b.do(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowLeft))
	b.wait("/: .*ops.s/.test(document.querySelector('#live').textContent) && !document.querySelector('#tip').hidden")
	b.do(chromedp.Evaluate("document.querySelector('#bar select').focus()", nil), chromedp.KeyEvent(kb.ArrowUp))
	b.wait("document.querySelector('#bar select').value === '1800000' && document.activeElement === document.querySelector('#bar select')")
	b.do(chromedp.Evaluate("document.querySelector('.panel .info').focus()", nil), chromedp.KeyEvent(kb.Enter))
	b.wait("document.querySelector('#sheet').open")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.wait("!document.querySelector('#sheet').open && document.activeElement.className === 'info'")
	b.clean()
}

// named are the roles of what is used or looked at, which a screen reader says the name of.
var named = map[string]bool{
	"button": true, "link": true, "combobox": true, "checkbox": true, "searchbox": true, "textbox": true, "image": true, "img": true,
	"heading": true, "navigation": true, "region": true, "dialog": true, "DisclosureTriangle": true,
}

// A thing is one that a screen reader tells of.
type thing struct {
	Ignored bool `json:"ignored"`
	Role    text `json:"role"`
	Name    text `json:"name"`
}

type text struct {
	Value string `json:"value"`
}

// accessible returns the accessibility tree. Chromium adds properties to it that cdproto's types
// refuse, so what is looked at is read by types of its own.
func (b *tab) accessible() []thing {
	b.t.Helper()
	var tree struct {
		Nodes []thing `json:"nodes"`
	}
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, accessibility.CommandGetFullAXTree, nil, &tree)
	}))
	return slices.DeleteFunc(tree.Nodes, func(n thing) bool { return n.Ignored })
}
