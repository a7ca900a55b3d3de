package consensus

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/kimberlite/kmb"
)

const subsystem = "consensus"

// A Collector exposes the state of a replica as it is when it is asked.
type Collector struct {
	replica *Replica

	commits     *prometheus.Desc
	view        *prometheus.Desc
	leader      *prometheus.Desc
	viewChanges *prometheus.Desc
}

// NewCollector returns a collector of r's state, to be registered.
func NewCollector(r *Replica) *Collector {
	return &Collector{
		replica: r,
		commits: prometheus.NewDesc(
			prometheus.BuildFQName(kmb.Namespace, subsystem, "commits_total"),
			"Entries that a majority of the replicas has committed.",
			nil, nil,
		),
		view: prometheus.NewDesc(
			prometheus.BuildFQName(kmb.Namespace, subsystem, "view"),
			"Number of the current view.",
			nil, nil,
		),
		// The expression is the document's, which sums node IDs: every replica has to
		// say 0 for it to hold.
		//
		//dashgen:alert ClusterNoQuorum expr="sum(kmb_consensus_leader) == 0" for=30s severity=critical summary="Cluster has no leader"
		leader: prometheus.NewDesc(
			prometheus.BuildFQName(kmb.Namespace, subsystem, "leader"),
			"ID of the node that leads the current view, or 0 while there is no leader.",
			nil, nil,
		),
		viewChanges: prometheus.NewDesc(
			prometheus.BuildFQName(kmb.Namespace, subsystem, "view_changes_total"),
			"View changes that this replica took part in.",
			nil, nil,
		),
	}
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.commits
	ch <- c.view
	ch <- c.leader
	ch <- c.viewChanges
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	s := c.replica.State()
	ch <- prometheus.MustNewConstMetric(c.commits, prometheus.CounterValue, float64(s.Commits))
	ch <- prometheus.MustNewConstMetric(c.view, prometheus.GaugeValue, float64(s.View))
	ch <- prometheus.MustNewConstMetric(c.leader, prometheus.GaugeValue, float64(s.Leader))
	ch <- prometheus.MustNewConstMetric(c.viewChanges, prometheus.CounterValue, float64(s.ViewChanges))
}
