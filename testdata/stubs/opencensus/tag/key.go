// Package tag has the signatures of the real one and none of its code.
package tag

type Key struct{ _ int }

func NewKey(name string) (Key, error) { return Key{}, nil }

func MustNewKey(name string) Key { return Key{} }
