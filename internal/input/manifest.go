package input

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/dashgen/dashgen/internal/input/source"
	"github.com/dashgen/dashgen/schema"
)

// This file reads the Kubernetes resources that carry dashboards and rules.

// resource returns what reads resources of a kind; nil: nothing in them is.
func resource(kind string) func(*setReader, *source.Document, *source.Node) {
	if strings.HasSuffix(kind, "List") { // List, ConfigMapList, PrometheusRuleList
		return listOfResources
	}
	return map[string]func(*setReader, *source.Document, *source.Node){
		"PrometheusRule":   prometheusRule,
		"ConfigMap":        configMap,
		"GrafanaDashboard": grafanaDashboard,
		"Dashboard":        (*setReader).dashboard,
	}[kind]
}

func listOfResources(r *setReader, doc *source.Document, n *source.Node) {
	for _, item := range n.List("items") {
		r.document(doc, item)
	}
}

// prometheusRule reads the custom resource of the Prometheus operator.
// Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
func prometheusRule(r *setReader, doc *source.Document, n *source.Node) {
	if spec := n.Get("spec"); spec != nil {
		r.rules(doc, spec)
	}
}

// grafanaDashboard reads the custom resource of the Grafana operator, where it holds the
// dashboard itself.
// Source: https://grafana.github.io/grafana-operator/docs/api/#grafanadashboardspec
func grafanaDashboard(r *setReader, doc *source.Document, n *source.Node) {
	spec := n.Get("spec")
	if text := spec.Get("json"); text != nil && text.Kind == source.String {
		r.held(doc, text)
	}
	if text := spec.Get("gzipJson"); text != nil && text.Kind == source.String {
		r.packed(text)
	}
}

// configMap reads what a ConfigMap mounts as files: dashboards, as Grafana's sidecar
// loads them, and rule files.
func configMap(r *setReader, doc *source.Document, n *source.Node) {
	if binary := n.Get("binaryData"); binary != nil {
		for _, f := range binary.Fields {
			if name := strings.TrimSuffix(f.Key, ".gz"); path.Ext(name) == ".json" && f.Value.Kind == source.String {
				r.packed(f.Value)
			}
		}
	}
	data := n.Get("data")
	if data == nil {
		return
	}
	for _, f := range data.Fields {
		if f.Value.Kind != source.String {
			continue
		}
		switch ext := path.Ext(f.Key); {
		case ext == ".json" && mentionsAny(f.Value.Text, `"panels"`, `"elements"`, `"rows"`):
			r.held(doc, f.Value)
		case (ext == ".yaml" || ext == ".yml" || ext == ".rules") && mentionsAny(f.Value.Text, "groups:"):
			inner, findings := f.Value.YAML()
			r.findings = append(r.findings, findings...)
			if inner.Root.Get("groups") != nil {
				r.rulesIn(doc, inner, inner.Root)
			}
		}
	}
}

func mentionsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// held reads a dashboard that a string of a document holds.
func (r *setReader) held(doc *source.Document, text *source.Node) {
	inner, findings := text.JSON()
	r.findings = append(r.findings, findings...)
	if inner.Root != nil && isDashboard(inner.Root) {
		r.dashboard(doc, inner.Root)
	}
}

// packed reads a dashboard that a string of a document holds as base64, compressed by gzip
// or not. Everything in it stands where the string does.
func (r *setReader) packed(text *source.Node) {
	data, err := unpack(text.Text, maxSize+1-r.unpacked)
	if r.unpacked += len(data); r.unpacked > maxSize {
		err = fmt.Errorf("what the file holds is longer than %d MiB", maxSize>>20)
	}
	if err != nil {
		r.findings = append(r.findings, schema.Finding{Pos: text.Pos(), Check: "json", Message: fmt.Sprintf("unpack dashboard: %v", err), Hint: "pack it again: gzip -c FILE | base64"})
		return
	}
	inner, findings := source.JSONAt(text.Pos(), data, maxSize)
	r.findings = append(r.findings, findings...)
	if inner.Root != nil && isDashboard(inner.Root) {
		r.dashboard(inner, inner.Root)
	}
}

// unpack decodes base64 and, where gzip made what comes of it, decompresses that as far as
// the limit.
func unpack(text string, limit int) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, int64(limit)))
}
