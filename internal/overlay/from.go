package overlay

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/dashgen/dashgen/internal/jsonnet"
	"github.com/dashgen/dashgen/internal/plan"
)

// This file makes overlays of what people changed in Grafana.

// An Edit is a dashboard that somebody changed: its classic JSON before and after.
type Edit struct {
	UID         string
	Before, Now []byte
}

// From returns an overlay that does to the boards what people did to them in Grafana, as
// Jsonnet, and one line for each thing that no overlay can say. Without a change that one can
// say the overlay is nil. Fields that every Grafana sets as it likes are left alone: numbers of
// versions, and editable, without which nobody could have changed anything. So is what one
// save added alike to most panels of a type: a newer Grafana writes out its defaults.
func From(boards []plan.Board, edits []Edit) (program []byte, left []string, err error) {
	f := from{times: map[string]int{}, panels: map[string]string{}, dashboards: map[string]string{}}
	for _, b := range boards {
		for _, row := range b.Rows {
			for _, p := range row.Panels {
				f.times[p.Key]++
			}
		}
	}
	for _, e := range edits {
		i := slices.IndexFunc(boards, func(b plan.Board) bool { return b.UID == e.UID })
		if i < 0 {
			return nil, nil, fmt.Errorf("make an overlay: there is no dashboard %s", e.UID)
		}
		if err := f.board(&boards[i], e); err != nil {
			return nil, nil, fmt.Errorf("make an overlay for dashboard %s: %w", e.UID, err)
		}
	}
	if len(f.panels)+len(f.dashboards) == 0 {
		return nil, f.left, nil
	}
	text := "{\n"
	for _, part := range []struct {
		name   string
		fields map[string]string
	}{{"panels", f.panels}, {"dashboards", f.dashboards}} {
		if len(part.fields) > 0 {
			text += part.name + ": {\n"
			for _, key := range slices.Sorted(maps.Keys(part.fields)) {
				text += value(key) + ": " + part.fields[key] + ",\n"
			}
			text += "},\n"
		}
	}
	program, err = jsonnet.Format("overlay", []byte(text+"}\n"))
	return program, f.left, err
}

// A from collects the fields of an overlay, as Jsonnet.
type from struct {
	times              map[string]int    // how many panels have a key
	panels, dashboards map[string]string // by key and by uid
	left               []string
}

// unlike are fields that are not alike in two Grafanas, wherever they stand.
var unlike = []string{"editable", "id", "iteration", "pluginVersion", "schemaVersion", "uid", "version"}

// A placed panel is one with the row that holds it while it is collapsed.
type placed struct {
	panel map[string]any
	row   any // its id
}

func (f *from) board(b *plan.Board, e Edit) error {
	var before, now map[string]any
	for data, out := range map[*[]byte]*map[string]any{&e.Before: &before, &e.Now: &now} {
		if err := json.Unmarshal(*data, out); err != nil {
			return err
		}
	}
	was, is := placedPanels(before), placedPanels(now)
	keys := map[float64]string{}
	for _, row := range b.Rows {
		for _, p := range row.Panels {
			keys[float64(p.ID)] = p.Key
		}
	}
	ignored := f.defaults(b, was, is)
	var added []any
	for _, id := range slices.Sorted(maps.Keys(is)) {
		p := is[id].panel
		old, known := was[id]
		diff := changed(old.panel, p, ignored[p["type"]])
		switch {
		case p["type"] == "row" && (!known || len(diff) > 0):
			f.leave(b, "row %q is not as it was: rows go by what is drawn", p["title"])
		case !known:
			added = append(added, p)
		case old.row != is[id].row:
			f.leave(b, "panel %q is in another row", p["title"])
		}
		if known && len(diff) > 0 && keys[id] != "" {
			f.panels[f.key(b, keys[id])] = object(diff, old.panel)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(was)) {
		if _, there := is[id]; there {
			continue
		}
		if key := keys[id]; key != "" {
			f.panels[f.key(b, key)] = "null"
		} else {
			f.leave(b, "row %q is gone: rows go by what is drawn", was[id].panel["title"])
		}
	}
	diff := changed(before, now, nil)
	if fields := object(diff, before); len(diff)+len(added) > 0 {
		if len(added) > 0 {
			fields = strings.TrimSuffix(fields, "}") + "panels+: " + value(added) + ",\n}"
		}
		f.dashboards[b.UID] = fields
	}
	return nil
}

// leave notes something that no overlay can say of a board.
func (f *from) leave(b *plan.Board, format string, args ...any) {
	f.left = append(f.left, b.UID+": "+fmt.Sprintf(format, args...))
}

// key returns how the overlay names a panel: by its key alone, unless others have it too.
func (f *from) key(b *plan.Board, key string) string {
	if f.times[key] > 1 {
		return onBoard(b.UID, key)
	}
	return key
}

// placedPanels returns the panels of a dashboard by id, those of collapsed rows too.
func placedPanels(board map[string]any) map[float64]placed {
	all := map[float64]placed{}
	var walk func(list, row any)
	walk = func(list, row any) {
		panels, _ := list.([]any)
		for _, p := range panels {
			if panel, ok := p.(map[string]any); ok {
				id, _ := panel["id"].(float64)
				all[id] = placed{panel, row}
				walk(panel["panels"], id)
			}
		}
	}
	walk(board["panels"], nil)
	return all
}

// A change is what became of one field.
type change struct {
	gone   bool
	value  any               // what it is now
	fields map[string]change // of an object that was one before; value is nil then
}

// changed returns the fields that differ, other than those that are ignored, by path, and
// those that are never alike. Those of panels of a row are the panels' own.
func changed(before, now map[string]any, ignored map[string]bool) map[string]change {
	return changedAt("", before, now, ignored)
}

func changedAt(path string, before, now map[string]any, ignored map[string]bool) map[string]change {
	diff := map[string]change{}
	for name, v := range now {
		old, known := before[name]
		at := path + "." + name
		oldFields, wasObject := old.(map[string]any)
		fields, isObject := v.(map[string]any)
		switch {
		case slices.Contains(unlike, name), path == "" && name == "panels":
		case !known && ignored[addition(at, v)]:
		case wasObject && isObject:
			if below := changedAt(at, oldFields, fields, ignored); len(below) > 0 {
				diff[name] = change{fields: below}
			}
		case !reflect.DeepEqual(old, v):
			diff[name] = change{value: v}
		}
	}
	for name := range before {
		if _, there := now[name]; !there && !slices.Contains(unlike, name) && name != "panels" {
			diff[name] = change{gone: true}
		}
	}
	return diff
}

// addition names a field that was added, and its value.
func addition(path string, v any) string { return path + " = " + value(v) }

// mostAlike is how many panels of a type there must be for one addition to all of them to be
// Grafana's.
const mostAlike = 3

// defaults returns, by type of panel, the additions that most panels of the type have, and
// notes them as left.
func (f *from) defaults(b *plan.Board, was, is map[float64]placed) map[any]map[string]bool {
	count, added := map[any]int{}, map[any]map[string]int{}
	for id, p := range is {
		if old, known := was[id]; known {
			kind := p.panel["type"]
			count[kind]++
			if added[kind] == nil {
				added[kind] = map[string]int{}
			}
			for _, a := range additions("", old.panel, p.panel) {
				added[kind][a]++
			}
		}
	}
	ignored := map[any]map[string]bool{}
	var lines []string
	for kind, times := range added {
		ignored[kind] = map[string]bool{}
		for a, n := range times {
			if n >= mostAlike && 2*n > count[kind] {
				ignored[kind][a] = true
				lines = append(lines, fmt.Sprintf("%s of %d panels of type %v looks like a default of Grafana's", strings.TrimPrefix(a, "."), n, kind))
			}
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		f.leave(b, "%s", line)
	}
	return ignored
}

// additions returns the fields that an object has and had not.
func additions(path string, before, now map[string]any) []string {
	var all []string
	for name, v := range now {
		old, known := before[name]
		oldFields, wasObject := old.(map[string]any)
		fields, isObject := v.(map[string]any)
		switch at := path + "." + name; {
		case slices.Contains(unlike, name):
		case !known:
			all = append(all, addition(at, v))
		case wasObject && isObject:
			all = append(all, additions(at, oldFields, fields)...)
		}
	}
	return all
}

// object returns changes as the object that Jsonnet adds to the one before. A field that is
// gone is hidden.
func object(diff map[string]change, before map[string]any) string {
	text := "{\n"
	for _, name := range slices.Sorted(maps.Keys(diff)) {
		switch c := diff[name]; {
		case c.gone:
			text += value(name) + ":: null,\n"
		case c.fields != nil:
			old, _ := before[name].(map[string]any)
			text += value(name) + "+: " + object(c.fields, old) + ",\n"
		default:
			text += value(name) + ": " + list(name, before[name], c.value) + ",\n"
		}
	}
	return text + "}"
}

// named are the fields by which the elements of a list are known: variables, annotations and
// links have names, queries have letters.
var named = []string{"name", "refId"}

// list returns a value that takes the place of another. Of a list with the same elements as
// before, by name, it changes those elements that are not as they were, so that the others may
// be generated anew.
func list(field string, before, now any) string {
	old, wasList := before.([]any)
	elements, isList := now.([]any)
	if !wasList || !isList || len(old) != len(elements) {
		return value(now)
	}
	for _, by := range named {
		var cases []string
		alike := len(old) > 0
		for i := range elements {
			x, _ := old[i].(map[string]any)
			y, _ := elements[i].(map[string]any)
			if alike = alike && x[by] != nil && x[by] == y[by]; !alike {
				break
			}
			if diff := changed(x, y, nil); len(diff) > 0 {
				cases = append(cases, fmt.Sprintf("if std.get(x, %s) == %s then x + %s else ", value(by), value(x[by]), object(diff, x)))
			}
		}
		if alike {
			return fmt.Sprintf("[%sx for x in super[%s]]", strings.Join(cases, ""), value(field))
		}
	}
	return value(now)
}

// value returns a value as Jsonnet, of which JSON is a part.
func value(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // it was decoded from JSON
	return strings.TrimSpace(b.String())
}
