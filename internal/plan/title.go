package plan

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/schema"
)

// A namer gives titles and subsystems to the metrics of one program.
type namer struct {
	prefix   string            // that the names share, with its "_"
	packages map[string]string // import path to subsystem; absent: by name
	parts    map[string]int    // how many metrics have that first part behind the prefix
	named    []config.Subsystem
}

// minRow is how many metrics share a part of their names for it to be a subsystem.
const minRow = 3

// newNamer returns a namer for metrics. What a package is called depends on its path
// alone, so that a new metric moves no other.
func newNamer(live []*schema.Metric, cfg *config.Config) *namer {
	n := &namer{prefix: sharedPrefix(live), packages: map[string]string{}, parts: map[string]int{}, named: cfg.Subsystems}
	for _, m := range live {
		n.packages[m.Package] = ""
		n.parts[n.part(m.Name)]++
	}
	if len(n.packages) < 2 {
		return n
	}
	for p := range n.packages {
		if base := packageBase(p); p != "" && !slices.Contains(plainPackages, base) {
			n.packages[p] = base
		}
	}
	return n
}

// plainPackages are names of packages that say nothing of their subject.
var plainPackages = []string{"cmd", "collector", "collectors", "instrumentation", "internal", "main", "metric", "metrics", "monitoring", "prom", "prometheus", "stats", "telemetry"}

// packageBase returns the last part of an import path that is a name: neither a
// version nor a word for metrics.
func packageBase(p string) string {
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		return path.Base(path.Dir(p))
	}
	if slices.Contains(plainPackages, base) && strings.Contains(p, "/internal/") {
		return path.Base(path.Dir(p))
	}
	return base
}

// sharedPrefix returns the first part that at least 80% of the names share, with its
// "_", or "".
func sharedPrefix(live []*schema.Metric) string {
	count := map[string]int{}
	for _, m := range live {
		if p, _, ok := strings.Cut(m.Name, "_"); ok {
			count[p+"_"]++
		}
	}
	for p, c := range count {
		if c*10 >= len(live)*8 {
			return p
		}
	}
	return ""
}

// part returns the first part of a name behind the shared prefix.
func (n *namer) part(name string) string {
	p, _, _ := strings.Cut(strings.TrimPrefix(name, n.prefix), "_")
	return strings.ToLower(p)
}

// byHand returns the subsystem to which people say that a metric belongs, "" for none.
func (n *namer) byHand(m *schema.Metric) string {
	for _, s := range n.named {
		if slices.ContainsFunc(s.Metrics, func(glob string) bool { ok, _ := path.Match(glob, m.Name); return ok }) {
			return s.Name
		}
	}
	return ""
}

// subsystem returns the row that a metric belongs to: the one that people name; its package,
// where packages part the program; else the first part of its name that at least minRow
// metrics share.
func (n *namer) subsystem(m *schema.Metric) string {
	if s := n.byHand(m); s != "" {
		return s
	}
	if s := n.packages[m.Package]; s != "" {
		return s
	}
	if p := n.part(m.Name); n.parts[p] >= minRow {
		return p
	}
	if n.prefix != "" {
		return strings.TrimSuffix(n.prefix, "_")
	}
	return "other"
}

// path returns what a metric is about, from large to small: its subsystem, then the
// parts of its name that say more. What belongs to no subsystem has its name alone.
func (n *namer) path(m *schema.Metric) []string {
	parts := strings.Split(strings.ToLower(strings.TrimPrefix(m.Name, n.prefix)), "_")
	sub := cmp.Or(n.byHand(m), n.packages[m.Package])
	if sub == "" {
		return parts
	}
	if i := slices.Index(parts, strings.ToLower(sub)); i == 0 || i == 1 {
		parts = parts[i+1:] // said already
	}
	return append([]string{sub}, parts...)
}

// title returns a metric's title: its name in words, without the shared prefix, _total,
// and the unit, which the axis says; but a counter of bytes counts bytes.
func (n *namer) title(m *schema.Metric) string {
	words := Words(n.words(m))
	if kind, _ := kindOf(m); kind != Age {
		return words
	}
	if ahead(m) {
		return words + ", time left"
	}
	return words + ", age"
}

// words returns the parts of a metric's name that a title is made of.
func (n *namer) words(m *schema.Metric) []string {
	parts := strings.Split(strings.TrimPrefix(m.Name, n.prefix), "_")
	if len(parts) > 1 && strings.EqualFold(parts[len(parts)-1], "total") {
		parts = parts[:len(parts)-1]
	}
	strip := strings.HasSuffix(m.Unit, "seconds") || m.Unit != "" && !slices.Contains(saidUnits, m.Unit) && m.Type != schema.Counter
	for len(parts) > 1 && strip && schema.UnitOf(&schema.Metric{Name: "x_" + parts[len(parts)-1]}) == m.Unit {
		parts = parts[:len(parts)-1]
		if len(parts) > 1 && strings.EqualFold(parts[len(parts)-1], "in") { // size_in_bytes
			parts = parts[:len(parts)-1]
		}
	}
	if last := strings.ToLower(parts[len(parts)-1]); m.Type == schema.Counter && strings.HasSuffix(m.Unit, "seconds") && !slices.Contains(timeWords, last) {
		parts = append(slices.Clip(parts), "time")
	}
	for len(parts) > 1 && m.Type != schema.Counter && slices.Contains([]string{"timestamp", "ts"}, strings.ToLower(parts[len(parts)-1])) {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// timeWords end the titles of counters of time that say so themselves.
var timeWords = []string{"busy", "cpu", "delay", "duration", "idle", "latency", "ms", "pause", "seconds", "time", "wait", "waited", "waiting"}

// saidUnits are units that say what is measured, not only in what: without them nothing would
// be left of "battery volts", or of what a ratio is.
var saidUnits = []string{"amperes", "joules", "percent", "ratio", "volts", "watts"}

// Words joins parts of a name into a title: the first letter large, abbreviations as
// they are written.
func Words(parts []string) string {
	var out []string
	for i, p := range strings.Fields(strings.Join(parts, " ")) {
		w := strings.ToLower(p)
		switch up := abbreviations[w]; {
		case w == "":
			continue
		case up != "":
			w = up
		case i == 0:
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// abbreviations are written as their field writes them.
var abbreviations = map[string]string{
	"acl": "ACL", "api": "API", "arp": "ARP", "cpu": "CPU", "crc": "CRC", "ct": "CT", "db": "DB", "dht": "DHT", "did": "DID", "dns": "DNS", "dns64": "DNS64",
	"dnssec": "DNSSEC", "drm": "DRM", "ecn": "ECN", "edac": "EDAC", "evm": "EVM", "fd": "FD", "fds": "FDs", "gc": "GC", "go": "Go", "gpu": "GPU", "grpc": "gRPC",
	"http": "HTTP", "https": "HTTPS", "id": "ID", "io": "I/O", "ip": "IP", "ipvs": "IPVS", "json": "JSON", "jsonrpc": "JSON-RPC", "jwt": "JWT", "lru": "LRU",
	"mtu": "MTU", "mvcc": "MVCC", "nfs": "NFS", "nfsd": "NFSd", "ntp": "NTP", "numa": "NUMA", "nvme": "NVMe", "oom": "OOM", "os": "OS",
	"p2p": "P2P", "quic": "QUIC", "ram": "RAM", "rfq": "RFQ", "rocksdb": "RocksDB", "rpc": "RPC", "rtt": "RTT", "s3": "S3", "sla": "SLA", "slo": "SLO", "sql": "SQL", "ssl": "SSL",
	"tcp": "TCP", "tls": "TLS", "ts": "timestamp", "ttl": "TTL", "tvl": "TVL", "tx": "tx", "txs": "txs", "udp": "UDP", "uri": "URI", "url": "URL", "vm": "VM", "vram": "VRAM",
	"wal": "WAL", "wasm": "WASM", "ws": "WebSocket", "xfs": "XFS", "zfs": "ZFS",
}
