package telemetry

import "github.com/prometheus/client_golang/prometheus"

// LightClient holds the metrics of background light-client probes.
type LightClient struct {
	BatteryThreshold prometheus.Gauge // 0 to 1

	status    *prometheus.GaugeVec // by LabelField, LabelFreshness
	freshness string
}

func newLightClient(reg prometheus.Registerer) *LightClient {
	l := &LightClient{}
	l.status = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "the_block",
		Subsystem: "light_client",
		Name:      "device_status",
		Help:      "What the last probe said of the device: charging and wifi are 0 or 1, battery is 0 to 1.",
	}, []string{LabelField, LabelFreshness})
	l.BatteryThreshold = prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "the_block",
		Subsystem: "light_client",
		Name:      "battery_threshold_ratio",
		Help:      "Configured charge of the battery below which background sync waits.",
	})
	for _, c := range []prometheus.Collector{l.status, l.BatteryThreshold} {
		reg.MustRegister(c)
	}
	return l
}

// Report sets the status of the device. freshness says how old it is, for instance
// "fresh" or "cached"; the series of the freshness before it are removed.
func (l *LightClient) Report(freshness string, charging, wifi bool, battery float64) {
	l.status.WithLabelValues(FieldCharging, freshness).Set(number(charging))
	l.status.WithLabelValues(FieldWifi, freshness).Set(number(wifi))
	l.status.WithLabelValues(FieldBattery, freshness).Set(battery)
	if l.freshness != "" && l.freshness != freshness {
		l.status.DeletePartialMatch(prometheus.Labels{LabelFreshness: l.freshness})
	}
	l.freshness = freshness
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
