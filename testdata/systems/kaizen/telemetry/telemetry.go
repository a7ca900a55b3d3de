// Package telemetry holds what the packages of a node share when they define
// metrics: the namespace, and the label values that several of them set.
package telemetry

// Namespace is the first part of every metric name of a node.
const Namespace = "kaizen"

// A Status is how a request or a transaction ended, the value of label status.
type Status string

// Every Status.
const (
	StatusSuccess Status = "success"
	StatusError   Status = "error"
)
