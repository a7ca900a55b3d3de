package grafana

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// This file speaks Grafana's HTTP API.

// Limits of one request.
const (
	timeout  = 30 * time.Second
	maxBytes = 32 << 20
)

// A Client asks one Grafana server.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// NewClient returns a client of the server at an address, which may end in a path, for
// instance https://example.org/grafana. token, if any, is sent as the bearer token of a
// service account; it stands in no error.
func NewClient(address, token string) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the address of Grafana is no http or https URL")
	case u.User != nil:
		return nil, errors.New("the address of Grafana holds a name or password, which others can read: give a token")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the address of Grafana ends in ? or #")
	}
	return &Client{
		base:  strings.TrimRight(u.String(), "/"),
		token: token,
		// A POST that is redirected arrives as a GET, and says nothing of it.
		http: &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// A statusError is an answer that is no success.
type statusError struct {
	code    int
	message string // of the server
	status  string // for instance version-mismatch
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("the server says %d %s", e.code, http.StatusText(e.code))
	if e.message != "" {
		text += ": " + e.message
	}
	return text
}

// notFound reports whether a server has no such object.
func notFound(err error) bool {
	var e *statusError
	return errors.As(err, &e) && e.code == http.StatusNotFound
}

// call sends a request, with in as JSON where it is not nil, and decodes the answer into out
// where that is not nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBytes+1))
	switch {
	case err != nil:
		return err
	case resp.StatusCode/100 == 3:
		return fmt.Errorf("the server redirects to %s: give the address that it has", resp.Header.Get("Location"))
	case resp.StatusCode/100 != 2:
		return c.refused(resp.StatusCode, data)
	case len(data) > maxBytes:
		return fmt.Errorf("the answer has more than %d MiB", maxBytes>>20)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return errors.New("the answer is not Grafana's: is this its address?")
	}
	return nil
}

// refused makes an error of an answer that is no success.
func (c *Client) refused(code int, data []byte) error {
	var said struct{ Message, Status string }
	_ = json.Unmarshal(data, &said) // what a proxy says is no JSON
	e := &statusError{code: code, message: said.Message, status: said.Status}
	if c.token != "" {
		e.message = strings.ReplaceAll(e.message, c.token, "…")
	}
	return e
}

// stored is a dashboard as the server has it.
type stored struct {
	Dashboard json.RawMessage `json:"dashboard"`
	Meta      struct {
		FolderUID   string `json:"folderUid"`
		FolderTitle string `json:"folderTitle"`
		Provisioned bool   `json:"provisioned"` // from a file or a repository, and so not to be saved
		Source      string `json:"provisionedExternalId"`
		UpdatedBy   string `json:"updatedBy"`
		Version     int    `json:"version"`
	} `json:"meta"`
}

// dashboard returns what the server has of a uid, nil where it has none.
func (c *Client) dashboard(ctx context.Context, uid string) (*stored, error) {
	var s stored
	err := c.call(ctx, http.MethodGet, "/api/dashboards/uid/"+url.PathEscape(uid), nil, &s)
	if notFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read dashboard %s: %w", uid, err)
	}
	return &s, nil
}

// A version is one state of a dashboard's history.
type version struct {
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// version returns a state of a dashboard's history, nil where the server has forgotten it.
// The list of versions says "Initial save" of the first, whatever its message; this does not.
func (c *Client) version(ctx context.Context, uid string, n int) (*version, error) {
	var v version
	err := c.call(ctx, http.MethodGet, fmt.Sprintf("/api/dashboards/uid/%s/versions/%d", url.PathEscape(uid), n), nil, &v)
	var status *statusError
	if errors.As(err, &status) && (status.code == http.StatusNotFound || status.code == http.StatusInternalServerError) {
		return nil, nil // Grafana says 500 of a version that it has not
	}
	if err != nil {
		return nil, fmt.Errorf("read version %d of dashboard %s: %w", n, uid, err)
	}
	return &v, nil
}

// save stores a dashboard in a folder. Without overwrite it has to have the version that the
// server has.
func (c *Client) save(ctx context.Context, dashboard document, folder, message string, overwrite bool) error {
	return c.call(ctx, http.MethodPost, "/api/dashboards/db", map[string]any{
		"dashboard": dashboard, "folderUid": folder, "message": message, "overwrite": overwrite,
	}, nil)
}

// A Folder is one of Grafana's folders. The zero value is the one that every Grafana has,
// called General or Dashboards.
type Folder struct {
	UID   string `json:"uid"`
	Title string `json:"title"`
}

// Folder returns the folder of a uid or a title, and whether there is one. A title is looked
// for among the folders that lie in no other.
func (c *Client) Folder(ctx context.Context, name string) (Folder, bool, error) {
	var f Folder
	err := c.call(ctx, http.MethodGet, "/api/folders/"+url.PathEscape(name), nil, &f)
	if err == nil {
		return f, true, nil
	}
	if !notFound(err) {
		return f, false, fmt.Errorf("look for folder %q: %w", name, err)
	}
	const perPage = 1000
	for page := 1; ; page++ {
		var list []Folder
		if err := c.call(ctx, http.MethodGet, fmt.Sprintf("/api/folders?limit=%d&page=%d", perPage, page), nil, &list); err != nil {
			return f, false, fmt.Errorf("look for folder %q: %w", name, err)
		}
		for _, f := range list {
			if f.Title == name {
				return f, true, nil
			}
		}
		if len(list) < perPage {
			return f, false, nil
		}
	}
}

// CreateFolder makes a folder that lies in no other.
func (c *Client) CreateFolder(ctx context.Context, f Folder) error {
	if err := c.call(ctx, http.MethodPost, "/api/folders", f, nil); err != nil {
		return fmt.Errorf("create folder %q: %w", f.Title, err)
	}
	return nil
}

// Tagged returns the uids and titles of the dashboards that have all of the tags.
func (c *Client) Tagged(ctx context.Context, tags ...string) (map[string]string, error) {
	query := url.Values{"type": {"dash-db"}, "limit": {"5000"}, "tag": tags}
	var hits []struct{ UID, Title string }
	if err := c.call(ctx, http.MethodGet, "/api/search?"+query.Encode(), nil, &hits); err != nil {
		return nil, fmt.Errorf("look for dashboards with the tags %s: %w", strings.Join(tags, ", "), err)
	}
	titles := map[string]string{}
	for _, h := range hits {
		titles[h.UID] = h.Title
	}
	return titles, nil
}

// Link returns the address at which a dashboard is seen.
func (c *Client) Link(uid string) string { return c.base + "/d/" + uid }
