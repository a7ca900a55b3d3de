package bundle

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// maxObject is the greatest size of a ConfigMap, in bytes, and that of any object in etcd.
// Source: https://kubernetes.io/docs/concepts/configuration/configmap/
const maxObject = 1 << 20

// A resource is a Kubernetes resource.
type resource struct {
	APIVersion string            `yaml:"apiVersion"`
	Kind       string            `yaml:"kind"`
	Metadata   metadata          `yaml:"metadata"`
	Data       map[string]string `yaml:"data,omitempty"`
	Spec       any               `yaml:"spec,omitempty"`
}

type metadata struct {
	Name   string            `yaml:"name"`
	Labels map[string]string `yaml:"labels,omitempty"`
}

// Kubernetes returns the resources that carry dashboards and rules, a folder for each way:
//
//	k8s/rules/NAME.yaml             PrometheusRule, for the Prometheus operator
//	k8s/sidecar/NAME.yaml           ConfigMap with the label grafana_dashboard, for Grafana's sidecar
//	k8s/grafana-operator/NAME.yaml  GrafanaDashboard, for the Grafana operator
//
// NAME is that of the rule group or the uid, as Kubernetes takes it; two that become one are
// an error, and so is a dashboard that is too large for a resource. Namespaces are left to kubectl
// and kustomize.
// Source: the CRDs monitoring.coreos.com/v1 and grafana.integreatly.org/v1beta1, and
// kiwigrid/k8s-sidecar's README.
func Kubernetes(files Files, program string) (map[string][]byte, error) {
	all := resources{}
	labels := map[string]string{"app.kubernetes.io/part-of": labelValue(program)}
	found := map[string]string{"app.kubernetes.io/part-of": labelValue(program), "grafana_dashboard": "1"}
	for _, file := range files.rules() {
		groups, err := files.groups(file)
		if err != nil {
			return nil, err
		}
		rule := resource{APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule"}
		rule.Metadata = metadata{objectName(stem(file)), labels}
		rule.Spec = map[string]any{"groups": groups}
		if err := all.add("k8s/rules", rule); err != nil {
			return nil, err
		}
	}
	for _, file := range files.dashboards() {
		board, err := compact(files[file])
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		sidecar := resource{APIVersion: "v1", Kind: "ConfigMap"}
		sidecar.Metadata = metadata{objectName(stem(file)), found}
		sidecar.Data = map[string]string{path.Base(file): board}
		operator := resource{APIVersion: "grafana.integreatly.org/v1beta1", Kind: "GrafanaDashboard"}
		operator.Metadata = metadata{objectName(stem(file)), labels}
		operator.Spec = map[string]any{
			"instanceSelector": map[string]any{"matchLabels": map[string]string{"dashboards": "grafana"}},
			"json":             board,
		}
		if err := errors.Join(all.add("k8s/sidecar", sidecar), all.add("k8s/grafana-operator", operator)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// resources are files with one resource each.
type resources map[string][]byte

func (all resources) add(folder string, r resource) error {
	name := folder + "/" + r.Metadata.Name + ".yaml"
	data, err := encode(r)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if len(data) > maxObject {
		return fmt.Errorf("write %s: %d bytes are more than the %d that Kubernetes takes: split the dashboard", name, len(data), maxObject)
	}
	if all[name] != nil {
		return fmt.Errorf("write %s: another %s has the name %s in Kubernetes", name, r.Kind, r.Metadata.Name)
	}
	all[name] = data
	return nil
}

// objectName returns a name that Kubernetes takes: lower-case letters, digits and -, none
// of these at an end.
func objectName(s string) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, s), "-")
	if name == "" {
		return "x"
	}
	return strings.TrimRight(name[:min(len(name), 253)], "-")
}

// labelValue returns a value that Kubernetes takes for a label: at most 63 characters.
func labelValue(s string) string {
	name := objectName(s)
	return strings.Trim(name[:min(len(name), 63)], "-")
}
