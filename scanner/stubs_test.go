package scanner

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestStubs holds what the stubs of client_golang export against the module that
// go.mod names: they have the same signatures, so that what is true of the one for a
// scan is true of the other.
func TestStubs(t *testing.T) {
	for _, path := range []string{prom, promauto} {
		pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedTypes | packages.NeedModule}, path)
		if err != nil || len(pkgs) != 1 || len(pkgs[0].Errors) > 0 {
			t.Fatalf("load %s: %v %v", path, err, pkgs)
		}
		stub, err := imports.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		real := pkgs[0].Types.Scope()
		for _, name := range stub.Scope().Names() {
			s, r := stub.Scope().Lookup(name), real.Lookup(name)
			switch {
			case r == nil:
				t.Errorf("%s.%s is not in %s", path, name, pkgs[0].Module.Version)
			case s.Exported() && signature(s) != signature(r):
				t.Errorf("%s.%s: stub %s, real %s", path, name, signature(s), signature(r))
			}
			if tn, ok := s.(*types.TypeName); ok && r != nil && s.Exported() {
				compareMembers(t, tn, r)
			}
		}
	}
}

// signature returns the type of a function, variable or constant; of a type its kind.
func signature(obj types.Object) string {
	if _, ok := obj.(*types.TypeName); ok {
		switch u := obj.Type().Underlying().(type) {
		case *types.Struct:
			return "struct"
		case *types.Interface:
			return "interface"
		default:
			return u.String()
		}
	}
	return obj.Type().String()
}

// compareMembers compares the exported methods and fields that the stub has.
func compareMembers(t *testing.T, stub *types.TypeName, real types.Object) {
	recv := types.Type(types.NewPointer(stub.Type()))
	if types.IsInterface(stub.Type()) {
		recv = stub.Type()
		for m := range types.NewMethodSet(real.Type()).Methods() {
			if found, _, _ := types.LookupFieldOrMethod(recv, true, nil, m.Obj().Name()); found == nil && m.Obj().Exported() {
				t.Errorf("%s is not in the stub", m.Obj())
			}
		}
	}
	var members []types.Object
	for m := range types.NewMethodSet(recv).Methods() {
		members = append(members, m.Obj())
	}
	if st, ok := stub.Type().Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			members = append(members, f)
		}
	}
	for _, m := range members {
		if !m.Exported() {
			continue
		}
		r, _, _ := types.LookupFieldOrMethod(real.Type(), true, real.Pkg(), m.Name())
		if r == nil || r.Type().String() != m.Type().String() {
			t.Errorf("%s.%s: stub %v, real %v", stub.Name(), m.Name(), m.Type(), r)
		}
	}
}

// checkDir type-checks the Go files of a folder.
func checkDir(fset *token.FileSet, dir, path string, imp types.Importer) (*types.Package, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return (&types.Config{Importer: imp}).Check(path, fset, files, nil)
}
