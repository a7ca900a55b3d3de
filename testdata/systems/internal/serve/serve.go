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

	"github.com/dashgen/dashgen/testdata/systems/internal/fault"
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
	fails := flag.String("fault", "", "`alert` that the system gives reason for")
	flag.Parse()
	start := time.Now()
	s := newSystem(*seed, start)
	from, err := failing(name, *fails, s.Registry(), start)
	if err == nil {
		err = run(name, *listen, s, from)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// failing returns what a scrape gets: that of the registry, changed by the fault if there is one.
func failing(name, alert string, reg *prometheus.Registry, start time.Time) (prometheus.Gatherer, error) {
	if alert == "" {
		return reg, nil
	}
	f, err := fault.Find(name, alert)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "%s: %s: the fault begins after %s, and the alert fires by %s\n", name, alert, f.After, f.Until())
	return &fault.Gatherer{From: reg, Fault: f, Age: func() time.Duration { return time.Since(start) }}, nil
}

func run(name, addr string, s System, from prometheus.Gatherer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(from, promhttp.HandlerOpts{EnableOpenMetrics: true}))
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
