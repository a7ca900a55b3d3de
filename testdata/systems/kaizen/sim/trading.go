package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/internal/clock"
	"github.com/dashgen/dashgen/testdata/systems/internal/draw"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/accounts"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/admin"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/bridge"
	"github.com/dashgen/dashgen/testdata/systems/kaizen/rfq"
)

// An order is an open thesis.
type order struct {
	opened, ends time.Time
	pair         int // index into feeds
	bet          float64
}

// trading is what people do on the chain: theses, deposits and withdrawals,
// transfers; and what operators do about it.
type trading struct {
	rnd      draw.Source
	feeds    *feeds
	rfq      *rfq.Metrics
	bridge   *bridge.Metrics
	accounts *accounts.Metrics
	admin    *admin.Metrics

	orders      []order
	withdrawals []time.Time // when the pending ones are paid out
	active      float64     // accounts
	listed      int         // addresses on the blacklist
	resume      time.Time   // when a pause ends; zero: not paused
}

func newTrading(reg prometheus.Registerer, rnd draw.Source, start time.Time) *trading {
	return &trading{
		rnd:      rnd,
		feeds:    newFeeds(reg, rnd, start, []string{"BTC/USD", "ETH/USD", "SOL/USD"}),
		rfq:      rfq.NewMetrics(reg),
		bridge:   bridge.NewMetrics(reg),
		accounts: accounts.NewMetrics(reg),
		admin:    admin.NewMetrics(reg),
		active:   2400,
	}
}

func (m *trading) advance(t clock.Tick, w work) {
	m.feeds.advance(t)
	m.administer(t)
	m.submit(t)
	m.end(t)
	m.bridges(t)
	m.transfer(t, w)
}

// submit opens orders, unless trading is paused.
func (m *trading) submit(t clock.Tick) {
	if !m.resume.IsZero() {
		return
	}
	for range m.rnd.Count(0.9 * t.Load * t.Seconds) {
		o := order{
			opened: t.Now,
			ends:   t.Now.Add(m.rnd.Lasting(60*time.Second, 0.8, 1800*time.Second)),
			pair:   m.rnd.IntN(len(m.feeds.feeds)),
			bet:    m.rnd.LogNormal(40, 1.1),
		}
		m.orders = append(m.orders, o)
		m.rfq.Submitted.Inc()
		m.rfq.Bet.Observe(o.bet)
	}
}

// end ends the orders whose time has come.
func (m *trading) end(t clock.Tick) {
	open := m.orders[:0]
	for _, o := range m.orders {
		if o.ends.After(t.Now) {
			open = append(open, o)
			continue
		}
		m.outcome(t, o)
		m.rfq.Duration.Observe(t.Now.Sub(o.opened).Seconds())
	}
	m.orders = open
	m.rfq.Active.Set(float64(len(open)))
}

// outcome decides how an order ends.
func (m *trading) outcome(t clock.Tick, o order) {
	switch x := m.rnd.Float64(); {
	case x < 0.05:
		m.rfq.Expired.Inc()
	case x < 0.09:
		m.rfq.Cancelled.WithLabelValues(string(rfq.CancelUser)).Inc()
	case x < 0.10:
		m.rfq.Cancelled.WithLabelValues(string(rfq.CancelSolver)).Inc()
	case !m.feeds.use(o.pair, t.Now):
		m.rfq.Cancelled.WithLabelValues(string(rfq.CancelOracleOffline)).Inc()
	case x < 0.52:
		m.rfq.Settled.WithLabelValues(string(rfq.SettledWon)).Inc()
		m.rfq.Payout.Observe(o.bet * m.rnd.LogNormal(1.9, 0.3))
	default:
		m.rfq.Settled.WithLabelValues(string(rfq.SettledLost)).Inc()
	}
}

// bridges credits deposits and pays withdrawals out.
func (m *trading) bridges(t clock.Tick) {
	for range m.rnd.Count(0.5 * t.Load * t.Seconds) {
		m.bridge.Deposits.Inc()
		m.bridge.DepositAmount.Observe(m.rnd.LogNormal(250, 1.3))
	}
	for range m.rnd.Count(0.3 * t.Load * t.Seconds) {
		m.bridge.Withdrawals.Inc()
		m.bridge.WithdrawalAmount.Observe(m.rnd.LogNormal(300, 1.2))
		m.withdrawals = append(m.withdrawals, t.Now.Add(m.rnd.Lasting(45*time.Second, 0.5, 600*time.Second)))
	}
	pending := m.withdrawals[:0]
	for _, at := range m.withdrawals {
		if at.After(t.Now) {
			pending = append(pending, at)
		} else {
			m.bridge.Processed.Inc()
		}
	}
	m.withdrawals = pending
	m.bridge.Pending.Set(float64(len(pending)))
}

// transfer records the transfers among the executed transactions.
func (m *trading) transfer(t clock.Tick, w work) {
	m.accounts.Transfers.Add(float64(w.transfers))
	for range w.transfers {
		m.accounts.TransferAmount.Observe(m.rnd.LogNormal(30, 1.5))
	}
	m.active += (2400*t.Load - m.active) * t.Seconds / 900
	m.accounts.Active.Set(float64(int(m.active)))
	m.accounts.WalletsCreated.Add(float64(m.rnd.Count(0.02 * t.Load * t.Seconds)))
	m.accounts.WalletsRevoked.Add(float64(m.rnd.Count(0.008 * t.Load * t.Seconds)))
}

// administer lists addresses, takes them off the list, and pauses trading about
// every two hours.
func (m *trading) administer(t clock.Tick) {
	if m.rnd.Chance(t.Seconds / 1800) {
		m.listed++
		m.admin.BlacklistAdditions.Inc()
	}
	if m.listed > 0 && m.rnd.Chance(t.Seconds/7200) {
		m.listed--
		m.admin.BlacklistRemovals.Inc()
	}
	switch {
	case m.resume.IsZero() && m.rnd.Chance(t.Seconds/7200):
		m.resume = t.Now.Add(m.rnd.Lasting(40*time.Second, 0.4, 120*time.Second))
		m.admin.Pauses.Inc()
	case !m.resume.IsZero() && !m.resume.After(t.Now):
		m.resume = time.Time{}
		m.admin.Resumes.Inc()
	}
}
