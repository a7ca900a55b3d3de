package jsonnet

import (
	"fmt"

	"github.com/google/go-jsonnet/formatter"
)

// Format returns a Jsonnet program as go-jsonnet's formatter writes it. file is for errors.
func Format(file string, program []byte) ([]byte, error) {
	text, err := formatter.Format(file, string(program), formatter.DefaultOptions())
	if err != nil {
		return nil, fmt.Errorf("format %s: %w", file, err)
	}
	return []byte(text), nil
}
