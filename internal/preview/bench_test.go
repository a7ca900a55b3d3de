package preview

import (
	"fmt"
	"testing"
	"time"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/internal/view"
	"github.com/dashgen/dashgen/schema"
)

// A board of 30 panels over a thousand series of an hour, each second 5, as it is held against
// 300 ms.
func BenchmarkBoard(b *testing.B) {
	p := Program{Config: &config.Config{Name: "shop"}, Schema: &schema.Schema{}}
	board := plan.Board{UID: "shop"}
	row := plan.Row{}
	for i := range 30 {
		m := &schema.Metric{Name: fmt.Sprintf("shop_part%d_requests_total", i), Type: schema.Counter, Labels: []schema.Label{
			{Name: "code", Values: []string{"200", "404", "500"}}, {Name: "method", Values: []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"}},
		}}
		p.Schema.Metrics = append(p.Schema.Metrics, m)
		p.Signals = append(p.Signals, plan.Signal{Kind: plan.Rate, Metrics: []*schema.Metric{m}})
		row.Panels = append(row.Panels, plan.Panel{ID: i + 1, Kind: "timeseries", Queries: []plan.Query{{RefID: "A", Expr: "sum by (code) (rate(" + m.Name + "[$__rate_interval]))", Legend: "{{code}}"}}})
	}
	board.Rows = []plan.Row{row}
	feed := Simulate(SimulateOptions{Now: func() time.Time { return now }}).(*simulated)
	if err := feed.Show(b.Context(), []Program{p}); err != nil {
		b.Fatal(err)
	}
	series, samples := feed.store.Len()
	for b.Loop() {
		for _, got := range view.Panels(b.Context(), feed, &board, nil, view.Request{From: now.Add(-time.Hour), To: now, Points: 300, Scrape: feed.Scrape()}) {
			if got.Empty() || got.Error != "" {
				b.Fatal(got.Error)
			}
		}
	}
	b.ReportMetric(float64(series), "series")
	b.ReportMetric(float64(samples), "samples")
}
