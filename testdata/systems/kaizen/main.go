// Command kaizen is a simulated node of the Kaizen chain. It plays the write node
// and a read node that follows it in one process, and serves /metrics as both
// would.
package main

import (
	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/sim"
)

func main() { serve.Main("kaizen", "127.0.0.1:8545", sim.New) }
