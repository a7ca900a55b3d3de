// Package grafanatest is a Grafana for tests: a server on loopback that keeps folders and
// dashboards as Grafana's HTTP API does, in memory.
//
// It owns the semantics that whoever saves dashboards depends on: versions that count up,
// 412 where somebody saved in between, folders that must exist, dashboards of provisioning
// that refuse, a history that forgets, messages of the first version that its list replaces.
// Read from Grafana's pkg/api/dashboard.go, folder.go and pkg/services/dashboards (v12). It
// imports nothing of dashgen.
package grafanatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// Kept is how many versions of a dashboard are kept.
const Kept = 20

// A Server is a Grafana. Its fields may be set before it is asked.
type Server struct {
	*httptest.Server
	Token      string // that requests must bear; empty: none
	MinRefresh string // what a refresh of 30s or less becomes; empty: it stays

	mu         sync.Mutex
	folders    []folder
	dashboards map[string]*dashboard
}

type folder struct {
	UID   string `json:"uid"`
	Title string `json:"title"`
}

type dashboard struct {
	folder      string
	provisioned bool
	versions    []version // the newest last
}

type version struct {
	Version   int            `json:"version"`
	Message   string         `json:"message"`
	CreatedBy string         `json:"createdBy"`
	Data      map[string]any `json:"data"`
}

// New starts a server, which its owner closes.
func New() *Server {
	s := &Server{dashboards: map[string]*dashboard{}}
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(*http.Request) (int, any){
		"GET /api/dashboards/uid/{uid}":              s.get,
		"POST /api/dashboards/db":                    s.post,
		"GET /api/dashboards/uid/{uid}/versions/{n}": s.version,
		"GET /api/folders":                           s.listFolders,
		"GET /api/folders/{uid}":                     s.getFolder,
		"POST /api/folders":                          s.postFolder,
		"GET /api/search":                            s.search,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			code, body := http.StatusUnauthorized, any(said("Unauthorized"))
			if s.Token == "" || r.Header.Get("Authorization") == "Bearer "+s.Token {
				code, body = handle(r)
			}
			w.Header().Set("Content-Type", "application/json; charset=UTF-8")
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(body)
		})
	}
	s.Server = httptest.NewServer(mux)
	return s
}

func said(format string, args ...any) map[string]any {
	return map[string]any{"message": fmt.Sprintf(format, args...)}
}

// Edit changes a dashboard as a person does in the browser, and saves it without a message.
func (s *Server) Edit(uid string, change func(dashboard map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dashboards[uid]
	if d == nil {
		return fmt.Errorf("no dashboard %s", uid)
	}
	data := clone(d.last().Data)
	change(data)
	d.add(data, "", "editor")
	return nil
}

// Provision makes a dashboard one that comes from a file.
func (s *Server) Provision(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dashboards[uid].provisioned = true
}

// Dashboard returns a dashboard as it is, the folder that it is in, and its version; nil where
// there is none.
func (s *Server) Dashboard(uid string) (data map[string]any, folder string, version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dashboards[uid]
	if d == nil {
		return nil, "", 0
	}
	return clone(d.last().Data), d.folder, d.last().Version
}

func clone(data map[string]any) map[string]any {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return out
}

func (d *dashboard) last() version {
	if len(d.versions) == 0 {
		return version{}
	}
	return d.versions[len(d.versions)-1]
}

func (d *dashboard) add(data map[string]any, message, by string) {
	n := d.last().Version + 1
	data["version"] = n
	d.versions = append(d.versions, version{n, message, by, data})
	d.versions = d.versions[max(0, len(d.versions)-Kept):]
}

func (s *Server) get(r *http.Request) (int, any) {
	d := s.dashboards[r.PathValue("uid")]
	if d == nil {
		return http.StatusNotFound, said("Dashboard not found")
	}
	meta := map[string]any{"folderUid": d.folder, "folderTitle": "General", "version": d.last().Version, "updatedBy": d.last().CreatedBy, "provisioned": d.provisioned}
	if i := slices.IndexFunc(s.folders, func(f folder) bool { return f.UID == d.folder }); i >= 0 {
		meta["folderTitle"] = s.folders[i].Title
	}
	if d.provisioned {
		meta["provisionedExternalId"] = r.PathValue("uid") + ".json"
	}
	return http.StatusOK, map[string]any{"dashboard": d.last().Data, "meta": meta}
}

var validUID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

func (s *Server) post(r *http.Request) (int, any) {
	var in struct {
		Dashboard map[string]any
		FolderUID string `json:"folderUid"`
		Message   string
		Overwrite bool
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Dashboard == nil {
		return http.StatusBadRequest, said("bad request data")
	}
	uid, _ := in.Dashboard["uid"].(string)
	d := s.dashboards[uid]
	over, _ := in.Dashboard["version"].(float64)
	switch {
	case in.Dashboard["title"] == "" || in.Dashboard["title"] == nil:
		return http.StatusBadRequest, map[string]any{"status": "empty-name", "message": "Dashboard title cannot be empty"}
	case !validUID.MatchString(uid):
		return http.StatusBadRequest, said("uid contains illegal characters")
	case len(in.Message) > 500:
		return http.StatusBadRequest, said("message too long, max 500 characters")
	case in.FolderUID != "" && !slices.ContainsFunc(s.folders, func(f folder) bool { return f.UID == in.FolderUID }):
		return http.StatusBadRequest, said("folder not found")
	case d != nil && d.provisioned:
		return http.StatusBadRequest, said("Cannot save provisioned dashboard")
	case d != nil && !in.Overwrite && int(over) != d.last().Version:
		return http.StatusPreconditionFailed, map[string]any{"status": "version-mismatch", "message": "The dashboard has been changed by someone else"}
	case d == nil:
		d = &dashboard{}
		s.dashboards[uid] = d
	}
	if in.Dashboard["refresh"] == "30s" && s.MinRefresh != "" {
		in.Dashboard["refresh"] = s.MinRefresh
	}
	in.Dashboard["id"] = len(s.dashboards)
	d.folder = in.FolderUID
	d.add(in.Dashboard, in.Message, "sa-dashgen")
	return http.StatusOK, map[string]any{"status": "success", "uid": uid, "version": d.last().Version}
}

func (s *Server) version(r *http.Request) (int, any) {
	n, _ := strconv.Atoi(r.PathValue("n"))
	if d := s.dashboards[r.PathValue("uid")]; d != nil {
		if i := slices.IndexFunc(d.versions, func(v version) bool { return v.Version == n }); i >= 0 {
			return http.StatusOK, d.versions[i]
		}
	}
	return http.StatusInternalServerError, said("Dashboard version %d not found", n)
}

func (s *Server) listFolders(r *http.Request) (int, any) {
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min(limit*max(page-1, 0), len(s.folders))
	return http.StatusOK, append([]folder{}, s.folders[from:min(from+limit, len(s.folders))]...)
}

func (s *Server) getFolder(r *http.Request) (int, any) {
	i := slices.IndexFunc(s.folders, func(f folder) bool { return f.UID == r.PathValue("uid") })
	if i < 0 {
		return http.StatusNotFound, map[string]any{"status": "not-found", "message": "folder not found"}
	}
	return http.StatusOK, s.folders[i]
}

func (s *Server) postFolder(r *http.Request) (int, any) {
	var f folder
	switch err := json.NewDecoder(r.Body).Decode(&f); {
	case err != nil:
		return http.StatusBadRequest, said("bad request data")
	case f.Title == "":
		return http.StatusBadRequest, said("folder title cannot be empty")
	case slices.ContainsFunc(s.folders, func(old folder) bool { return old.UID == f.UID }):
		return http.StatusConflict, said("a folder/dashboard with the same uid already exists")
	}
	s.folders = append(s.folders, f)
	return http.StatusOK, f
}

func (s *Server) search(r *http.Request) (int, any) {
	hits := []map[string]any{}
	for uid, d := range s.dashboards {
		tags, _ := d.last().Data["tags"].([]any)
		missing := func(tag string) bool { return !slices.Contains(tags, any(tag)) }
		if !slices.ContainsFunc(r.URL.Query()["tag"], missing) {
			hits = append(hits, map[string]any{"uid": uid, "title": d.last().Data["title"]})
		}
	}
	return http.StatusOK, hits
}
