package lint

import (
	"bufio"
	"encoding/json"

	"github.com/dashgen/dashgen/schema"
)

func init() { formats["json"] = writeJSON }

// A place is a position in JSON. Unknown parts are left out.
type place struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
}

type jsonFinding struct {
	place
	Severity schema.Severity `json:"severity"`
	Check    string          `json:"check"`
	Message  string          `json:"message"`
	Hint     string          `json:"hint,omitempty"`
	Expr     string          `json:"expr,omitempty"`
	Owner    string          `json:"owner,omitempty"`
	Field    string          `json:"field,omitempty"`
	Related  []jsonRelated   `json:"related,omitempty"`
	Edits    []jsonEdit      `json:"edits,omitempty"`
}

// A jsonEdit replaces old, which stands at its place, by new.
type jsonEdit struct {
	place
	Old string `json:"old"`
	New string `json:"new"`
}

type jsonRelated struct {
	place
	Message string `json:"message"`
}

// writeJSON writes a list, empty where there are no findings.
func writeJSON(w *bufio.Writer, findings []schema.Finding, _ Options) error {
	list := []jsonFinding{}
	for _, f := range findings {
		j := jsonFinding{place: place(f.Pos), Severity: severity(f), Check: f.Check, Message: f.Message, Hint: f.Hint, Expr: f.Expr, Owner: f.Owner, Field: f.Field}
		for _, r := range f.Related {
			j.Related = append(j.Related, jsonRelated{place(r.Pos), r.Message})
		}
		for _, e := range f.Edits {
			j.Edits = append(j.Edits, jsonEdit{place(e.Pos), e.Old, e.New})
		}
		list = append(list, j)
	}
	return encodeJSON(w, list)
}

func encodeJSON(w *bufio.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
