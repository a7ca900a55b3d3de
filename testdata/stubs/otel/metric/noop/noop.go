// Package noop has the signatures of the real one and none of its code.
package noop

import (
	"context"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/embedded"
)

type Int64Counter struct{ embedded.Int64Counter }

func (Int64Counter) Add(context.Context, int64, ...metric.AddOption) {}

type Int64Histogram struct{ embedded.Int64Histogram }

func (Int64Histogram) Record(context.Context, int64, ...metric.RecordOption) {}
