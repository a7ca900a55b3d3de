// Package attribute has the signatures of the real one and none of its code.
package attribute

import "fmt"

type Key string

type Value struct{ _ int }

type KeyValue struct {
	Key   Key
	Value Value
}

type Filter func(KeyValue) bool

type Set struct{ _ int }

type Sortable []KeyValue

func EmptySet() *Set { return nil }

func NewSet(kvs ...KeyValue) Set { return Set{} }

func NewSetWithSortable(kvs []KeyValue, _ *Sortable) Set { return Set{} }

func NewSetWithFiltered(kvs []KeyValue, filter Filter) (Set, []KeyValue) { return Set{}, nil }

func (l *Set) ToSlice() []KeyValue { return nil }

func NewAllowKeysFilter(keys ...Key) Filter { return nil }

func NewDenyKeysFilter(keys ...Key) Filter { return nil }

func Stringer(k string, v fmt.Stringer) KeyValue { return KeyValue{} }

func Bool(k string, v bool) KeyValue { return KeyValue{} }

func BoolValue(v bool) Value { return Value{} }

func (k Key) Bool(v bool) KeyValue { return KeyValue{} }

func BoolSlice(k string, v []bool) KeyValue { return KeyValue{} }

func BoolSliceValue(v []bool) Value { return Value{} }

func (k Key) BoolSlice(v []bool) KeyValue { return KeyValue{} }

func Int(k string, v int) KeyValue { return KeyValue{} }

func IntValue(v int) Value { return Value{} }

func (k Key) Int(v int) KeyValue { return KeyValue{} }

func IntSlice(k string, v []int) KeyValue { return KeyValue{} }

func IntSliceValue(v []int) Value { return Value{} }

func (k Key) IntSlice(v []int) KeyValue { return KeyValue{} }

func Int64(k string, v int64) KeyValue { return KeyValue{} }

func Int64Value(v int64) Value { return Value{} }

func (k Key) Int64(v int64) KeyValue { return KeyValue{} }

func Int64Slice(k string, v []int64) KeyValue { return KeyValue{} }

func Int64SliceValue(v []int64) Value { return Value{} }

func (k Key) Int64Slice(v []int64) KeyValue { return KeyValue{} }

func Float64(k string, v float64) KeyValue { return KeyValue{} }

func Float64Value(v float64) Value { return Value{} }

func (k Key) Float64(v float64) KeyValue { return KeyValue{} }

func Float64Slice(k string, v []float64) KeyValue { return KeyValue{} }

func Float64SliceValue(v []float64) Value { return Value{} }

func (k Key) Float64Slice(v []float64) KeyValue { return KeyValue{} }

func String(k, v string) KeyValue { return KeyValue{} }

func StringValue(v string) Value { return Value{} }

func (k Key) String(v string) KeyValue { return KeyValue{} }

func StringSlice(k string, v []string) KeyValue { return KeyValue{} }

func StringSliceValue(v []string) Value { return Value{} }

func (k Key) StringSlice(v []string) KeyValue { return KeyValue{} }
