package scanner

import "github.com/dashgen/dashgen/schema"

func init() {
	register(&Library{
		Name: "expvar",
		Doc:  "expvar through client_golang: the descriptors that NewExpvarCollector is given are untyped, and what is in the variables gives their labels values.",
		Uses: map[string]func(*Call){prom + ".NewExpvarCollector": expvars, prom + "/collectors.NewExpvarCollector": expvars},
	})
}

// expvars decodes NewExpvarCollector(map[string]*Desc).
func expvars(c *Call) {
	c.Arg(0).each(func(exports Value) {
		for _, e := range exports.Elems {
			for _, d := range c.Definitions(c.Elem(e)) {
				d.Types[schema.Untyped] = true
				d.Open()
			}
		}
	})
}
