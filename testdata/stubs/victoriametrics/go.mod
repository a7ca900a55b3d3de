module github.com/VictoriaMetrics/metrics

go 1.21
