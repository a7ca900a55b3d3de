module github.com/grafana/dskit

go 1.26

require github.com/prometheus/client_golang v0.0.0
