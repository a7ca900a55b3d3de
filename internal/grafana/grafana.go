// Package grafana puts dashboards into a running Grafana, and sees what people changed there.
//
// It owns the HTTP API (folders, dashboards, their versions) and the question whose the last
// change of a dashboard was. Nothing of dashgen is imported, and nothing is kept on this
// side. Data flows
//
//	dashboards -> Compare -> []Change -> Push
//
// Whose change: each save goes into the dashboard's history with a message. Push writes one
// that holds a hash of what it saved; a dashboard whose last version has another message, or
// holds something else than its message says, was changed by somebody else. Grafana keeps
// some 20 versions, of which that is always one. The JSON of the dashboard is left as it was
// generated.
//
// Sources: https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/,
// dashboard_versions/ and folder/ beside it.
package grafana

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// A Dashboard is one that is to be in Grafana: classic JSON with uid and title.
type Dashboard struct {
	UID   string
	Title string
	JSON  []byte
}

// A State says how a dashboard in Grafana stands to the one that is to be there.
type State string

// The states of a dashboard.
const (
	New         State = "new"         // Grafana has none of the uid
	Same        State = "same"        // it is as it should be
	Changed     State = "changed"     // it is as it was pushed last, and should be another
	Edited      State = "edited"      // somebody else changed it since, or made it
	Provisioned State = "provisioned" // Grafana has it from a file or a repository, and saves no other
)

// A Change is what is to be done with one dashboard.
type Change struct {
	Dashboard
	State  State
	Folder Folder // where it is; of a new one the zero value
	Old    []byte // its JSON as Grafana has it, nil of a new one; formatted as New is
	New    []byte // its JSON as it should be, without what Grafana adds
	Base   []byte // of an edited one, what was pushed last, nil where nothing was or Grafana has forgotten it
	By     string // who saved it last, as Grafana says; may be empty
	Source string // of a provisioned one: the file, as Grafana says; may be empty

	// Adopted says that somebody else saved what is to be there: it is saved again so that
	// the next push knows it as its own.
	Adopted bool

	wanted  document
	version int // that Grafana has, 0 of a new one
}

// Compare says what is to be done with each dashboard, in their order. It changes nothing.
func (c *Client) Compare(ctx context.Context, dashboards []Dashboard) ([]Change, error) {
	var all []Change
	for _, d := range dashboards {
		change, err := c.compare(ctx, d)
		if err != nil {
			return nil, err
		}
		all = append(all, change)
	}
	return all, nil
}

func (c *Client) compare(ctx context.Context, d Dashboard) (Change, error) {
	ch := Change{Dashboard: d, State: New}
	wanted, err := parse(d.JSON)
	if err != nil {
		return ch, fmt.Errorf("read dashboard %s: %w", d.UID, err)
	}
	ch.wanted, ch.New = wanted, wanted.text()
	s, err := c.dashboard(ctx, d.UID)
	if err != nil || s == nil {
		return ch, err
	}
	old, err := parse(s.Dashboard)
	if err != nil {
		return ch, fmt.Errorf("read dashboard %s of Grafana: %w", d.UID, err)
	}
	ch.Old = old.text()
	ch.Folder, ch.By, ch.Source, ch.version = Folder{s.Meta.FolderUID, s.Meta.FolderTitle}, s.Meta.UpdatedBy, s.Meta.Source, s.Meta.Version
	same := bytes.Equal(ch.Old, ch.New)
	switch {
	case s.Meta.Provisioned && !same:
		ch.State = Provisioned
		return ch, nil
	case s.Meta.Provisioned:
		ch.State = Same
		return ch, nil
	}
	last, err := c.version(ctx, d.UID, ch.version)
	if err != nil {
		return ch, err
	}
	ours := last != nil && last.Message == old.message()
	switch {
	case same:
		ch.State, ch.Adopted = Same, !ours
	case ours:
		ch.State = Changed
	default:
		ch.State = Edited
		ch.Base, err = c.pushed(ctx, d.UID, ch.version)
	}
	return ch, err
}

// mostVersions is how far back a pushed version is looked for: what Grafana keeps, unless
// told otherwise.
const mostVersions = 20

// pushed returns what was pushed last, before version n; nil where no push is known.
func (c *Client) pushed(ctx context.Context, uid string, n int) ([]byte, error) {
	for back := 1; back <= mostVersions && back < n; back++ {
		v, err := c.version(ctx, uid, n-back)
		if err != nil {
			return nil, err
		}
		if v == nil || !strings.HasPrefix(v.Message, messagePrefix) {
			continue
		}
		if d, err := parse(v.Data); err == nil && v.Message == d.message() {
			return d.text(), nil
		}
	}
	return nil, nil
}

// Push saves what a change says: into folder, where that is given, else where the dashboard
// is. Without overwrite it refuses what somebody else changed, since Compare too.
func (c *Client) Push(ctx context.Context, ch Change, folder *Folder, overwrite bool) error {
	if ch.State == Provisioned || ch.State == Edited && !overwrite {
		return fmt.Errorf("save dashboard %s: it is %s", ch.UID, ch.State)
	}
	dashboard := maps.Clone(ch.wanted)
	dashboard["id"] = nil
	if ch.version > 0 {
		dashboard["version"] = ch.version
	}
	if folder == nil {
		folder = &ch.Folder
	}
	err := c.save(ctx, dashboard, folder.UID, ch.wanted.message(), overwrite)
	var status *statusError
	if errors.As(err, &status) && status.status == "version-mismatch" {
		return fmt.Errorf("save dashboard %s: somebody changed it just now: run it again", ch.UID)
	}
	if err != nil {
		return fmt.Errorf("save dashboard %s: %w", ch.UID, err)
	}
	return nil
}

// A document is a dashboard's JSON without what Grafana sets itself.
type document map[string]any

// own are the fields of a dashboard that Grafana sets itself.
var own = []string{"id", "iteration", "version"}

func parse(data []byte) (document, error) {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	if d == nil {
		return nil, errors.New("there is none")
	}
	for _, name := range own {
		delete(d, name)
	}
	return d, nil
}

// text returns the document indented, keys sorted, each number in one spelling.
func (d document) text() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(d) // what was decoded can be encoded
	return b.Bytes()
}

// messagePrefix begins the messages of pushed versions.
const messagePrefix = "dashgen push "

// message returns the message with which a document is saved. Grafana sets refresh to the
// shortest that it allows, which is nobody's change: it is not in the hash.
func (d document) message() string {
	rest := maps.Clone(d)
	delete(rest, "refresh")
	return fmt.Sprintf("%s%x", messagePrefix, sha256.Sum256(rest.text()))
}
