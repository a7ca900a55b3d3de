package input

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ReadFile reads a file as far as Parse needs to judge it: one that is too large is cut
// off behind the limit.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}
