package build

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"

	"github.com/dashgen/dashgen/internal/bundle"
	"github.com/dashgen/dashgen/internal/tree"
	"github.com/dashgen/dashgen/render"
	"github.com/dashgen/dashgen/rules"
	"github.com/dashgen/dashgen/schema"
)

// This file writes what outputs: of the configuration asks for.

// outputs writes each output of config.Outputs, by its name.
var outputs = map[string]func(*Result) (map[string][]byte, error){
	"alertmanager": func(res *Result) (map[string][]byte, error) {
		return bundle.Alertmanager(res.generated(), res.alerting())
	},
	"dashboards-v2": func(res *Result) (map[string][]byte, error) {
		files, left, err := render.FilesV2(res.Boards, res.Schema, res.generated())
		res.add(left)
		return files, err
	},
	"grafana-alerting": func(res *Result) (map[string][]byte, error) {
		return bundle.GrafanaAlerting(res.generated(), res.alerting())
	},
	"k8s": func(res *Result) (map[string][]byte, error) {
		return bundle.Kubernetes(res.generated(), cmp.Or(res.Config.Name, "program"))
	},
	"mimir": func(res *Result) (map[string][]byte, error) {
		return bundle.Mimir(res.generated(), cmp.Or(res.Config.Name, "program"))
	},
	"mixin": func(res *Result) (map[string][]byte, error) { return bundle.Mixin(res.generated()) },
	"otel-schema": func(res *Result) (map[string][]byte, error) {
		return render.OTelSchema(res.Schema, res.Config.OTelSchemaURL), nil
	},
	"provisioning": func(res *Result) (map[string][]byte, error) {
		return bundle.Provisioning(cmp.Or(res.Config.Name, "program"))
	},
	"rules-tests": (*Result).proofs,
	"runbooks": func(res *Result) (map[string][]byte, error) {
		return render.RunbookPages(res.reference(), tree.TextBegin, tree.TextEnd), nil
	},
}

// alerting says what alerts are handed on with.
func (res *Result) alerting() bundle.Alerting {
	a := bundle.Alerting{
		Program: cmp.Or(res.Config.Name, "program"), Job: res.Config.Job, Datasource: res.Config.GrafanaSource, Evaluation: res.Config.Intervals.Evaluation,
		Plots: map[string]bundle.Plot{},
	}
	for alert, at := range rules.Plots(res.Boards) {
		a.Plots[alert] = bundle.Plot(at)
	}
	return a
}

// generated returns the files in the tree.
func (res *Result) generated() bundle.Files {
	files := bundle.Files{}
	for _, name := range res.Tree.Names() {
		files[name] = res.Tree.Data(name)
	}
	return files
}

// reference is what the reference pages are made of.
func (res *Result) reference() render.Reference {
	r := render.Reference{Schema: res.Schema, Groups: res.Groups, Boards: res.Boards, Config: res.Config}
	if slices.Contains(res.Config.Outputs, "runbooks") {
		r.Runbooks = render.RunbookNames(res.Groups)
	}
	return r
}

// extras puts what outputs: asks for into the tree.
func (res *Result) extras() error {
	for _, name := range slices.Compact(slices.Sorted(slices.Values(res.Config.Outputs))) {
		if name == "rules-tests" && res.unproved {
			continue
		}
		files, err := outputs[name](res)
		if err != nil {
			return err
		}
		if err := res.Tree.Add(files); err != nil {
			return err
		}
	}
	return nil
}

// takeText keeps what people wrote into generated files.
func (res *Result) takeText() error {
	held, err := res.Tree.TakeText(res.Out)
	if err != nil {
		return err
	}
	for _, h := range held {
		f := schema.Finding{Pos: schema.Pos{File: path.Join(filepath.ToSlash(res.Out), h.Name), Line: h.Line, Col: 1}, Check: "own-text"}
		if h.Reason == "" {
			f.Severity, f.Message, f.Hint = schema.Warning, "file is no longer generated, and stays because of the text that somebody wrote in it", "move the text to where it belongs now, and delete the file"
		} else {
			f.Message = "file stays as it is, since it does not tell what somebody wrote in it: " + h.Reason
			f.Hint = "have your text between the lines " + tree.TextBegin + " and " + tree.TextEnd + ", each of which stands there once, or delete the file"
		}
		res.add([]schema.Finding{f})
	}
	res.Findings = schema.SortFindings(res.Findings)
	return nil
}
