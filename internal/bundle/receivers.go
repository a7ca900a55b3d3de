package bundle

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// An alertmanagerConfig is what [Alertmanager] writes.
type alertmanagerConfig struct {
	Route struct {
		Receiver string           `yaml:"receiver"`
		Group    flow             `yaml:"group_by"`
		Wait     string           `yaml:"group_wait"`
		Interval string           `yaml:"group_interval"`
		Repeat   string           `yaml:"repeat_interval"`
		Routes   []map[string]any `yaml:"routes,omitempty"`
	} `yaml:"route"`
	Receivers []receiver  `yaml:"receivers"`
	Inhibit   []inhibited `yaml:"inhibit_rules,omitempty"`
}

type receiver struct {
	Name     string           `yaml:"name"`
	Webhooks []map[string]any `yaml:"webhook_configs,omitempty"`
}

type inhibited struct {
	Source flow `yaml:"source_matchers"`
	Target flow `yaml:"target_matchers"`
	Equal  flow `yaml:"equal"`
}

// A flow is a list that is written in one line.
type flow []string

// MarshalYAML writes it.
func (f flow) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range f {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: s})
	}
	return n, nil
}

// Receivers makes one configuration of those that [Alertmanager] wrote for several programs:
// all of their routes, each receiver and inhibition once. Where webhook names a file, every
// receiver posts alerts to the address in it. What comes before the YAML is comment.
func Receivers(comment string, examples [][]byte, webhook string) ([]byte, error) {
	var all alertmanagerConfig
	for i, data := range examples {
		var one alertmanagerConfig
		if err := yaml.Unmarshal(data, &one); err != nil {
			return nil, fmt.Errorf("read the configuration of Alertmanager: %w", err)
		}
		if i == 0 {
			all = one
			continue
		}
		all.Route.Routes = append(all.Route.Routes, one.Route.Routes...)
		for _, r := range one.Receivers {
			if !slices.ContainsFunc(all.Receivers, func(o receiver) bool { return o.Name == r.Name }) {
				all.Receivers = append(all.Receivers, r)
			}
		}
		for _, r := range one.Inhibit {
			if !slices.ContainsFunc(all.Inhibit, func(o inhibited) bool { return slices.Equal(o.Source, r.Source) && slices.Equal(o.Target, r.Target) }) {
				all.Inhibit = append(all.Inhibit, r)
			}
		}
	}
	if webhook != "" {
		for i := range all.Receivers {
			all.Receivers[i].Webhooks = []map[string]any{{"url_file": webhook}}
		}
	}
	out := bytes.NewBufferString(comment)
	enc := yaml.NewEncoder(out)
	enc.SetIndent(2)
	if err := enc.Encode(all); err != nil {
		return nil, fmt.Errorf("write the configuration of Alertmanager: %w", err)
	}
	return out.Bytes(), nil
}
