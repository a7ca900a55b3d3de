// Package telemetry holds the metrics of a node, one file a subsystem.
//
// New makes every metric anew and registers it; nothing here is shared between
// two calls. A subsystem gets its own struct of New's result, sets the values and
// knows no other. The names of labels, and those label values that are a closed
// set, are constants of labels.go.
//
// It imports client_golang only. Names in capitals are those of the ledger's audit
// trail (SETTLE_APPLIED_TOTAL …): dashboards and audit scripts outside of this
// repository depend on them.
package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Telemetry holds the metrics of one node. Its zero value is not useful: use New.
type Telemetry struct {
	Fees        *Fees
	Gossip      *Gossip
	Gov         *Gov
	Identity    *Identity
	LightClient *LightClient
	Logs        *Logs
	Market      *Market
	Mobile      *Mobile
	Reads       *Reads
	Settle      *Settle
	Storage     *Storage
	Subsidy     *Subsidy
}

// New makes the metrics of a node and registers them with reg. It panics if one of
// their names is taken.
func New(reg prometheus.Registerer) *Telemetry {
	return &Telemetry{
		Fees:        newFees(reg),
		Gossip:      newGossip(reg),
		Gov:         newGov(reg),
		Identity:    newIdentity(reg),
		LightClient: newLightClient(reg),
		Logs:        newLogs(reg),
		Market:      newMarket(reg),
		Mobile:      newMobile(reg),
		Reads:       newReads(reg),
		Settle:      newSettle(reg),
		Storage:     newStorage(reg),
		Subsidy:     newSubsidy(reg),
	}
}
