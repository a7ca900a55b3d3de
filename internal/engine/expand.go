package engine

import (
	"context"
	"errors"
	"math"
	"net/url"
	"strings"
	"sync"
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

// texts are templates that were expanded, by what goes into them. The zero value is empty.
type texts struct {
	mu sync.Mutex
	of map[textKey]string
}

type textKey struct {
	alert, template string
	series          string
	value           uint64
}

// mostTexts is how many are kept.
const mostTexts = 1 << 12

// timely reports whether a template's text may depend on the time at which it is expanded.
func timely(template string) bool {
	return strings.Contains(template, "query") || strings.Contains(template, "now")
}

// expanded returns a template's text for a sample of an alert, which it has expand make
// where it is not known.
func (t *texts) expanded(alert, template string, s promql.Sample, expand func() (string, error)) (string, error) {
	if s.H != nil || timely(template) {
		return expand()
	}
	key := textKey{alert, template, string(s.Metric.Bytes(nil)), math.Float64bits(s.F)}
	t.mu.Lock()
	text, known := t.of[key]
	t.mu.Unlock()
	if known {
		return text, nil
	}
	text, err := expand()
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.of) >= mostTexts || t.of == nil {
		t.of = map[textKey]string{}
	}
	t.of[key] = text
	return text, nil
}
