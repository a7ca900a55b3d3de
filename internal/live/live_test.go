package live

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dashgen/dashgen/internal/engine"
)

var start = time.Unix(1700000000, 0).UTC()

// exposing returns the address of a server that answers as a function says.
func exposing(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) string {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(web.Close)
	return web.URL + "/metrics"
}

func scraper(t *testing.T, opts Options) (*Scraper, *engine.Store) {
	t.Helper()
	store := &engine.Store{}
	s, err := New(store, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s, store
}

func ask(t *testing.T, store *engine.Store, expr string, at time.Time) string {
	t.Helper()
	res, err := engine.New(store, engine.Options{}).Instant(context.Background(), expr, at)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(res.Text(), "\n")
}

// Each format is read, and series come, end and come back.
func TestScrape(t *testing.T) {
	for contentType, body := range map[string]string{
		"text/plain; version=0.0.4":                   "# TYPE shop_up gauge\nshop_up{job=\"mine\"} 1\n",
		"application/openmetrics-text; version=1.0.0": "# TYPE shop_up gauge\nshop_up{job=\"mine\"} 1\n# EOF\n",
	} {
		now := body
		url := exposing(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			io.WriteString(w, now)
		})
		s, store := scraper(t, Options{Job: "shop", Targets: []string{url}})
		at := start
		step := func(text string) {
			now, at = text, at.Add(time.Second)
			s.Scrape(t.Context(), at)
		}
		step(body)
		if got := ask(t, store, `sum by (job, exported_job) (shop_up)`, at); got != `{exported_job="mine", job="shop"} 1` {
			t.Errorf("%s: %s", contentType, got)
		}
		step(strings.Replace(body, "shop_up{job=\"mine\"} 1\n", "", 1) + "")
		if got := ask(t, store, `shop_up or on() sum(up)`, at); got != "{} 1" {
			t.Errorf("%s: it has ended, and is %s", contentType, got)
		}
		step(body)
		if got := ask(t, store, `count(shop_up)`, at); got != "{} 1" || s.Trouble() != nil {
			t.Errorf("%s: it is back, and is %s; %v", contentType, got, s.Trouble())
		}
	}
}

// Native histograms come with protobuf.
func TestNative(t *testing.T) {
	reg := prometheus.NewRegistry()
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "shop_seconds", NativeHistogramBucketFactor: 1.1})
	reg.MustRegister(h)
	handler := promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	s, store := scraper(t, Options{Targets: []string{exposing(t, handler.ServeHTTP)}})
	for i := range 20 {
		h.Observe(0.25)
		s.Scrape(t.Context(), start.Add(time.Duration(i)*time.Second))
	}
	if got := ask(t, store, `round(histogram_quantile(0.5, sum(rate(shop_seconds[15s]))), 0.01)`, start.Add(19*time.Second)); got != "{} 0.25" && got != "{} 0.24" {
		t.Errorf("the median is %s; %v", got, s.Trouble())
	}
}

// What is too much, or no exposition, is left out with a message, and the target is down.
func TestHostile(t *testing.T) {
	text := func(write func(w io.Writer)) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
			write(w)
		}
	}
	for _, test := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request)
		want   string
	}{
		{"an endless body", text(func(w io.Writer) {
			line := []byte(strings.Repeat("x 1\n", 1000))
			for {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}), "more than 1 MiB"},
		{"an answer that never ends", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "no whole answer within 300ms"},
		{"many series", text(func(w io.Writer) {
			for i := range 300 {
				fmt.Fprintf(w, "shop_requests_total{id=\"%d\"} 1\n", i)
			}
		}), "more than 200 series"},
		{"a huge label", text(func(w io.Writer) { fmt.Fprintf(w, "shop_up{x=%q} 1\n", strings.Repeat("x", 5000)) }), "more than 4096 bytes"},
		{"no UTF-8", text(func(w io.Writer) { io.WriteString(w, "shop_up{x=\"\xff\xfe\"} 1\n") }), "UTF-8"},
		{"half a line", text(func(w io.Writer) { io.WriteString(w, "shop_up 1\nshop_up{x=") }), "expected label value"},
		{"a page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>")
		}, "no exposition"},
		{"an error", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) }, "500"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, store := scraper(t, Options{Targets: []string{exposing(t, test.answer)}, MaxBytes: 1 << 20, MaxSeries: 200, Timeout: 300 * time.Millisecond})
			s.Scrape(t.Context(), start)
			trouble := strings.Join(s.Trouble(), "\n")
			if !strings.Contains(trouble, test.want) || len(trouble) > 400 {
				t.Errorf("it says %q, not %q", trouble, test.want)
			}
			if series, _ := store.Len(); series != 2 || ask(t, store, "sum(up)", start) != "{} 0" {
				t.Errorf("%d series are kept", series)
			}
		})
	}
	for _, address := range []string{"localhost:8080/metrics", "ftp://localhost/metrics", "metrics", "http://"} {
		if _, err := New(&engine.Store{}, Options{Targets: []string{address}}); err == nil {
			t.Errorf("%s is an address", address)
		}
	}
}

// Series that are others each time are cut off, too.
func TestChurn(t *testing.T) {
	n := 0
	url := exposing(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		for range 10 {
			n++
			fmt.Fprintf(w, "shop_up{id=\"%d\"} 1\n", n)
		}
	})
	s, store := scraper(t, Options{Targets: []string{url}, MaxSeries: 10})
	for i := range 20 {
		s.Scrape(t.Context(), start.Add(time.Duration(i)*time.Second))
	}
	if series, _ := store.Len(); series != 52 || !strings.Contains(strings.Join(s.Trouble(), ""), "more than 50 series within an hour") {
		t.Errorf("%d series are kept; %v", series, s.Trouble())
	}
}

// A target that does not answer is down, and its series end.
func TestDown(t *testing.T) {
	down := false
	url := exposing(t, func(w http.ResponseWriter, _ *http.Request) {
		if down {
			http.Error(w, "no", 503)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "shop_up 1\n")
	})
	s, store := scraper(t, Options{Targets: []string{url}})
	s.Scrape(t.Context(), start)
	down = true
	s.Scrape(t.Context(), start.Add(time.Second))
	if got := ask(t, store, "shop_up or on() sum(up)", start.Add(time.Second)); got != "{} 0" || len(s.Trouble()) != 1 {
		t.Errorf("%s, %v", got, s.Trouble())
	}
}

// A thousand series each second of an hour, as it is held against 300 MB.
func BenchmarkHour(b *testing.B) {
	var body strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&body, "shop_requests_total{path=\"/%d\"} %d\n", i, i)
	}
	for b.Loop() {
		store := &engine.Store{}
		s, err := New(store, Options{Targets: []string{"http://localhost/metrics"}})
		if err != nil {
			b.Fatal(err)
		}
		for sec := range 3600 + 600 {
			at := start.Add(time.Duration(sec) * time.Second)
			if err := s.keep(s.targets[0], "text/plain", []byte(body.String()), at); err != nil {
				b.Fatal(err)
			}
			if sec%60 == 0 {
				store.Expire(at.Add(-time.Hour), nil)
			}
		}
		runtime.GC()
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		b.ReportMetric(float64(mem.HeapAlloc)/1e6, "MB")
		b.ReportMetric(float64(mem.Sys)/1e6, "MB-sys")
		if got := askAt(store, "count(count_over_time(shop_requests_total[1h]) > 3500)", start.Add(4199*time.Second)); got != 1000 {
			b.Fatalf("%v series have an hour", got)
		}
	}
}

func askAt(store *engine.Store, expr string, at time.Time) float64 {
	res, err := engine.New(store, engine.Options{}).Instant(context.Background(), expr, at)
	if err != nil || len(res.Series) == 0 {
		return math.NaN()
	}
	return res.Series[0].Points[0].Value
}
