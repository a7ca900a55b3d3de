// Package prometheus has the signatures of the real one and none of its code.
package prometheus

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/otlptranslator"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
)

type Exporter struct{ metric.Reader }

type Option interface{ apply() }

func New(opts ...Option) (*Exporter, error) { return nil, nil }

func WithRegisterer(reg prometheus.Registerer) Option { return nil }

func WithoutTargetInfo() Option { return nil }

func WithTranslationStrategy(strategy otlptranslator.TranslationStrategyOption) Option { return nil }

func WithoutUnits() Option { return nil }

func WithoutCounterSuffixes() Option { return nil }

func WithoutScopeInfo() Option { return nil }

func WithNamespace(ns string) Option { return nil }

func WithResourceAsConstantLabels(resourceFilter attribute.Filter) Option { return nil }
