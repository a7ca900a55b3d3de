// Package label holds the label names, and the label values, that the metrics of
// more than one layer share.
package label

// Names of labels.
const (
	PeerID = "peer_id"
	Result = "result"
	State  = "state"
	Status = "status"
)

// Values of Result and Status.
const (
	Success = "success"
	Failure = "failure"
)

// Active is the value of State for what is in use.
const Active = "active"
