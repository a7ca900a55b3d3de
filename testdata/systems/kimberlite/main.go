// Command kimberlite is a simulated node of a Kimberlite cluster of three. With
// -seed 1, 2 or 3 it serves /metrics as the node of that ID would.
package main

import (
	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
	"github.com/dashgen/dashgen/testdata/systems/kimberlite/sim"
)

func main() { serve.Main("kimberlite", "127.0.0.1:9091", sim.New) }
