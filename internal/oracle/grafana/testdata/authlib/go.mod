module github.com/grafana/authlib

go 1.26.0
