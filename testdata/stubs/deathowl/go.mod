module github.com/deathowl/go-metrics-prometheus

go 1.13

require (
	github.com/prometheus/client_golang v0.0.0
	github.com/rcrowley/go-metrics v0.0.0
)

replace (
	github.com/prometheus/client_golang => ../client_golang
	github.com/prometheus/client_model => ../client_model
	github.com/rcrowley/go-metrics => ../rcrowley
)
