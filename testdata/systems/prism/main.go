// Command prism is an example system: a caching JSON-RPC proxy in front of
// several Ethereum providers, simulated. It serves its metrics on
// http://127.0.0.1:3030/metrics.
package main

import (
	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
	"github.com/dashgen/dashgen/testdata/systems/prism/sim"
)

func main() { serve.Main("prism", "127.0.0.1:3030", sim.New) }
