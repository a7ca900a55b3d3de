package build

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dashgen/dashgen/internal/exposition"
	"github.com/dashgen/dashgen/internal/lint"
)

// What each system exposes over HTTP, in every format, is what its source promises.
func TestVerifySystems(t *testing.T) {
	for name := range systems {
		sim := systems[name](1, time.Unix(1700000000, 0))
		for i := range 900 {
			sim.Step(time.Unix(1700000000+int64(i), 0))
		}
		srv := httptest.NewServer(promhttp.HandlerFor(sim.Registry(), promhttp.HandlerOpts{EnableOpenMetrics: true}))
		defer srv.Close()
		t.Run(name, func(t *testing.T) {
			t.Chdir("../../testdata/systems/" + name)
			res, err := runOne(Options{})
			if err != nil {
				t.Fatal(err)
			}
			opts := exposition.Options{Owned: lint.Owned(res.Schema, res.Config), SeriesLimit: res.Config.SeriesLimit}
			for _, accept := range []string{"", "text/plain", "application/openmetrics-text;version=1.0.0"} {
				data, contentType := scrape(t, srv.URL, accept)
				families, findings := exposition.Parse(name, contentType, data)
				verified, _ := exposition.Verify(res.Schema, families, opts)
				for _, f := range append(findings, verified...) {
					t.Errorf("%s: %s: %s (%s)", contentType, f.Pos, f.Message, f.Check)
				}
				if len(families) < len(res.Schema.Metrics)/2 {
					t.Errorf("%s: %d families only", contentType, len(families))
				}
			}
		})
	}
}

// scrape asks for one format, or as Fetch does.
func scrape(t *testing.T, url, accept string) (data []byte, contentType string) {
	t.Helper()
	if accept == "" {
		data, contentType, err := exposition.Fetch(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(contentType, "application/vnd.google.protobuf") {
			t.Errorf("asked for protobuf, got %s", contentType)
		}
		return data, contentType
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if data, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return data, resp.Header.Get("Content-Type")
}
