// Package io_prometheus_client stands for the real one in the scanner's tests.
package io_prometheus_client

type Metric struct{}

type MetricFamily struct{}
