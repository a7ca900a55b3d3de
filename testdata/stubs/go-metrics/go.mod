module github.com/hashicorp/go-metrics

go 1.20
