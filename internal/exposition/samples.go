package exposition

import (
	"errors"
	"io"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// A Sample is one value of a scrape. What it refers to is valid until the next one.
type Sample struct {
	Series    []byte // the series as it was written, the same bytes each time it is scraped
	Value     float64
	Histogram *histogram.FloatHistogram // of a native histogram, instead of Value

	parser textparse.Parser
}

// Labels returns the labels of the series, its name among them as __name__.
func (s *Sample) Labels() (map[string]string, error) {
	var ls labels.Labels
	s.parser.Labels(&ls)
	if err := valid(ls); err != nil {
		return nil, err
	}
	return ls.Map(), nil
}

// Samples calls a function with each sample of a scrape, in its order, and ends with its
// first error. What cannot be read is an error, too. Times that samples bring are not looked
// at.
func Samples(contentType string, data []byte, each func(*Sample) error) error {
	p, err := textparse.New(data, contentType, nil, textparse.ParserOptions{
		FallbackContentType:                     typeText,
		KeepClassicOnClassicAndNativeHistograms: true,
		OpenMetricsSkipSTSeries:                 true,
	})
	if p == nil {
		return err
	}
	s := &Sample{parser: p}
	for {
		entry, err := p.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return oneLine(err)
		case entry == textparse.EntrySeries:
			s.Series, _, s.Value = p.Series()
			s.Histogram = nil
		case entry == textparse.EntryHistogram:
			var whole *histogram.Histogram
			s.Series, _, whole, s.Histogram = p.Histogram()
			if s.Histogram == nil {
				s.Histogram = whole.ToFloat(nil)
			} else {
				s.Histogram = s.Histogram.Copy()
			}
		default:
			continue
		}
		if err := each(s); err != nil {
			return err
		}
	}
}
