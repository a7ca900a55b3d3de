// Command theblock is a simulated node of The Block with its metrics aggregator and
// its synthetic chain check, all in one process. It serves /metrics on
// 127.0.0.1:9898.
package main

import (
	"github.com/dashgen/dashgen/testdata/systems/internal/serve"
	"github.com/dashgen/dashgen/testdata/systems/theblock/sim"
)

func main() { serve.Main("theblock", "127.0.0.1:9898", sim.New) }
