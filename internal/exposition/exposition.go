package exposition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/dashgen/dashgen/schema"
)

// A Family is one metric family as it was exposed. The zero value is a family of which
// nothing is known.
type Family struct {
	Name      string      // as the text format spells it: a counter's with _total
	Type      schema.Type // zero: the exposition does not say
	Help      string
	Unit      string     // what # UNIT says; empty: nothing
	Pos       schema.Pos // the first line that names it; without a line in protobuf
	Series    int        // one for each set of labels, le and quantile left out
	Labels    []Label    // sorted by name, without le and quantile
	Buckets   []float64  // upper bounds, ascending, without +Inf
	Quantiles []float64  // of a summary, ascending
	Native    bool       // it has native histograms
}

// A Label is a label name that series of a family carry.
type Label struct {
	Name   string
	Values []string // sorted, the first maxValues that were met
	More   bool     // there are others

	Optional bool // some series do not carry it
}

// maxValues bounds the values that are remembered of one label. A closed set of more than
// that many values stands in no source.
const maxValues = 1000

// Content types of the formats.
// Source: https://prometheus.io/docs/instrumenting/content_negotiation/.
const (
	typeText        = "text/plain"
	typeOpenMetrics = "application/openmetrics-text"
	typeProtobuf    = "application/vnd.google.protobuf"
)

// Parse reads the body of a scrape. name is the file or address that findings show;
// contentType is what the server said, and empty for a file: its format is told by what it
// begins and ends with. What cannot be read is a finding (check "exposition") at its line,
// beside the families that were read before it.
func Parse(name, contentType string, data []byte) ([]*Family, []schema.Finding) {
	if contentType == "" {
		contentType = sniff(data)
	}
	c := &collector{file: name, families: map[string]*family{}}
	if !strings.HasPrefix(contentType, typeProtobuf) {
		c.openMetrics = strings.HasPrefix(contentType, typeOpenMetrics)
		c.lines = firstLines(data)
	}
	err := c.read(data, contentType)
	if err == nil {
		return c.done(), nil
	}
	f := schema.Finding{Pos: schema.Pos{File: name}, Check: "exposition", Message: err.Error()}
	if c.lines != nil {
		f.Pos.Line = badLine(data, contentType)
	}
	return c.done(), []schema.Finding{f}
}

// sniff tells the format of a file: OpenMetrics ends with # EOF, and protobuf is no text.
func sniff(data []byte) string {
	head := data[:min(len(data), 512)]
	switch {
	case bytes.HasSuffix(bytes.TrimRight(data, "\r\n"), []byte("# EOF")):
		return typeOpenMetrics
	case len(head) > 1 && (bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) })):
		return typeProtobuf
	}
	return typeText
}

// A collector makes families of the entries of an exposition.
type collector struct {
	file        string
	openMetrics bool
	lines       map[string]int // by metric name, the line that it first stands on; nil: no text
	families    map[string]*family
	buf         []byte
}

// A family is one that is still being read.
type family struct {
	Family
	labels    map[string]*label
	seen      map[uint64]bool // hashes of its sets of labels
	bounds    map[float64]bool
	quantiles map[float64]bool
	spelt     bool // its series have the suffix that OpenMetrics takes off its name
}

type label struct {
	values map[string]bool
	more   bool
	series int
}

func (c *collector) read(data []byte, contentType string) error {
	p, err := textparse.New(data, contentType, nil, textparse.ParserOptions{
		FallbackContentType:                     typeText,
		KeepClassicOnClassicAndNativeHistograms: true,
		OpenMetricsSkipSTSeries:                 true,
	})
	if p == nil {
		return err
	}
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return oneLine(err)
		}
		switch entry {
		case textparse.EntryType:
			name, typ := p.Type()
			c.family(string(name)).Type = types[typ]
		case textparse.EntryHelp:
			name, help := p.Help()
			c.family(string(name)).Help = string(help)
		case textparse.EntryUnit:
			name, unit := p.Unit()
			c.family(string(name)).Unit = string(unit)
		case textparse.EntrySeries, textparse.EntryHistogram:
			var ls labels.Labels
			p.Labels(&ls)
			if err := valid(ls); err != nil {
				return err
			}
			c.series(ls, entry == textparse.EntryHistogram)
		}
	}
}

// oneLine keeps an error's text in the line of its finding, however long the damaged
// line was.
func oneLine(err error) error {
	text := strings.ToValidUTF8(err.Error(), "\uFFFD")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return errors.New(strings.ReplaceAll(text, "\n", `\n`))
}

// valid reports what a label value may not hold.
func valid(ls labels.Labels) (err error) {
	ls.Range(func(l labels.Label) {
		if !utf8.ValidString(l.Value) {
			err = fmt.Errorf("label %q of %q is no UTF-8", l.Name, ls.Get(model.MetricNameLabel))
		}
	})
	return err
}

// types are schema's types by Prometheus'. OpenMetrics' unknown, and untyped, which the
// text parser calls unknown too, are left out: they say nothing.
var types = map[model.MetricType]schema.Type{
	model.MetricTypeCounter:        schema.Counter,
	model.MetricTypeGauge:          schema.Gauge,
	model.MetricTypeHistogram:      schema.Histogram,
	model.MetricTypeGaugeHistogram: schema.Histogram,
	model.MetricTypeSummary:        schema.Summary,
	model.MetricTypeInfo:           schema.Info,
	model.MetricTypeStateset:       schema.StateSet,
}

func (c *collector) family(name string) *family {
	f := c.families[name]
	if f == nil {
		f = &family{
			Family: Family{Name: name, Pos: schema.Pos{File: c.file, Line: c.lines[name]}},
			labels: map[string]*label{}, seen: map[uint64]bool{}, bounds: map[float64]bool{}, quantiles: map[float64]bool{},
		}
		c.families[name] = f
	}
	return f
}

// suffixes are what a family's series carry behind its name, by its type; the empty one
// where the name is the family's own.
// Source: the OpenMetrics specification, "Metric types"; the text format has the same but
// for _total and _info, which belong to the name there.
var suffixes = map[schema.Type][]string{
	schema.Counter:   {"_created"},
	schema.Histogram: {"_bucket", "_count", "_sum", "_gcount", "_gsum", "_created"},
	schema.Summary:   {"_count", "_sum", "_created"},
}

// own are the suffixes that the text format has in the family's name and OpenMetrics has
// not.
var own = map[schema.Type]string{schema.Counter: "_total", schema.Info: "_info"}

// familyOf returns the family that a series name belongs to, and the suffix.
func (c *collector) familyOf(name string) (f *family, suffix string) {
	if f := c.families[name]; f != nil {
		return f, ""
	}
	if i := strings.LastIndexByte(name, '_'); i > 0 {
		f := c.families[name[:i]]
		switch {
		case f == nil:
		case c.openMetrics && own[f.Type] == name[i:]:
			f.spelt = true
			return f, ""
		case slices.Contains(suffixes[f.Type], name[i:]):
			return f, name[i:]
		}
	}
	return c.family(name), ""
}

// series adds one series.
func (c *collector) series(ls labels.Labels, native bool) {
	f, suffix := c.familyOf(ls.Get(model.MetricNameLabel))
	if suffix == "_created" {
		return
	}
	f.Native = f.Native || native
	if suffix == "_bucket" {
		if bound, err := strconv.ParseFloat(ls.Get(model.BucketLabel), 64); err == nil && !math.IsInf(bound, 1) {
			f.bounds[bound] = true
		}
	}
	if f.Type == schema.Summary && suffix == "" {
		if q, err := strconv.ParseFloat(ls.Get(model.QuantileLabel), 64); err == nil {
			f.quantiles[q] = true
		}
	}
	ignored := f.special()
	var hash uint64
	hash, c.buf = ls.HashWithoutLabels(c.buf[:0], ignored...)
	if f.seen[hash] {
		return
	}
	f.seen[hash] = true
	f.add(ls, ignored)
}

// special returns the labels, sorted, that belong to the type and not to the metric.
func (f *family) special() []string {
	switch f.Type {
	case schema.Histogram:
		return []string{model.BucketLabel}
	case schema.Summary:
		return []string{model.QuantileLabel}
	}
	return nil
}

// add counts the labels of a new series.
func (f *family) add(ls labels.Labels, ignored []string) {
	ls.Range(func(l labels.Label) {
		if l.Name == model.MetricNameLabel || slices.Contains(ignored, l.Name) {
			return
		}
		seen := f.labels[l.Name]
		if seen == nil {
			seen = &label{values: map[string]bool{}}
			f.labels[l.Name] = seen
		}
		seen.series++
		if !seen.values[l.Value] && len(seen.values) >= maxValues {
			seen.more = true
			return
		}
		seen.values[l.Value] = true
	})
}

// done returns the families that have series or a type, sorted by name.
func (c *collector) done() []*Family {
	var all []*Family
	for _, f := range c.families {
		all = append(all, f.finish(c.openMetrics))
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

func (f *family) finish(openMetrics bool) *Family {
	out := f.Family
	if f.spelt || openMetrics && len(f.seen) == 0 {
		out.Name = strings.TrimSuffix(out.Name, own[f.Type]) + own[f.Type]
	}
	out.Series = len(f.seen)
	for name, l := range f.labels {
		out.Labels = append(out.Labels, Label{Name: name, Values: sortedKeys(l.values), More: l.more, Optional: l.series < len(f.seen)})
	}
	sort.Slice(out.Labels, func(i, j int) bool { return out.Labels[i].Name < out.Labels[j].Name })
	out.Buckets, out.Quantiles = sortedKeys(f.bounds), sortedKeys(f.quantiles)
	return &out
}
