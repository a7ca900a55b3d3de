// Package overlay applies overlays: Jsonnet that people wrote, which changes generated
// dashboards and rules and survives their regeneration.
//
// An overlay evaluates to an object such as
//
//	{
//	  panels: {
//	    shop_http_requests_total: { title: 'Requests', fieldConfig+: { defaults+: { unit: 'reqps' } } },
//	  },
//	  dashboards: {
//	    'shop-overview': { refresh: '1m' },
//	  },
//	  rules: {
//	    ShopQueueLong: { expr: 'shop_queue > 50', 'for': '10m', labels+: { severity: 'page' } },
//	  },
//	  groups: {
//	    shop: { interval: '2m' },
//	  },
//	}
//
// whose fields are added, as Jsonnet adds objects, to the classic dashboards, and to the rules
// and groups as rule files have them. A panel is found
// by its key, which stays when others come and go, never by its place: the name of its metric
// (of the first, where it shows several), with what it shows of it behind a colon where that
// is not all (shop_http_requests_total:error_ratio); alert:NAME; overview/NAME; the title of a
// declared one. UID/KEY changes that panel on one dashboard only. A rule is found by the name of
// its alert or of the series that it records; rules of one name are all changed. A panel or rule
// that is null is left out. What is named and does not exist is a finding. Imports stay below
// the folder of the configuration.
//
// [Rules] changes groups before boards are drawn, so that thresholds, tests and pages go by what
// it makes of them; [Apply] changes the files of boards, of which all else is made: what wraps
// them (mixin, k8s) and dashboards-v2.
//
// [From] goes the other way: it makes an overlay of what somebody changed in Grafana.
//
// It imports internal/config, internal/plan, internal/jsonnet and schema.
package overlay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dashgen/dashgen/internal/config"
	"github.com/dashgen/dashgen/internal/jsonnet"
	"github.com/dashgen/dashgen/internal/plan"
	"github.com/dashgen/dashgen/schema"
)

// prelude holds what both programs use.
const prelude = `local object(v, what) = if std.isObject(v) then v else error what + ' is no object';
local part(overlay, name) = if std.objectHasAll(object(overlay, 'overlay'), name) then object(overlay[name], name) else {};
local add(base, part, key) = std.foldl(function(sum, o) if std.objectHasAll(o, key) then sum + object(o[key], 'field ' + key + ' of an overlay') else sum, part, base);
local isNull(o, key) = std.objectHasAll(o, key) && o[key] == null;
`

// boardsProgram adds what the overlays say to the dashboards.
const boardsProgram = prelude + `local boards = std.parseJson(std.extVar('boards'));
local keys = std.parseJson(std.extVar('keys'));
local panels = [part(o, 'panels') for o in overlays];
local dashboards = [part(o, 'dashboards') for o in overlays];
local all(uid, list) = [panel(uid, p) for p in list if !gone(uid, p)],
      names(uid, p) = local id = std.toString(p.id); if std.objectHas(keys[uid], id) then [keys[uid][id], uid + '/' + keys[uid][id]] else [],
      gone(uid, p) = std.length([key for key in names(uid, p) for o in panels if isNull(o, key)]) > 0,
      panel(uid, p) =
        local own = if std.objectHas(p, 'panels') then p { panels: all(uid, p.panels) } else p;
        std.foldl(function(sum, key) add(sum, panels, key), names(uid, p), own);
{
  boards: {
    [uid]: add(boards[uid] { panels: all(uid, boards[uid].panels) }, dashboards, uid)
    for uid in std.objectFields(boards)
  },
  names: [
    {
      panels: std.objectFieldsAll(part(o, 'panels')),
      dashboards: std.objectFieldsAll(part(o, 'dashboards')),
      others: [f for f in std.objectFieldsAll(o) if !std.member(['panels', 'dashboards', 'rules', 'groups'], f)],
    }
    for o in overlays
  ],
}
`

// programName stands for the programs in messages.
const programName = "<overlays>"

// Apply changes the files of the boards as the overlays of the configuration say, and returns
// the uids of the boards that they change. What is wrong with an overlay is a finding.
func Apply(cfg *config.Config, boards []plan.Board, files map[string][]byte) (changed []string, findings []schema.Finding, err error) {
	if len(cfg.Overlays) == 0 {
		return nil, nil, nil
	}
	a := &applier{cfg: cfg, boards: boards, files: files}
	if err := a.apply(); err != nil {
		return nil, nil, err
	}
	return a.changed, a.findings, nil
}

// An applier applies the overlays of one program.
type applier struct {
	cfg      *config.Config
	boards   []plan.Board
	files    map[string][]byte
	changed  []string
	findings []schema.Finding
}

func (a *applier) apply() error {
	texts, keys := map[string]json.RawMessage{}, map[string]map[string]string{}
	for _, b := range a.boards {
		texts[b.UID], keys[b.UID] = a.files[boardFile(b.UID)], map[string]string{}
		for _, row := range b.Rows {
			for _, p := range row.Panels {
				keys[b.UID][fmt.Sprint(p.ID)] = p.Key
			}
		}
	}
	value, err := a.evaluate(boardsProgram, map[string]any{"boards": texts, "keys": keys})
	if value == nil || err != nil {
		return err
	}
	var out overlaid
	if err := json.Unmarshal(value, &out); err != nil {
		return err
	}
	a.unknownNames(out.Names)
	return a.replace(out.Boards)
}

// evaluate returns what a program makes of the overlays and values, nil where that is a finding.
func (a *applier) evaluate(program string, values map[string]any) ([]byte, error) {
	vars := map[string]string{}
	for name, v := range values {
		data, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		vars[name] = string(data)
	}
	var imports []string
	for _, file := range a.cfg.Overlays {
		name, err := json.Marshal(file)
		if err != nil {
			return nil, err
		}
		imports = append(imports, "import "+string(name))
	}
	value, damage := jsonnet.EvaluateProgram(a.cfg.Dir, programName, "local overlays = ["+strings.Join(imports, ", ")+"];\n"+program, vars)
	if damage == nil {
		return value, nil
	}
	if strings.HasPrefix(filepath.Base(damage.Pos.File), "<") { // the program, or the standard library
		damage.Pos = schema.Pos{File: a.path(a.cfg.Overlays[0])}
		if len(a.cfg.Overlays) > 1 {
			damage.Pos.File = a.cfg.File
		}
	}
	damage.Check = "overlay"
	a.findings = append(a.findings, *damage)
	return nil, nil
}

// An overlaid is what boardsProgram evaluates to.
type overlaid struct {
	Boards map[string]json.RawMessage
	Names  []overlayNames
}

// overlayNames are the fields of one overlay.
type overlayNames struct{ Panels, Dashboards, Others []string }

// replace puts the dashboards that an overlay changed in the place of those that were drawn.
func (a *applier) replace(boards map[string]json.RawMessage) error {
	for i := range a.boards {
		uid := a.boards[i].UID
		var board map[string]any
		dec := json.NewDecoder(bytes.NewReader(boards[uid]))
		dec.UseNumber()
		if err := dec.Decode(&board); err != nil {
			return err
		}
		if board["uid"] != uid {
			a.report(a.cfg.Overlays[0], "give the dashboard its uid where it is declared", "overlay changes the uid of dashboard %s, by which links find it", uid)
			continue
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(board); err != nil {
			return err
		}
		if !bytes.Equal(out.Bytes(), a.files[boardFile(uid)]) {
			a.files[boardFile(uid)] = out.Bytes()
			a.changed = append(a.changed, uid)
		}
	}
	return nil
}

// unknownNames finds what overlays name and nothing has.
func (a *applier) unknownNames(names []overlayNames) {
	keys, uids, shows := map[string]bool{}, map[string]bool{}, map[string]string{}
	for _, b := range a.boards {
		uids[b.UID] = true
		for _, row := range b.Rows {
			for _, p := range row.Panels {
				keys[p.Key], keys[onBoard(b.UID, p.Key)] = true, true
				for _, metric := range p.Metrics {
					if old := shows[metric]; old == "" || len(p.Key) < len(old) {
						shows[metric] = p.Key
					}
				}
			}
		}
	}
	for i, n := range names {
		report := func(hint, format string, args ...any) { a.report(a.cfg.Overlays[i], hint, format, args...) }
		for _, key := range n.Panels {
			switch {
			case keys[key]:
			case shows[key] != "":
				report(fmt.Sprintf("write %q, the panel that shows %s", shows[key], key), "overlay changes the panel %q, which no dashboard has", key)
			default:
				report("write the name of a metric that a dashboard shows", "overlay changes the panel %q, which no dashboard has", key)
			}
		}
		for _, uid := range n.Dashboards {
			if !uids[uid] {
				report("write the uid of a generated dashboard", "overlay changes the dashboard %q, which is not generated", uid)
			}
		}
		for _, name := range n.Others {
			report("write panels, dashboards, rules or groups", "overlay has a field %q, which means nothing", name)
		}
	}
}

func (a *applier) report(file, hint, format string, args ...any) {
	a.findings = append(a.findings, schema.Finding{Pos: schema.Pos{File: a.path(file)}, Check: "overlay", Message: fmt.Sprintf(format, args...), Hint: hint})
}

// path returns an overlay's path as seen from the working directory.
func (a *applier) path(name string) string {
	return filepath.ToSlash(filepath.Join(a.cfg.Dir, filepath.FromSlash(name)))
}

// onBoard returns how overlays name a panel of one dashboard.
func onBoard(uid, key string) string { return uid + "/" + key }

// boardFile returns the name of a dashboard's file.
func boardFile(uid string) string { return "dashboards/" + uid + ".json" }
