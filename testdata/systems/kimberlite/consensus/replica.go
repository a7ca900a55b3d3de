// Package consensus is one replica of the cluster as far as its metrics need it:
// its state, and a collector that reads the state when Prometheus asks.
package consensus

import "sync"

// A State is what a replica knows of the cluster.
type State struct {
	Commits     uint64 // entries committed
	View        uint64
	Leader      int // node ID; 0: none
	ViewChanges uint64
}

// A Replica keeps its state. It may be used by several goroutines.
type Replica struct {
	mu    sync.Mutex
	state State
}

// NewReplica returns a replica in that state.
func NewReplica(s State) *Replica { return &Replica{state: s} }

// State returns the current state.
func (r *Replica) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// Commit records entries that were committed.
func (r *Replica) Commit(entries int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Commits += uint64(entries)
}

// LoseLeader starts a view change: there is no leader until Elect.
func (r *Replica) LoseLeader() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Leader = 0
	r.state.View++
	r.state.ViewChanges++
}

// Elect ends a view change.
func (r *Replica) Elect(leader int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Leader = leader
}
