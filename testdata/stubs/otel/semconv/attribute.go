// Package semconv has declarations as the generator of semantic conventions writes
// them. It stands for go.opentelemetry.io/otel/semconv/VERSION.
package semconv

import "go.opentelemetry.io/otel/attribute"

const (
	PeerServiceKey       = attribute.Key("peer.service")
	HTTPRequestMethodKey = attribute.Key("http.request.method")
)

func PeerService(val string) attribute.KeyValue { return PeerServiceKey.String(val) }

var HTTPRequestMethodGet = HTTPRequestMethodKey.String("GET")
