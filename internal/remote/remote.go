// Package remote asks a Prometheus server, or what answers as one (Mimir, Thanos,
// VictoriaMetrics), over its HTTP API.
//
//	server, err := remote.New("http://prometheus:9090", token)
//	res, err := server.Instant(ctx, "up", time.Now())
//	res, err = server.Range(ctx, "rate(up[5m])", from, to, time.Minute)
//
// Answers have the form of internal/engine's, so that whoever asks need not know which of
// the two it asks. They are bounded in time and size. Nothing is ever written to a server.
//
// It imports internal/engine for that form, and Prometheus' API client.
package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/dashgen/dashgen/internal/engine"
)

const (
	timeout   = 30 * time.Second // of one question
	maxAnswer = 256 << 20        // bytes; several instances of a large program are more than one scrape
)

// A Server is a Prometheus server. It may be asked in parallel.
type Server struct {
	url string // without a password
	api v1.API
}

// New returns the server at an address. token, if any, is sent as the Authorization header's
// bearer token, which the answer's redirects to other hosts do not get. Nothing is asked yet.
func New(address, token string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address of a Prometheus server: write it as http://localhost:9090", address)
	}
	client, err := api.NewClient(api.Config{Address: address, Client: &http.Client{Transport: &transport{token, u.Host}}})
	if err != nil {
		return nil, fmt.Errorf("ask Prometheus at %s: %w", u.Redacted(), err)
	}
	return &Server{u.Redacted(), v1.NewAPI(client)}, nil
}

// URL returns the server's address without a password.
func (s *Server) URL() string { return s.url }

// API returns the server's whole API. Its questions are bounded in size, not in time.
func (s *Server) API() v1.API { return s.api }

// Reach asks for what every server has an answer to. An error says why there is none.
func (s *Server) Reach(ctx context.Context) error {
	_, err := s.Instant(ctx, "vector(1)", time.Now())
	return err
}

// Instant evaluates an expression at one time.
func (s *Server) Instant(ctx context.Context, expr string, at time.Time) (*engine.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	v, warnings, infos, err := s.api.Query(ctx, expr, at)
	return s.result(expr, v, warnings, infos, err)
}

// Range evaluates an expression at from, every step behind it, and not after to.
func (s *Server) Range(ctx context.Context, expr string, from, to time.Time, step time.Duration) (*engine.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	v, warnings, infos, err := s.api.QueryRange(ctx, expr, v1.Range{Start: from, End: to, Step: step})
	return s.result(expr, v, warnings, infos, err)
}

// A QueryError says that the server could be asked, and refused this expression.
type QueryError struct {
	Expr string
	Err  error
}

func (e *QueryError) Error() string { return fmt.Sprintf("query %s: %v", e.Expr, e.Err) }

// Unwrap returns Err.
func (e *QueryError) Unwrap() error { return e.Err }

func (s *Server) result(expr string, v model.Value, warnings v1.Warnings, infos v1.Infos, err error) (*engine.Result, error) {
	var said *v1.Error
	switch {
	case errors.As(err, &said) && (said.Type == v1.ErrBadData || said.Type == v1.ErrExec || said.Type == v1.ErrTimeout):
		return nil, &QueryError{expr, said}
	case err != nil:
		return nil, fmt.Errorf("ask Prometheus at %s: %w", s.url, err)
	}
	res := &engine.Result{Warnings: sorted(warnings), Infos: sorted(infos)}
	switch v := v.(type) {
	case *model.Scalar:
		res.Series = []engine.Series{{Labels: engine.Labels{}, Points: []engine.Point{{At: v.Timestamp.Time().UTC(), Value: float64(v.Value)}}}}
	case model.Vector:
		for _, sample := range v {
			res.Series = append(res.Series, engine.Series{Labels: labelsOf(sample.Metric), Points: points([]model.SamplePair{{Timestamp: sample.Timestamp, Value: sample.Value}}, histogram(sample))})
		}
	case model.Matrix:
		for _, series := range v {
			res.Series = append(res.Series, engine.Series{Labels: labelsOf(series.Metric), Points: points(series.Values, series.Histograms)})
		}
	}
	slices.SortFunc(res.Series, func(a, b engine.Series) int { return strings.Compare(a.Labels.String(), b.Labels.String()) })
	return res, nil
}

func sorted[S ~[]string](list S) []string {
	return slices.Sorted(slices.Values(list))
}

func labelsOf(m model.Metric) engine.Labels {
	ls := engine.Labels{}
	for name, value := range m {
		ls[string(name)] = string(value)
	}
	return ls
}

// histogram returns the native histogram that a sample is; none where it is a number.
func histogram(s *model.Sample) []model.SampleHistogramPair {
	if s.Histogram == nil {
		return nil
	}
	return []model.SampleHistogramPair{{Timestamp: s.Timestamp, Histogram: s.Histogram}}
}

// points returns numbers and histograms in order of time. A time has one of the two.
func points(values []model.SamplePair, histograms []model.SampleHistogramPair) []engine.Point {
	var ps []engine.Point
	taken := map[model.Time]bool{}
	for _, h := range histograms {
		taken[h.Timestamp] = true
		p := engine.Point{At: h.Timestamp.Time().UTC(), Histogram: h.Histogram.String()}
		for _, b := range h.Histogram.Buckets {
			p.Buckets = append(p.Buckets, engine.Bucket{Lower: float64(b.Lower), Upper: float64(b.Upper), Count: float64(b.Count)})
		}
		ps = append(ps, p)
	}
	for _, v := range values {
		if !taken[v.Timestamp] {
			ps = append(ps, engine.Point{At: v.Timestamp.Time().UTC(), Value: float64(v.Value)})
		}
	}
	slices.SortFunc(ps, func(a, b engine.Point) int { return a.At.Compare(b.At) })
	return ps
}

// A transport sends a token to its host and bounds answers.
type transport struct{ token, host string }

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.token != "" && req.URL.Host == t.host {
		req = req.Clone(req.Context())
		req.Header.Set("Authorization", "Bearer "+t.token)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}
