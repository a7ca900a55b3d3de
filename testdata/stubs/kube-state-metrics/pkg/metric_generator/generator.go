// Package generator is a stub of k8s.io/kube-state-metrics/v2/pkg/metric_generator.
package generator

import (
	basemetrics "k8s.io/component-base/metrics"

	"k8s.io/kube-state-metrics/v2/pkg/metric"
)

type FamilyGenerator struct {
	GenerateFunc      func(obj interface{}) *metric.Family
	Name              string
	Help              string
	Type              metric.Type
	DeprecatedVersion string
	StabilityLevel    basemetrics.StabilityLevel
	OptIn             bool
}

// NewFamilyGenerator is what v2 had until v2.9.
func NewFamilyGenerator(name string, help string, metricType metric.Type, deprecatedVersion string, generateFunc func(obj interface{}) *metric.Family) *FamilyGenerator {
	return nil
}

func NewFamilyGeneratorWithStability(name string, help string, metricType metric.Type, stabilityLevel basemetrics.StabilityLevel, deprecatedVersion string, generateFunc func(obj interface{}) *metric.Family) *FamilyGenerator {
	return nil
}

func NewOptInFamilyGenerator(name string, help string, metricType metric.Type, stabilityLevel basemetrics.StabilityLevel, deprecatedVersion string, generateFunc func(obj interface{}) *metric.Family) *FamilyGenerator {
	return nil
}
