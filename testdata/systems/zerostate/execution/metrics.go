// Package execution counts the WASM tasks that guilds run: outcomes, time,
// memory, cost, and the receipts that prove them.
package execution

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dashgen/dashgen/testdata/systems/zerostate/label"
)

// Namespace is the first word of the layer's metrics.
const Namespace = "execution"

const (
	subsystemTask = "task"
	subsystemWASM = "wasm"
)

const mib = 1 << 20

// Limits of a task.
const (
	MaxSeconds = 30        // then it is stopped
	MaxBytes   = 128 * mib // of linear memory
)

// resultTimeout is the value of label.Result for a task that was stopped.
const resultTimeout = "timeout"

// States of a guild, beside label.Active.
const (
	guildCreated   = "created"
	guildDissolved = "dissolved"
)

// Metrics are the layer's metrics.
type Metrics struct {
	tasks     *prometheus.CounterVec
	duration  prometheus.Histogram
	memory    prometheus.Histogram
	cost      prometheus.Histogram
	guilds    *prometheus.GaugeVec
	receipts  *prometheus.CounterVec
	exitCodes *prometheus.CounterVec
}

// NewMetrics makes the layer's metrics and registers them with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		tasks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "tasks_total",
			Help:      "Tasks that ended, by result.",
		}, []string{label.Result}),
		//dashgen:alert HighTaskDuration expr="histogram_quantile(0.95, rate(execution_task_duration_seconds_bucket[5m])) > 25" for=5m severity=warning summary="Tasks approaching timeout"
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: Namespace,
			Subsystem: subsystemTask,
			Name:      "duration_seconds",
			Help:      "Time that a task ran, until it ended or was stopped.",
			Buckets:   []float64{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 25, MaxSeconds, 45, 60},
		}),
		memory: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: Namespace,
			Name:      "memory_bytes",
			Help:      "Largest linear memory of a task.",
			Buckets:   prometheus.LinearBuckets(10*mib, 10*mib, 13),
		}),
		cost: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: Namespace,
			Subsystem: subsystemTask,
			Name:      "cost",
			Help:      "Price paid for a task, in tokens.",
			Buckets:   prometheus.ExponentialBuckets(0.01, 2, 12),
		}),
		//dashgen:ignore counter-total the documented name of a gauge; boards outside query it
		guilds: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: Namespace,
			Name:      "guilds_total",
			Help:      "Guilds, by state: created and not yet at work, active, dissolved and not yet settled.",
		}, []string{label.State}),
		receipts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Name:      "receipts_total",
			Help:      "Cryptographic receipts of tasks, by whether they could be made.",
		}, []string{label.Status}),
		exitCodes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: Namespace,
			Subsystem: subsystemWASM,
			Name:      "exit_codes_total",
			Help:      "Exit codes of WASM modules.",
		}, []string{"exit_code"}),
	}
	reg.MustRegister(m.tasks, m.duration, m.memory, m.cost, m.guilds, m.receipts, m.exitCodes)
	m.tasks.WithLabelValues(label.Success)
	m.tasks.WithLabelValues(label.Failure)
	m.tasks.WithLabelValues(resultTimeout)
	m.receipts.WithLabelValues(label.Success)
	m.receipts.WithLabelValues(label.Failure)
	return m
}

// A Task is what a task used.
type Task struct {
	Seconds  float64
	Bytes    float64
	Cost     float64 // in tokens
	ExitCode int
}

// Succeeded records a task that returned a result.
func (m *Metrics) Succeeded(t Task) {
	m.tasks.WithLabelValues(label.Success).Inc()
	m.used(t)
}

// Failed records a task that ended without a result.
func (m *Metrics) Failed(t Task) {
	m.tasks.WithLabelValues(label.Failure).Inc()
	m.used(t)
}

// TimedOut records a task that was stopped.
func (m *Metrics) TimedOut(t Task) {
	m.tasks.WithLabelValues(resultTimeout).Inc()
	m.used(t)
}

func (m *Metrics) used(t Task) {
	m.duration.Observe(t.Seconds)
	m.memory.Observe(t.Bytes)
	m.cost.Observe(t.Cost)
	m.exitCodes.WithLabelValues(strconv.Itoa(t.ExitCode)).Inc()
}

// Receipts records receipts made and receipts that could not be made.
func (m *Metrics) Receipts(made, failed int) {
	m.receipts.WithLabelValues(label.Success).Add(float64(made))
	m.receipts.WithLabelValues(label.Failure).Add(float64(failed))
}

// SetGuilds records how many guilds are in which state.
func (m *Metrics) SetGuilds(created, active, dissolved int) {
	m.guilds.WithLabelValues(guildCreated).Set(float64(created))
	m.guilds.WithLabelValues(label.Active).Set(float64(active))
	m.guilds.WithLabelValues(guildDissolved).Set(float64(dissolved))
}
