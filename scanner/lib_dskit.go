package scanner

import (
	"strings"

	"github.com/dashgen/dashgen/schema"
)

func init() { register(dskitLibrary()) }

func dskitLibrary() *Library {
	uses := map[string]func(*Call){}
	for _, aggregate := range []string{"SumOfCounters", "SumOfGauges", "SumOfSummaries", "SumOfHistograms", "MinOfGauges", "MaxOfGauges"} {
		for _, by := range []string{"", "WithLabels", "PerTenant", "PerTenantWithLabels"} {
			uses["("+dskit+"/metrics.MetricFamiliesPerTenant).Send"+aggregate+by] = sendAggregate
		}
	}
	return &Library{
		Name: "dskit",
		Doc: "github.com/grafana/dskit/metrics: the Send* methods that sum up a metric of all tenants say the type of the descriptor that they send. " +
			"Its other helpers are made of client_golang and are read as such.",
		Uses: uses,
	}
}

const dskit = "github.com/grafana/dskit"

// sendAggregate joins a descriptor with the Send*(out, desc, metric, …) that sends it, with
// whatever label values the tenants' registries have.
func sendAggregate(c *Call) {
	for word, typ := range map[string]schema.Type{
		"OfCounters": schema.Counter, "OfGauges": schema.Gauge, "OfSummaries": schema.Summary, "OfHistograms": schema.Histogram,
	} {
		if strings.Contains(c.Name, word) {
			c.sends(c.Arg(1), typ)
		}
	}
	openAll(c, c.Arg(1))
}
