package scanner

import (
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// TestBuckets holds bucket bounds against client_golang itself, to the last bit: a bound
// that is told otherwise is one that le never has.
func TestBuckets(t *testing.T) {
	number := func(f float64) Value { return Value{Kind: Number, Num: f} }
	for _, test := range []struct {
		fn         string
		of         func(a, b float64, n int) []float64
		start, end float64
		n          int
	}{
		{"LinearBuckets", prometheus.LinearBuckets, 0.1, 0.1, 30},
		{"LinearBuckets", prometheus.LinearBuckets, -3, 1.7, 9},
		{"ExponentialBuckets", prometheus.ExponentialBuckets, 0.00001, 3, 11},
		{"ExponentialBuckets", prometheus.ExponentialBuckets, 1, 10, 13},
		{"ExponentialBucketsRange", prometheus.ExponentialBucketsRange, 0.01, 100, 13},
		{"ExponentialBucketsRange", prometheus.ExponentialBucketsRange, 0.005, 60, 14},
	} {
		got := prometheusFuncs[prom+"."+test.fn](nil, []Value{number(test.start), number(test.end), number(float64(test.n))})
		var bounds []float64
		for _, v := range got.Elems {
			bounds = append(bounds, v.Value.Num)
		}
		if want := test.of(test.start, test.end, test.n); !slices.Equal(bounds, want) {
			t.Errorf("%s(%v, %v, %d) = %v, want %v", test.fn, test.start, test.end, test.n, bounds, want)
		}
	}
}
