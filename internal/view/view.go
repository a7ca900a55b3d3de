package view

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/dashgen/dashgen/internal/engine"
)

// A Source answers PromQL. It may be asked in parallel. *engine.Engine is one.
type Source interface {
	// Instant evaluates an expression at one time.
	Instant(ctx context.Context, expr string, at time.Time) (*engine.Result, error)
	// Range evaluates an expression at from, every step behind it, and not after to.
	Range(ctx context.Context, expr string, from, to time.Time, step time.Duration) (*engine.Result, error)
}

// A Request says what is to be seen of a board.
type Request struct {
	From, To time.Time
	Points   int           // most that a series has, as wide as it is drawn; zero: 300
	Scrape   time.Duration // the scrape interval, which no step is below; zero: 15s, Grafana's default

	// Deployed is the scrape interval of the server that the board is for, which ranges of rates
	// are made of: what is scraped more often here is drawn as it will be there. Zero: Scrape.
	Deployed time.Duration

	// Variables are the chosen values by name. A variable without any has its Current; "$__all"
	// among the values is all.
	Variables map[string][]string
}

// All is the value of a variable that stands for all.
const All = "$__all"

// A Panel is what there is to see on a panel of a board. Which of Series, Table, Heatmap and
// Alerts are filled is the panel's kind to say.
type Panel struct {
	ID    int     `json:"id"`
	Times []int64 `json:"times,omitempty"` // milliseconds since the epoch, one for each of a series' values

	Series  []Series `json:"series,omitempty"`
	Table   *Table   `json:"table,omitempty"`
	Heatmap *Heatmap `json:"heatmap,omitempty"`
	Alerts  []Alert  `json:"alerts,omitempty"`

	Error string   `json:"error,omitempty"` // why there is nothing, or not all
	Notes []string `json:"notes,omitempty"` // what the engine said beside its answers
}

// Empty reports whether a panel that asks for something has got nothing.
func (p *Panel) Empty() bool {
	return len(p.Series) == 0 && len(p.Alerts) == 0 && (p.Table == nil || len(p.Table.Rows) == 0) && (p.Heatmap == nil || len(p.Heatmap.Rows) == 0)
}

// A Series is one line, number or band.
type Series struct {
	RefID  string        `json:"refId"`
	Name   string        `json:"name"` // its legend
	Labels engine.Labels `json:"labels"`
	Unit   string        `json:"unit"`  // Grafana's id, never empty
	Color  string        `json:"color"` // of the line; where the panel colours by thresholds, of the latest value
	Values Numbers       `json:"values"`
	Calcs  Calcs         `json:"calcs"`
	Text   string        `json:"text"` // of the latest value: its mapping, else the value in its unit

	Dash      bool `json:"dash,omitempty"`
	NegativeY bool `json:"negativeY,omitempty"`
	NoFill    bool `json:"noFill,omitempty"`
}

// Calcs are what legends say of a series, over the values that there are. NaN: none.
type Calcs struct {
	Last Number `json:"last"` // Grafana's lastNotNull
	Mean Number `json:"mean"`
	Min  Number `json:"min"`
	Max  Number `json:"max"`
}

// A Table is what a table panel shows: one row for each set of labels.
type Table struct {
	Columns []Column `json:"columns"`
	Rows    [][]Cell `json:"rows"`
}

// A Column of a table holds a label or the values of a query.
type Column struct {
	Name   string `json:"name"`
	Unit   string `json:"unit,omitempty"` // of a column of values
	Values bool   `json:"values,omitempty"`
}

// A Cell of a table.
type Cell struct {
	Text  string `json:"text"`
	Value Number `json:"value"` // NaN: a label, or nothing
	Color string `json:"color,omitempty"`
}

// A Heatmap is a histogram over time.
type Heatmap struct {
	Unit     string       `json:"unit"`     // of the buckets' bounds
	CellUnit string       `json:"cellUnit"` // of the counts
	Rows     []HeatmapRow `json:"rows"`     // from low to high
}

// A HeatmapRow is a bucket over time.
type HeatmapRow struct {
	Lower  Number  `json:"lower"` // NaN: not known
	Upper  Number  `json:"upper"`
	Counts Numbers `json:"counts"` // one for each of the panel's Times; NaN: none
}

// An Alert is one that is pending or firing.
type Alert struct {
	Name   string        `json:"name"`
	State  engine.State  `json:"state"`
	Labels engine.Labels `json:"labels"` // without alertname and alertstate
	Since  int64         `json:"since"`  // when its condition began to hold, in milliseconds; 0: not known
}

// A Number is a float64 whose JSON is null where it is none.
type Number float64

// Numbers are values whose JSON is null where there is none.
type Numbers []float64

// None is the value that stands for none.
var None = math.NaN()

// MarshalJSON writes NaN and the infinities as null.
func (n Number) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(n)), nil }

// UnmarshalJSON reads null as NaN.
func (n *Number) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*n = Number(None)
		return nil
	}
	return json.Unmarshal(data, (*float64)(n))
}

// MarshalJSON writes a list, NaN and the infinities as null.
func (ns Numbers) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 2+8*len(ns))
	b = append(b, '[')
	for i, n := range ns {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, n)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads null as NaN.
func (ns *Numbers) UnmarshalJSON(data []byte) error {
	var list []Number
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*ns = make(Numbers, len(list))
	for i, n := range list {
		(*ns)[i] = float64(n)
	}
	return nil
}

// appendNumber writes eight digits, which no screen shows more of; whole numbers in full.
func appendNumber(b []byte, v float64) []byte {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return append(b, "null"...)
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return strconv.AppendInt(b, int64(v), 10)
	}
	return strconv.AppendFloat(b, v, 'g', 8, 64)
}

// calcs computes what legends say.
func calcs(values []float64) Calcs {
	c := Calcs{Number(None), Number(None), Number(None), Number(None)}
	sum, n := 0.0, 0
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if n == 0 {
			c.Min, c.Max = Number(v), Number(v)
		}
		sum, n = sum+v, n+1
		c.Last, c.Min, c.Max = Number(v), min(c.Min, Number(v)), max(c.Max, Number(v))
	}
	if n > 0 {
		c.Mean = Number(sum / float64(n))
	}
	return c
}
