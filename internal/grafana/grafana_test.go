package grafana

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dashgen/dashgen/internal/grafanatest"
)

func start(t *testing.T) (*grafanatest.Server, *Client) {
	t.Helper()
	s := grafanatest.New()
	t.Cleanup(s.Close)
	c, err := NewClient(s.URL+"/", "")
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func board(title string) Dashboard {
	return Dashboard{UID: "shop", Title: title, JSON: fmt.Appendf(nil, `{"uid": "shop", "title": %q, "refresh": "30s", "panels": [{"id": 2147483647, "min": 1e-05}]}`, title)}
}

// push compares one dashboard and saves it where that may be done.
func push(t *testing.T, c *Client, d Dashboard, overwrite bool) (Change, error) {
	t.Helper()
	changes, err := c.Compare(t.Context(), []Dashboard{d})
	if err != nil {
		t.Fatal(err)
	}
	return changes[0], c.Push(t.Context(), changes[0], nil, overwrite)
}

func want(t *testing.T, c *Client, d Dashboard, state State, adopted bool) Change {
	t.Helper()
	changes, err := c.Compare(t.Context(), []Dashboard{d})
	if err != nil {
		t.Fatal(err)
	}
	if got := changes[0]; got.State != state || got.Adopted != adopted {
		t.Fatalf("%s is %s, adopted %v; want %s, %v", d.Title, got.State, got.Adopted, state, adopted)
	}
	return changes[0]
}

// A dashboard is ours as long as nobody else saved it, even where Grafana changed refresh.
func TestStates(t *testing.T) {
	s, c := start(t)
	s.MinRefresh = "1m"
	for i, title := range []string{"One", "Two", "Three"} {
		state := New
		if i > 0 {
			state = Changed
		}
		want(t, c, board(title), state, false)
		if _, err := push(t, c, board(title), false); err != nil {
			t.Fatal(err)
		}
	}
	s.MinRefresh = ""
	if _, err := push(t, c, board("Four"), false); err != nil {
		t.Fatal(err)
	}
	want(t, c, board("Four"), Same, false)
	if _, _, version := s.Dashboard("shop"); version != 4 {
		t.Errorf("version %d", version)
	}
}

func TestEdited(t *testing.T) {
	s, c := start(t)
	for _, title := range []string{"One", "Two"} {
		if _, err := push(t, c, board(title), false); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := s.Edit("shop", func(d map[string]any) { d["title"] = "By hand" }); err != nil {
			t.Fatal(err)
		}
	}
	ch := want(t, c, board("Two"), Edited, false)
	if !strings.Contains(string(ch.Base), `"Two"`) || !strings.Contains(string(ch.Old), `"By hand"`) || ch.By != "editor" {
		t.Errorf("base %s, old %s, by %s", ch.Base, ch.Old, ch.By)
	}
	if err := c.Push(t.Context(), ch, nil, false); err == nil {
		t.Error("saved over what somebody changed")
	}
	// What was made by hand and is to be there now is nobody's any more.
	want(t, c, board("By hand"), Same, true)
	if _, err := push(t, c, board("By hand"), false); err != nil {
		t.Fatal(err)
	}
	want(t, c, board("By hand"), Same, false)
	want(t, c, board("Three"), Changed, false)

	if err := s.Edit("shop", func(d map[string]any) { d["title"] = "By hand again" }); err != nil {
		t.Fatal(err)
	}
	if _, err := push(t, c, board("Three"), true); err != nil {
		t.Fatal(err)
	}
	want(t, c, board("Three"), Same, false)
}

// Grafana forgets versions, the pushed one too.
func TestForgotten(t *testing.T) {
	s, c := start(t)
	if _, err := push(t, c, board("One"), false); err != nil {
		t.Fatal(err)
	}
	for i := range grafanatest.Kept {
		if err := s.Edit("shop", func(d map[string]any) { d["title"] = fmt.Sprint(i) }); err != nil {
			t.Fatal(err)
		}
	}
	if ch := want(t, c, board("One"), Edited, false); ch.Base != nil {
		t.Errorf("base %s", ch.Base)
	}
}

// Who saves between Compare and Push is not overwritten.
func TestRace(t *testing.T) {
	s, c := start(t)
	if _, err := push(t, c, board("One"), false); err != nil {
		t.Fatal(err)
	}
	ch := want(t, c, board("Two"), Changed, false)
	if err := s.Edit("shop", func(d map[string]any) { d["title"] = "By hand" }); err != nil {
		t.Fatal(err)
	}
	if err := c.Push(t.Context(), ch, nil, false); err == nil || !strings.Contains(err.Error(), "somebody changed it just now") {
		t.Errorf("error %v", err)
	}
	if d, _, _ := s.Dashboard("shop"); d["title"] != "By hand" {
		t.Errorf("title %v", d["title"])
	}
}

func TestProvisioned(t *testing.T) {
	s, c := start(t)
	if _, err := push(t, c, board("One"), false); err != nil {
		t.Fatal(err)
	}
	s.Provision("shop")
	want(t, c, board("One"), Same, false)
	ch := want(t, c, board("Two"), Provisioned, false)
	if ch.Source != "shop.json" {
		t.Errorf("source %q", ch.Source)
	}
	if err := c.Push(t.Context(), ch, nil, true); err == nil {
		t.Error("saved")
	}
}

func TestFolders(t *testing.T) {
	s, c := start(t)
	if _, found, err := c.Folder(t.Context(), "Shop"); found || err != nil {
		t.Fatal(found, err)
	}
	folder := Folder{UID: "shop-team", Title: "Shop"}
	if err := c.CreateFolder(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shop-team", "Shop"} {
		if f, found, err := c.Folder(t.Context(), name); !found || f != folder || err != nil {
			t.Errorf("%s: %v %v %v", name, f, found, err)
		}
	}
	if err := c.CreateFolder(t.Context(), folder); err == nil || !strings.Contains(err.Error(), "409 Conflict: a folder/dashboard with the same uid already exists") {
		t.Errorf("error %v", err)
	}
	ch := want(t, c, board("One"), New, false)
	if err := c.Push(t.Context(), ch, &folder, false); err != nil {
		t.Fatal(err)
	}
	// It stays where it is.
	if _, err := push(t, c, board("Two"), false); err != nil {
		t.Fatal(err)
	}
	if _, in, _ := s.Dashboard("shop"); in != "shop-team" {
		t.Errorf("it is in %q", in)
	}
}

func TestToken(t *testing.T) {
	const token = "glsa_secret"
	s := grafanatest.New()
	t.Cleanup(s.Close)
	s.Token = token
	for given, refused := range map[string]string{token: "", "wrong": "401 Unauthorized: Unauthorized", "": "401"} {
		c, err := NewClient(s.URL, given)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Compare(t.Context(), []Dashboard{board("One")})
		if got := fmt.Sprint(err); (err == nil) != (refused == "") || !strings.Contains(got, refused) {
			t.Errorf("%q: %v", given, err)
		}
	}
}

// No error shows the token, whatever the server says.
func TestTokenStaysSecret(t *testing.T) {
	const token = "glsa_secret"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"message": "no access for %s"}`, r.Header.Get("Authorization"))
	}))
	t.Cleanup(s.Close)
	c, err := NewClient(s.URL, token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Compare(t.Context(), []Dashboard{board("One")}); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("error %v", err)
	}
}

// What is no Grafana is told, and a redirect is not followed: a POST would become a GET.
func TestNoGrafana(t *testing.T) {
	for name, c := range map[string]struct {
		code int
		body string
		want string
	}{
		"page":     {200, "<html>", "is this its address?"},
		"gateway":  {502, "<html>", "502 Bad Gateway"},
		"redirect": {302, "", "redirects to /login"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/login")
			w.WriteHeader(c.code)
			fmt.Fprint(w, c.body)
		}))
		client, err := NewClient(s.URL, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = client.Compare(t.Context(), []Dashboard{board("One")}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
	}
	for _, address := range []string{"", "grafana", "ftp://example.org", "http://admin:admin@example.org", "http://example.org/?x"} {
		if _, err := NewClient(address, ""); err == nil || strings.Contains(err.Error(), "admin:admin") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
