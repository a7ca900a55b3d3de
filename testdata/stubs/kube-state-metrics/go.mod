module k8s.io/kube-state-metrics/v2

go 1.26

require k8s.io/component-base v0.0.0
