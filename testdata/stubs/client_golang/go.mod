module github.com/prometheus/client_golang

go 1.21

require github.com/prometheus/client_model v0.0.0

replace github.com/prometheus/client_model => ../client_model
