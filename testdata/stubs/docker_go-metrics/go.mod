module github.com/docker/go-metrics

go 1.21

require github.com/prometheus/client_golang v0.0.0

replace (
	github.com/prometheus/client_golang => ../client_golang
	github.com/prometheus/client_model => ../client_model
)
