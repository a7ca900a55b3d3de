// Package kmb holds what every metric name of a node begins with.
package kmb

// Namespace is the first part of every metric name.
const Namespace = "kmb"
