package scanner

import (
	"go/types"
	"reflect"
)

// This file evaluates package reflect, as far as it tells the fields of a struct: their
// names, types and tags.

// reflectMethods are the methods of reflect that are evaluated. A reflect.Value is its
// type here.
var reflectMethods = map[string]standardMethod{
	"(reflect.Type).Elem":      func(_ *evaluator, t Value, _ []Value) Value { return reflected(elementOf(t)) },
	"(reflect.Value).Elem":     func(_ *evaluator, t Value, _ []Value) Value { return reflected(elementOf(t)) },
	"(reflect.Value).Type":     func(_ *evaluator, t Value, _ []Value) Value { return t },
	"(reflect.Type).NumField":  (*evaluator).countFields,
	"(reflect.Value).NumField": (*evaluator).countFields,
	"(reflect.Type).Field":     (*evaluator).structField,
	"(reflect.Value).Field":    (*evaluator).reflectedField,
	"(reflect.Type).Name":      (*evaluator).typeName,
	"(reflect.StructTag).Get":  (*evaluator).tagValue,
}

// reflectFuncs are the functions of reflect that are evaluated.
func (ev *evaluator) reflectFuncs() map[string]func([]Value) Value {
	of := func(args []Value) Value {
		if len(args) != 1 {
			return Value{}
		}
		return reflectedAll(args[0])
	}
	return map[string]func([]Value) Value{
		"reflect.TypeOf": of, "reflect.ValueOf": of,
		"reflect.Indirect": func(args []Value) Value {
			if len(args) != 1 || args[0].Kind != Reflected {
				return Value{}
			}
			return args[0]
		},
		"reflect.VisibleFields": func(args []Value) Value {
			if len(args) != 1 {
				return Value{}
			}
			return ev.visibleFields(args[0])
		},
	}
}

// reflectedAll returns the types of what v may be.
func reflectedAll(v Value) Value {
	var alts []Value
	v.each(func(v Value) { alts = append(alts, reflected(v.Type)) })
	return choice(alts)
}

// reflected returns t as reflect says it: the type that a pointer points to, for values do
// not keep apart the two. It is unknown where others may stand behind t.
func reflected(t types.Type) Value {
	if t == nil {
		return Value{}
	}
	t = deref(t)
	if _, ok := t.(*types.TypeParam); ok || types.IsInterface(t) {
		return Value{}
	}
	return Value{Kind: Reflected, Type: t}
}

// elementOf returns the type of the elements of a reflected type, or of what it points to.
func elementOf(v Value) types.Type {
	if v.Kind != Reflected {
		return nil
	}
	if t, ok := v.Type.Underlying().(interface{ Elem() types.Type }); ok {
		return t.Elem()
	}
	return v.Type
}

func structOf(v Value) *types.Struct {
	if v.Kind != Reflected {
		return nil
	}
	st, _ := v.Type.Underlying().(*types.Struct)
	return st
}

func (ev *evaluator) countFields(v Value, _ []Value) Value {
	if st := structOf(v); st != nil {
		return num(float64(st.NumFields()))
	}
	return Value{}
}

// fieldIndex returns the index that args say, or -1.
func fieldIndex(st *types.Struct, args []Value) int {
	if st == nil || len(args) != 1 || args[0].Kind != Number || args[0].Num < 0 || int(args[0].Num) >= st.NumFields() {
		return -1
	}
	return int(args[0].Num)
}

func (ev *evaluator) structField(v Value, args []Value) Value {
	st := structOf(v)
	i := fieldIndex(st, args)
	if i < 0 {
		return Value{}
	}
	return describeField(st.Field(i), st.Tag(i))
}

func (ev *evaluator) reflectedField(v Value, args []Value) Value {
	st := structOf(v)
	i := fieldIndex(st, args)
	if i < 0 {
		return Value{}
	}
	return reflected(st.Field(i).Type())
}

// describeField returns a reflect.StructField.
func describeField(f *types.Var, tag string) Value {
	name, said, t := str(f.Name()), str(tag), reflected(f.Type())
	return Value{Kind: Struct, Fields: map[string]Elem{"Name": {Value: &name}, "Tag": {Value: &said}, "Type": {Value: &t}}}
}

// visibleFields returns the fields of a struct. Those of embedded structs are not told.
func (ev *evaluator) visibleFields(v Value) Value {
	st := structOf(v)
	if st == nil {
		return Value{}
	}
	list := Value{Kind: List}
	for i := range st.NumFields() {
		if st.Field(i).Embedded() {
			return Value{}
		}
		f := describeField(st.Field(i), st.Tag(i))
		list.Elems = append(list.Elems, Elem{Value: &f})
	}
	return list
}

func (ev *evaluator) typeName(v Value, _ []Value) Value {
	if v.Kind != Reflected {
		return Value{}
	}
	switch t := types.Unalias(v.Type).(type) {
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			return str(t.Obj().Name())
		}
	case *types.Basic:
		return str(t.Name())
	}
	return Value{}
}

func (ev *evaluator) tagValue(tag Value, args []Value) Value {
	return known(append([]Value{tag}, args...), func(s []string) string { return reflect.StructTag(s[0]).Get(s[1]) })
}
