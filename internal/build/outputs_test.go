package build

import (
	"maps"
	"slices"
	"testing"

	"github.com/dashgen/dashgen/internal/config"
)

// What outputs: may name is what is written.
func TestOutputs(t *testing.T) {
	var names []string
	for _, o := range config.Outputs {
		names = append(names, o.Name)
	}
	if written := slices.Sorted(maps.Keys(outputs)); !slices.Equal(names, written) {
		t.Errorf("outputs: may name %q, sorted, and %q are written", names, written)
	}
}
