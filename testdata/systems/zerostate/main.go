// Command zerostate is an example system: a node of a peer-to-peer network that
// runs WASM tasks in guilds and pays for them through payment channels,
// simulated. It serves its metrics on http://127.0.0.1:8080/metrics.
package main

import (
	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
	"github.com/dashgen/dashgen/testdata/systems/zerostate/sim"
)

func main() { serve.Main("zerostate", "127.0.0.1:8080", sim.New) }
