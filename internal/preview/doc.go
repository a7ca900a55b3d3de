// Package preview is the web server of dashgen preview: planned boards, drawn in a browser.
//
//	feed := preview.Simulate(preview.SimulateOptions{Seed: 1})  // or Scrape, or Ask
//	s := preview.New(feed)
//	s.Show(ctx, programs)                // and again, whenever the source changed
//	http.Serve(listener, s.Handler("127.0.0.1:7070"))
//
// A [Feed] is where the values come from. What is to be seen of a board is internal/view's to
// say; here it becomes JSON for the page in page/, which esbuild has bundled of web/ (go
// generate ./internal/preview, and see web/main.go). The page is told of changes by events
// and asks again.
//
// The server is for one person at one machine: it answers only to the names that it was
// started for, refuses requests that other sites make (see guard), and its page loads nothing
// from elsewhere.
//
// It imports internal/view for data, internal/simulate and internal/live for feeds, and
// internal/plan, internal/query, internal/config and schema for what it tells of panels.
package preview

//go:generate go run -C web .
