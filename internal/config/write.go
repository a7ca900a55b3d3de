package config

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// YAML returns the effective values as a dashgen.yaml, defaults among them.
// Reading it gives the same values.
func (c *Config) YAML() []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root.write(*c)); err != nil {
		panic(fmt.Sprintf("encode configuration: %v", err)) // only strings and numbers are in it
	}
	return b.Bytes()
}

// JSONSchema returns the JSON Schema (draft 2020-12) of dashgen.yaml, made of the
// rows that it is read with. It is published as dashgen.schema.json beside this
// file.
func JSONSchema() []byte {
	s := root.schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = "https://raw.githubusercontent.com/dashgen/dashgen/main/internal/config/dashgen.schema.json"
	s["title"] = "dashgen.yaml"
	s["description"] = "What dashgen generates and lints, as far as no single metric says it in the source."
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		panic(fmt.Sprintf("encode JSON Schema: %v", err)) // only maps and strings are in it
	}
	return b.Bytes()
}
