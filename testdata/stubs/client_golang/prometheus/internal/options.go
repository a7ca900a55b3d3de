// Package internal is a stub of github.com/prometheus/client_golang/prometheus/internal.
package internal

type GoCollectorOptions struct{ _ int }
