package scanner

import (
	"slices"
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() { register(grpcLibrary()) }

func grpcLibrary() *Library {
	calls := map[string]func(*Call){
		grpcProm + ".Register": func(c *Call) { grpcCounters(c, "server", nil, nil) }, // of DefaultServerMetrics
	}
	for name, side := range map[string]string{"NewServerMetrics": "server", "NewClientMetrics": "client"} {
		calls[grpcProm+"."+name] = func(c *Call) { withOptions(c, func(opts []*Call) { grpcCounters(c, side, opts, nil) }) }
		calls[grpcMiddleware+"."+name] = func(c *Call) { grpcMetrics(c, side) }
	}
	// go-grpc-prometheus has a method for each, and a function for its default metrics.
	for option, h := range grpcHistograms {
		name := map[string]string{
			"WithServerHandlingTimeHistogram": "ServerMetrics).EnableHandlingTimeHistogram",
			"WithClientHandlingTimeHistogram": "ClientMetrics).EnableClientHandlingTimeHistogram",
			"WithClientStreamRecvHistogram":   "ClientMetrics).EnableClientStreamReceiveTimeHistogram",
			"WithClientStreamSendHistogram":   "ClientMetrics).EnableClientStreamSendTimeHistogram",
		}[option]
		decode := func(c *Call) { withOptions(c, func(opts []*Call) { grpcHistogram(c, h, opts, nil) }) }
		calls["(*"+grpcProm+"."+name] = decode
		calls[grpcProm+"."+name[strings.LastIndexByte(name, '.')+1:]] = decode
	}
	return &Library{
		Name: "go-grpc-middleware",
		Doc: "github.com/grpc-ecosystem/go-grpc-prometheus and go-grpc-middleware/providers/prometheus: NewServerMetrics and NewClientMetrics " +
			"with their options and histograms.",
		Defines:  calls,
		Packages: []string{grpcProm, grpcMiddleware},
	}
}

const (
	grpcProm       = "github.com/grpc-ecosystem/go-grpc-prometheus"
	grpcMiddleware = "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
)

// grpcCounterHelp are the counters of a server, and of a client, without prefix.
var grpcCounterHelp = map[string]map[string]string{
	"server": {
		"started_total":      "Total number of RPCs started on the server.",
		"handled_total":      "Total number of RPCs completed on the server, regardless of success or failure.",
		"msg_received_total": "Total number of RPC stream messages received on the server.",
		"msg_sent_total":     "Total number of gRPC stream messages sent by the server.",
	},
	"client": {
		"started_total":      "Total number of RPCs started on the client.",
		"handled_total":      "Total number of RPCs completed by the client, regardless of success or failure.",
		"msg_received_total": "Total number of RPC stream messages received by the client.",
		"msg_sent_total":     "Total number of gRPC stream messages sent by the client.",
	},
}

// grpcHistograms are the histograms, by the option that asks for them.
var grpcHistograms = map[string]struct{ name, help string }{
	"WithServerHandlingTimeHistogram": {"grpc_server_handling_seconds", "Histogram of response latency (seconds) of gRPC that had been application-level handled by the server."},
	"WithClientHandlingTimeHistogram": {"grpc_client_handling_seconds", "Histogram of response latency (seconds) of the gRPC until it is finished by the application."},
	"WithClientStreamRecvHistogram":   {"grpc_client_msg_recv_handling_seconds", "Histogram of response latency (seconds) of the gRPC single message receive."},
	"WithClientStreamSendHistogram":   {"grpc_client_msg_send_handling_seconds", "Histogram of response latency (seconds) of the gRPC single message send."},
}

// Values of labels. Source: grpcType in go-grpc-middleware's constants.go, and
// google.golang.org/grpc/codes.
var (
	grpcTypes = []string{"bidi_stream", "client_stream", "server_stream", "unary"}
	grpcCodes = []string{
		"Aborted", "AlreadyExists", "Canceled", "DataLoss", "DeadlineExceeded", "FailedPrecondition", "Internal", "InvalidArgument",
		"NotFound", "OK", "OutOfRange", "PermissionDenied", "ResourceExhausted", "Unauthenticated", "Unavailable", "Unimplemented", "Unknown",
	}
)

// withOptions calls f with the options that a call is given, those that are given under a
// condition among them. Where one of them is not known, neither is what it defines.
func withOptions(c *Call, f func([]*Call)) {
	var opts []*Call
	list := c.Variadic(0)
	told := list.Kind == List || list.Kind == Nil
	for _, e := range list.Elems {
		c.Elem(e).each(func(v Value) {
			if o := c.Inner(v); o != nil {
				opts = append(opts, o)
			} else {
				told = told && v.Kind == Nil
			}
		})
	}
	if !told {
		c.Unresolved("an option of these gRPC metrics cannot be told from the source", Value{}, "give the library's options where the metrics are made")
		return
	}
	f(opts)
}

// grpcMetrics decodes NewServerMetrics and NewClientMetrics of go-grpc-middleware.
func grpcMetrics(c *Call, side string) {
	withOptions(c, func(opts []*Call) {
		var context []Value
		counters := func(f func([]*Call)) { f(nil) }
		for _, o := range opts {
			switch grpcOption(o) {
			case "WithServerCounterOptions", "WithClientCounterOptions":
				counters = func(f func([]*Call)) { withOptions(o, f) }
			case "WithContextLabels":
				context, _ = o.Rest(0)
			}
		}
		counters(func(of []*Call) { grpcCounters(c, side, of, context) })
		for _, o := range opts {
			if h, ok := grpcHistograms[grpcOption(o)]; ok {
				withOptions(o, func(of []*Call) { grpcHistogram(c, h, of, context) })
			}
		}
	})
}

func grpcOption(o *Call) string { return o.Name[strings.LastIndexByte(o.Name, '.')+1:] }

func grpcCounters(c *Call, side string, opts []*Call, context []Value) {
	for name, help := range grpcCounterHelp[side] {
		m := &schema.Metric{Type: schema.Counter, Help: help}
		grpcFamily(c, "grpc_"+side+"_"+name, m, opts, context)
	}
}

func grpcHistogram(c *Call, h struct{ name, help string }, opts []*Call, context []Value) {
	m := &schema.Metric{Type: schema.Histogram, Help: h.help, Buckets: slices.Clone(defBuckets)}
	grpcFamily(c, h.name, m, opts, context)
}

// grpcFamily defines one family with what its options say. It is the library's unless they
// name it otherwise.
func grpcFamily(c *Call, name string, m *schema.Metric, opts []*Call, context []Value) {
	parts := []Value{str(""), str(""), str(name)}
	for _, o := range opts {
		switch strings.Replace(grpcOption(o), "WithHistogram", "With", 1) {
		case "WithNamespace":
			parts[0] = o.Arg(0)
		case "WithSubsystem":
			parts[1] = o.Arg(0)
		case "WithConstLabels":
			constLabels(o, m, o.Arg(0))
		case "WithBuckets":
			m.Buckets = floats(o, o.Arg(0))
		case "WithOpts":
			m.Buckets = nil
			buckets(o, m, o.Arg(0))
		}
	}
	list := labelList{labels: []schema.Label{{Name: "grpc_method"}, {Name: "grpc_service"}, {Name: "grpc_type", Values: grpcTypes}}}
	if strings.HasSuffix(name, "handled_total") {
		list.labels = append(list.labels, schema.Label{Name: "grpc_code", Values: grpcCodes})
	}
	for _, l := range context {
		list.labels = append(list.labels, schema.Label{Name: strings.ReplaceAll(l.symbolic()[0], Hole, "*")})
	}
	full := mapStrings(parts, func(s []string) string { return buildFQName(s[0], s[1], s[2]) })
	for _, d := range c.Families(full, m, list) {
		if d.Name() == name {
			d.FromLibrary()
		}
	}
}
