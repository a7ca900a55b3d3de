package scanner

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

// setStability sets what k8s.io/component-base/metrics calls the stability level, and
// the version since which a metric is deprecated.
func setStability(m *schema.Metric, level, deprecated Value) {
	m.Stability = strings.ToLower(plain(level))
	if since := plain(deprecated); since != "" {
		m.Deprecated, m.DeprecatedSince = true, since
	}
}
