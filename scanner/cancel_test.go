package scanner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestCanceled scans with a context that is done while calls are evaluated: that is an
// error, and nothing is remembered.
func TestCanceled(t *testing.T) {
	cfg := cachedModule(t)
	var calls strings.Builder
	for i := range 200 {
		fmt.Fprintf(&calls, "\tName(\"n%d\")\n", i)
	}
	writeFile(t, filepath.Join(cfg.Dir, "calls.go"), []byte("package shop\n\nfunc init() {\n"+calls.String()+"}\n"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg.Progress = func(said string) {
		if strings.HasPrefix(said, "scanning") {
			cancel()
		}
	}
	if res, err := Scan(ctx, cfg); res != nil || !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "scan for linux/amd64") {
		t.Errorf("Scan = %v, %v", res, err)
	}
	if res, hit := recalled(t, cfg); hit || len(res.Metrics) != 202 {
		t.Errorf("remembered %v, %d metrics", hit, len(res.Metrics))
	}
}
