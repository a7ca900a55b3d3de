package remote

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// answers is what a server says, by the expression.
var answers = map[string]string{
	"vector(1)": `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[100,"1"]}]}}`,
	"scalar":    `{"status":"success","data":{"resultType":"scalar","result":[100,"NaN"]}}`,
	"two": `{"status":"success","warnings":["b","a"],"data":{"resultType":"vector","result":[
		{"metric":{"__name__":"up","job":"b"},"value":[100,"0"]},{"metric":{"__name__":"up","job":"a"},"value":[100,"1"]}]}}`,
	"range": `{"status":"success","infos":["i"],"data":{"resultType":"matrix","result":[{"metric":{"job":"a"},"values":[[100,"1"],[160,"2"]]}]}}`,
	"native": `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[100,
		{"count":"3","sum":"4","buckets":[[0,"1","2","3"]]}]}]}}`,
	"((":   `{"status":"error","errorType":"bad_data","error":"no closing bracket"}`,
	"slow": `{"status":"error","errorType":"timeout","error":"too slow"}`,
}

// start runs a server that answers, and says which token it was sent.
func start(t *testing.T, token string) (*Server, *string) {
	t.Helper()
	got := new(string)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*got = r.Header.Get("Authorization")
		answer, ok := answers[r.FormValue("query")]
		if !ok {
			http.Error(w, "not here", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(answer, `"error"`) {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(srv.Close)
	s, err := New(srv.URL, token)
	if err != nil {
		t.Fatal(err)
	}
	return s, got
}

func TestQueries(t *testing.T) {
	s, got := start(t, "secret")
	at := time.Unix(100, 0).UTC()
	for expr, want := range map[string]string{
		"vector(1)": `[{{} [{1970-01-01 00:01:40 +0000 UTC 1  []}]}]`,
		"scalar":    `[{{} [{1970-01-01 00:01:40 +0000 UTC NaN  []}]}]`,
		"two":       `[{up{job="a"} [{1970-01-01 00:01:40 +0000 UTC 1  []}]} {up{job="b"} [{1970-01-01 00:01:40 +0000 UTC 0  []}]}]`,
		"native":    `[{{} [{1970-01-01 00:01:40 +0000 UTC 0 Count: 3.000000, Sum: 4.000000, Buckets: [(1,2]:3] [{1 2 3}]}]}]`,
	} {
		res, err := s.Instant(t.Context(), expr, at)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
		} else if got := fmt.Sprint(res.Series); got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
	if *got != "Bearer secret" {
		t.Errorf("sent the token as %q", *got)
	}
	res, err := s.Range(t.Context(), "range", at, at.Add(time.Minute), time.Minute)
	if err != nil || len(res.Series) != 1 || len(res.Series[0].Points) != 2 || res.Infos[0] != "i" {
		t.Errorf("range: %+v, %v", res, err)
	}
	if res, err := s.Instant(t.Context(), "two", at); err != nil || fmt.Sprint(res.Warnings) != "[a b]" {
		t.Errorf("warnings: %+v, %v", res, err)
	}
	if err := s.Reach(t.Context()); err != nil {
		t.Error(err)
	}
}

// What a server refuses is told from a server that does not answer.
func TestErrors(t *testing.T) {
	s, _ := start(t, "")
	for expr, refused := range map[string]bool{"((": true, "slow": true, "forbidden": false} {
		_, err := s.Instant(t.Context(), expr, time.Now())
		var q *QueryError
		if err == nil || errors.As(err, &q) != refused {
			t.Errorf("%s: %v", expr, err)
		}
	}
	gone, err := New("http://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Reach(t.Context()); err == nil || !strings.Contains(err.Error(), "ask Prometheus at http://127.0.0.1:1: ") {
		t.Errorf("unreachable: %v", err)
	}
	for _, wrong := range []string{"", "localhost:9090", "ftp://x", "http://", "/metrics"} {
		if _, err := New(wrong, ""); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
	secret, err := New("http://user:pass@127.0.0.1:1", "")
	if err != nil || strings.Contains(secret.URL(), "pass") {
		t.Errorf("%s, %v", secret.URL(), err)
	}
	if err := secret.Reach(t.Context()); strings.Contains(err.Error(), "pass@") {
		t.Errorf("the password is told: %v", err)
	}
}

// A token is for the server it was given for.
func TestRedirect(t *testing.T) {
	got := "nothing"
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = r.Header.Get("Authorization") }))
	defer other.Close()
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }))
	defer first.Close()
	s, err := New(first.URL, "secret")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Reach(t.Context()); err == nil || got != "" {
		t.Errorf("sent %q elsewhere, %v", got, err)
	}
}
