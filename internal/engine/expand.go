package engine

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"
)

// templateVariables are what Prometheus puts before the template of a label or annotation.
const templateVariables = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

// Expand expands the template of an alert's annotation for a series of its expression, as
// Prometheus does. Templates that ask queries of their own are an error.
func Expand(ctx context.Context, text string, series Labels, value float64, at time.Time) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	ask := func(context.Context, string, time.Time) (promql.Vector, error) {
		return nil, errors.New("the template asks a query")
	}
	data := template.AlertTemplateData(series, nil, "", promql.Sample{Metric: labels.FromMap(series), F: value})
	return template.NewTemplateExpander(ctx, templateVariables+text, "__alert", data, model.TimeFromUnixNano(at.UnixNano()), ask, &url.URL{}, nil).Expand()
}
