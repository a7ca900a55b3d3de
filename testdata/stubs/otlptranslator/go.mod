module github.com/prometheus/otlptranslator

go 1.21
