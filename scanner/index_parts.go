package scanner

import (
	"maps"
	"runtime"

	"golang.org/x/tools/go/packages"
)

// This file visits the packages on all processors. Each visits some that stand together, and
// what they found is joined in the order of the packages: the index is the same whatever
// their number.

// visit fills the index with what the syntax of the packages says.
func (ix *index) visit(pkgs []*packages.Package) {
	parts := together(pkgs, runtime.GOMAXPROCS(0))
	found := make([]*index, len(parts))
	parallel(len(parts), func(i int) {
		part := emptyIndex(ix.structs)
		part.fset, part.pkgOf, part.skipped, part.libraries = ix.fset, ix.pkgOf, ix.skipped, ix.libraries
		for _, p := range parts[i] {
			for _, f := range p.Syntax {
				(&walker{ix: part, pkg: p, info: p.TypesInfo}).walk(f)
			}
			part.stringConstants(p.TypesInfo)
		}
		found[i] = part
	})
	for _, part := range found {
		ix.join(part)
	}
}

// together cuts a list of packages into n or fewer lists of about as much source.
func together(pkgs []*packages.Package, n int) [][]*packages.Package {
	all := 0
	for _, p := range pkgs {
		all += sizeOf(p)
	}
	parts := make([][]*packages.Package, 1, n)
	size := 0
	for _, p := range pkgs {
		if size > all*len(parts)/n {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], p)
		size += sizeOf(p)
	}
	return parts
}

// sizeOf returns how many bytes of source a package has.
func sizeOf(p *packages.Package) int {
	size := 0
	for _, f := range p.Syntax {
		size += int(f.FileEnd - f.FileStart)
	}
	return size
}

// join adds what a part of the packages said, all of which come after those that were joined.
func (ix *index) join(part *index) {
	ix.all = append(ix.all, part.all...)
	ix.sites = append(ix.sites, part.sites...)
	ix.handed = append(ix.handed, part.handed...)
	ix.literals = append(ix.literals, part.literals...)
	ix.flags = append(ix.flags, part.flags...)
	maps.Copy(ix.ranges, part.ranges)
	maps.Copy(ix.holds, part.holds)
	joinLists(&ix.touches, part.touches)
	f, g := &ix.facts, &part.facts
	f.zeroed = append(f.zeroed, g.zeroed...)
	maps.Copy(f.funcs, g.funcs)
	maps.Copy(f.made, g.made)
	maps.Copy(f.boxed, g.boxed)
	joinLists(&f.callers, g.callers)
	joinLists(&f.tables, g.tables)
	joinLists(&f.values, g.values)
	joinLists(&f.mentions, g.mentions)
	joinLists(&f.writes, g.writes)
	joinLists(&f.elements, g.elements)
	joinLists(&f.inside, g.inside)
	joinLists(&f.consts, g.consts)
	joinLists(&f.objects, g.objects)
	joinLists(&f.sends, g.sends)
}

// joinLists appends the lists of more to those of m.
func joinLists[K comparable, V any](m *map[K][]V, more map[K][]V) {
	if len(*m) == 0 {
		*m = more
		return
	}
	for key, list := range more {
		(*m)[key] = append((*m)[key], list...)
	}
}
