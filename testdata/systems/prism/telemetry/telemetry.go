// Package telemetry holds the words that the metrics of all of Prism's packages
// share.
package telemetry

// Namespace is the first word of every metric's name.
const Namespace = "rpc"

// Label names that several packages use.
const (
	LabelKeyID    = "key_id"   // id of the API key, from the configuration
	LabelMethod   = "method"   // JSON-RPC method, as the client wrote it
	LabelReason   = "reason"   // why a decision was taken
	LabelUpstream = "upstream" // name of the provider, from the configuration
)
