package render

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"

	"github.com/dashgen/dashgen/internal/plan"
)

// Longest uid and tag that Grafana takes.
// Source: pkg/services/dashboards/errors.go and models of Grafana 12.4.
const (
	maxUID = 40
	maxTag = 50
)

// aUID is what Grafana takes as a uid.
var aUID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

// setKeys makes the panel keys of a board unique. A key that several panels have
// gets its row's title in front, and where that does not tell them apart, a number.
func setKeys(b *plan.Board) {
	seen := map[string]int{}
	for _, row := range b.Rows {
		for _, p := range row.Panels {
			seen[p.Key]++
		}
	}
	taken := map[string]bool{}
	for r := range b.Rows {
		row := &b.Rows[r]
		for i := range row.Panels {
			p := &row.Panels[i]
			if seen[p.Key] > 1 {
				p.Key = row.Title + "/" + p.Key
			}
			key := p.Key
			for n := 2; taken[p.Key]; n++ {
				p.Key = fmt.Sprintf("%s#%d", key, n)
			}
			taken[p.Key] = true
		}
	}
}

// setIDs gives every panel and row header of a board its id: a hash of the board's
// uid and the panel's key, so that no other panel moves an id; in a folder, of the uid of
// its first board, so that a panel keeps its id when it comes to stand on another one. Of
// two with the same hash, the one whose key sorts later takes the next free id.
func setIDs(b *plan.Board) {
	ids := map[string]*int{}
	for r := range b.Rows {
		row := &b.Rows[r]
		if row.Title != "" {
			key := "row:" + row.Title
			for n := 2; ids[key] != nil; n++ {
				key = fmt.Sprintf("row:%s#%d", row.Title, n)
			}
			ids[key] = &row.ID
		}
		for i := range row.Panels {
			ids["panel:"+row.Panels[i].Key] = &row.Panels[i].ID
		}
	}
	keys := make([]string, 0, len(ids))
	for key := range ids {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	taken := map[int]bool{}
	of := cmp.Or(b.Folder, b.UID)
	for _, key := range keys {
		id := int(hash(of+"\x00"+key) & 0x7fffffff)
		for id == 0 || taken[id] {
			id = (id + 1) & 0x7fffffff
		}
		taken[id] = true
		*ids[key] = id
	}
}

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s)) // a hash.Hash never returns an error
	return h.Sum32()
}

// refID returns the name of the i-th query of a panel: A to Z, then AA, AB, ….
func refID(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return refID(i/26-1) + string(rune('A'+i%26))
}
