package exposition

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/dashgen/dashgen/internal/remote"
	"github.com/dashgen/dashgen/schema"
)

// Stored asks a Prometheus server what it holds of a job now. Labels that scraping added to
// a target are taken away, and what was renamed to exported_NAME for them gets its name back.
func Stored(ctx context.Context, s *remote.Server, job string) ([]*Family, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	server, url := s.API(), s.URL()
	of := labels.FromStrings(model.JobLabel, job).String()
	meta, err := server.TargetsMetadata(ctx, of, "", "")
	if err != nil {
		return nil, fmt.Errorf("ask Prometheus at %s what types job %q has: %w", url, job, err)
	}
	if len(meta) == 0 {
		return nil, fmt.Errorf("ask Prometheus at %s: it scrapes no target of job %q", url, job)
	}
	now := time.Now()
	series, _, _, err := server.Series(ctx, []string{of}, now.Add(-5*time.Minute), now)
	if err != nil {
		return nil, fmt.Errorf("ask Prometheus at %s for the series of job %q: %w", url, job, err)
	}
	return stored(url, meta, series), nil
}

// stored makes families of metadata and series.
func stored(url string, meta []v1.MetricMetadata, series []model.LabelSet) []*Family {
	c := &collector{file: url, families: map[string]*family{}, openMetrics: true} // as some versions scrape
	target := map[string]bool{}
	for _, m := range meta {
		f := c.family(m.Metric)
		f.Type, f.Help, f.Unit = types[model.MetricType(m.Type)], m.Help, m.Unit
		for name := range m.Target {
			target[name] = true
		}
	}
	b := labels.NewScratchBuilder(0)
	for _, set := range series {
		b.Reset()
		name := string(set[model.MetricNameLabel])
		if scraped[name] {
			continue
		}
		for name, v := range set {
			original, renamed := strings.CutPrefix(string(name), model.ExportedLabelPrefix)
			switch {
			case renamed && target[original]:
				b.Add(original, string(v))
			case !target[string(name)]:
				b.Add(string(name), string(v))
			}
		}
		b.Sort()
		_, histogram := c.families[name]
		c.series(b.Labels(), histogram && c.families[name].Type == schema.Histogram)
	}
	// Metadata of what has no series says nothing, and its name may be OpenMetrics'.
	return slices.DeleteFunc(c.done(), func(f *Family) bool { return f.Series == 0 })
}

// scraped are the series that Prometheus makes for each target itself.
// Source: https://prometheus.io/docs/concepts/jobs_instances/.
var scraped = map[string]bool{
	"up": true, "scrape_duration_seconds": true, "scrape_samples_post_metric_relabeling": true,
	"scrape_samples_scraped": true, "scrape_series_added": true, "scrape_timeout_seconds": true,
	"scrape_sample_limit": true, "scrape_body_size_bytes": true,
}
