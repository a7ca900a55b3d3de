package preview

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
)

//go:embed page
var page embed.FS

// A Feed is where values come from.
type Feed interface {
	view.Source
	// Show has the feed go on with other programs.
	Show(ctx context.Context, programs []Program) error
	// Now is the time of the newest values.
	Now() time.Time
	// Scrape is how often there are new ones.
	Scrape() time.Duration
	// Keeps is how long values are kept; zero: longer than is asked for.
	Keeps() time.Duration
	// Began is the time of the first values that it has; zero: long ago.
	Began() time.Time
	// About says in a sentence where the values come from.
	About() string
	// Trouble says what is wrong with them now, a sentence each.
	Trouble() []string
}

// A Server shows programs. New makes one.
type Server struct {
	feed Feed

	mu       sync.RWMutex
	programs []Program
	model    []byte // JSON
	version  int
	failed   string // why the programs are not those of the source; empty: they are
	changed  chan struct{}
}

// New returns a server that shows nothing yet.
func New(feed Feed) *Server {
	s := &Server{feed: feed, changed: make(chan struct{})}
	s.model, _ = json.Marshal(s.describe(nil))
	return s
}

// Show has the server show programs. The error says why the feed cannot.
func (s *Server) Show(ctx context.Context, programs []Program) error {
	if err := s.feed.Show(ctx, programs); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	s.programs, s.failed = programs, ""
	data, err := json.Marshal(s.describe(programs))
	if err != nil {
		return fmt.Errorf("describe the boards: %w", err)
	}
	s.model = data
	s.announce()
	return nil
}

// Fail has the page say why what it shows is older than the source.
func (s *Server) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = err.Error()
	s.announce()
}

// announce wakes those who wait for a change.
func (s *Server) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Handler returns the server's HTTP handler. listen is the address that it is reached at.
func (s *Server) Handler(listen string) http.Handler {
	mux := http.NewServeMux()
	for _, file := range []struct{ path, name, contentType string }{
		{"GET /{$}", "index.html", "text/html; charset=utf-8"},
		{"GET /app.js", "app.js", "text/javascript; charset=utf-8"},
		{"GET /app.css", "app.css", "text/css; charset=utf-8"},
	} {
		data, err := page.ReadFile("page/" + file.name)
		if err != nil {
			panic(err) // it is embedded above
		}
		mux.HandleFunc(file.path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", file.contentType)
			w.Write(data)
		})
	}
	mux.HandleFunc("GET /api/model", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.RLock()
		defer s.mu.RUnlock()
		w.Header().Set("Content-Type", "application/json")
		w.Write(s.model)
	})
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("POST /api/board", answer(s.board))
	mux.HandleFunc("POST /api/alerts", answer(s.alerts))
	mux.HandleFunc("POST /api/alert", answer(s.alert))
	return guard(listen, mux)
}

// guard refuses what does not come from the page: another site that makes the browser ask,
// and a name that somebody has pointed at this address (DNS rebinding).
func guard(listen string, next http.Handler) http.Handler {
	names := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	if host, _, err := net.SplitHostPort(listen); err == nil && host != "" {
		names[strings.ToLower(host)] = true
	}
	known := func(hostport string) bool {
		host, _, err := net.SplitHostPort(hostport)
		if err != nil {
			host = strings.Trim(hostport, "[]")
		}
		ip := net.ParseIP(host)
		return names[strings.ToLower(host)] || names["0.0.0.0"] && ip != nil || names["::"] && ip != nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !known(r.Host):
			http.Error(w, fmt.Sprintf("this preview is not called %q", r.Host), http.StatusForbidden)
		case !sameOrigin(r):
			http.Error(w, "another site may not ask this preview", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// sameOrigin reports whether a request was made by the page, by the person, or by a program
// that is no browser.
func sameOrigin(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Host == r.Host
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return r.Method == http.MethodGet && r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate" // a link to the page
}

// maxRequest bounds a question of the page.
const maxRequest = 1 << 20

// answer makes a handler of a function from a question to an answer, both JSON.
func answer[Q, A any](of func(context.Context, Q) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var q Q
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&q); err != nil {
			http.Error(w, "read the question: "+err.Error(), http.StatusBadRequest)
			return
		}
		a, err := of(r.Context(), q)
		var missing missingError
		switch {
		case errors.As(err, &missing):
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(a)
	}
}

// A missingError says that there is no such thing.
type missingError struct{ what string }

func (e missingError) Error() string { return "there is no " + e.what }

// A status is what the page is told again and again.
type status struct {
	Version int      `json:"version"` // of the model: another one is to be fetched
	Now     int64    `json:"now"`
	Failed  string   `json:"failed,omitempty"`
	Trouble []string `json:"trouble,omitempty"`
}

// events tells the page what is new: at once when the model changes, else as often as there
// are new values.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	beat := time.NewTicker(max(time.Second, s.feed.Scrape()))
	defer beat.Stop()
	for {
		s.mu.RLock()
		now := status{Version: s.version, Failed: s.failed}
		changed := s.changed
		s.mu.RUnlock()
		now.Now, now.Trouble = s.feed.Now().UnixMilli(), s.feed.Trouble()
		data, _ := json.Marshal(now)
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil || flush.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-beat.C:
		}
	}
}

// findBoard returns the board of a uid.
func (s *Server) findBoard(uid string) (*plan.Board, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range s.programs {
		for j := range s.programs[i].Boards {
			if b := &s.programs[i].Boards[j]; b.UID == uid {
				return b, nil
			}
		}
	}
	return nil, missingError{fmt.Sprintf("board %q", uid)}
}

// A span is a range of time as the page asks for it.
type span struct {
	From   int64 `json:"from"` // milliseconds; not positive: that long before now
	To     int64 `json:"to"`   // 0: now
	Points int   `json:"points"`
}

// mostPoints bounds what one series of an answer has.
const mostPoints = 2000

// deployed returns the scrape interval that the programs are configured for.
func (s *Server) deployed() time.Duration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.programs) == 0 {
		return 0
	}
	return s.programs[0].Config.Intervals.Scrape
}

// request returns the span as a request.
func (s *Server) request(q span) view.Request {
	now := s.feed.Now()
	req := view.Request{To: now, Points: min(max(q.Points, 2), mostPoints), Scrape: s.feed.Scrape(), Deployed: s.deployed()}
	if q.To > 0 {
		req.To = time.UnixMilli(q.To)
	}
	req.From = time.UnixMilli(q.From)
	if q.From <= 0 {
		req.From = req.To.Add(time.Duration(q.From) * time.Millisecond)
	}
	if !req.From.Before(req.To) {
		req.From = req.To.Add(-time.Hour)
	}
	return req
}

// A boardQuestion asks for panels of a board.
type boardQuestion struct {
	span
	UID       string              `json:"uid"`
	Panels    []int               `json:"panels"` // ids
	Variables map[string][]string `json:"variables"`
	Choices   bool                `json:"choices"` // the choices of the variables are asked for, too
}

// A boardAnswer is what there is to see.
type boardAnswer struct {
	From      int64           `json:"from"`
	To        int64           `json:"to"`
	Step      int64           `json:"step"`
	Variables []view.Variable `json:"variables"`
	Panels    []view.Panel    `json:"panels"`
	Problem   string          `json:"problem,omitempty"` // with the variables
}

func (s *Server) board(ctx context.Context, q boardQuestion) (*boardAnswer, error) {
	b, err := s.findBoard(q.UID)
	if err != nil {
		return nil, err
	}
	req := s.request(q.span)
	req.Variables = q.Variables
	a := &boardAnswer{From: req.From.UnixMilli(), To: req.To.UnixMilli(), Step: req.Step().Milliseconds()}
	if q.Choices {
		if a.Variables, err = view.Variables(ctx, s.feed, b, req); err != nil {
			a.Problem = err.Error()
		}
	}
	if q.Panels == nil {
		q.Panels = []int{}
	}
	a.Panels = view.Panels(ctx, s.feed, b, q.Panels, req)
	return a, nil
}
