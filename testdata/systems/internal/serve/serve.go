// Package serve runs one of the example systems: it steps the simulation once a
// second and serves its registry on loopback.
package serve

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A System is a simulated program.
type System interface {
	// Step moves the simulation to now. It is called with times that never go
	// back, about a second apart, and never by two goroutines at once.
	Step(now time.Time)
	// Registry holds every metric of the system.
	Registry() *prometheus.Registry
}

// Main is a system's main function: it parses the command line, makes the system
// and serves it until it is interrupted.
func Main[S System](name, addr string, newSystem func(seed uint64, start time.Time) S) {
	listen := flag.String("addr", addr, "loopback `address` to serve /metrics on")
	seed := flag.Uint64("seed", 1, "`seed` of the simulation's randomness")
	flag.Parse()
	if err := run(name, *listen, newSystem(*seed, time.Now())); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func run(name, addr string, s System) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(s.Registry(), promhttp.HandlerOpts{EnableOpenMetrics: true}))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				s.Step(now)
			case <-ctx.Done():
				srv.Close()
				return
			}
		}
	}()
	fmt.Fprintf(os.Stderr, "%s: serving http://%s/metrics\n", name, l.Addr())
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
