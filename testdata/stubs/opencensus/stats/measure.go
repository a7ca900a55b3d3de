// Package stats has the signatures of the real one and none of its code.
package stats

type Measure interface {
	Name() string
	Description() string
	Unit() string
}

type Int64Measure struct{ Measure }

type Float64Measure struct{ Measure }

func Int64(name, description, unit string) *Int64Measure { return nil }

func Float64(name, description, unit string) *Float64Measure { return nil }

const (
	UnitNone         = "1"
	UnitBytes        = "By"
	UnitMilliseconds = "ms"
)
