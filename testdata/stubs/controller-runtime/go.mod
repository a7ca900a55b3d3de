module sigs.k8s.io/controller-runtime

go 1.26

require github.com/prometheus/client_golang v0.0.0
