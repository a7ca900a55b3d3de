package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dashgen/dashgen/internal/engine"
)

// startPrometheus starts a server that answers queries over the series of a file, one sample
// a quarter of a minute, of which the last ones are half an hour's.
func startPrometheus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: prometheus FILE [TOKEN]")
	}
	store, err := engine.Load(15*time.Second, ts.ReadFile(args[0]))
	ts.Check(err)
	p := &fakePrometheus{engine: engine.New(store, engine.Options{}), began: time.Now().Add(-30 * time.Minute)}
	if len(args) == 2 {
		p.token = args[1]
	}
	srv := httptest.NewServer(p)
	ts.Defer(srv.Close)
	ts.Setenv("PROMETHEUS", srv.URL)
}

// A fakePrometheus answers as Prometheus' HTTP API does, of series that began at a time.
type fakePrometheus struct {
	engine *engine.Engine
	began  time.Time
	token  string
}

func (p *fakePrometheus) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.token != "" && r.Header.Get("Authorization") != "Bearer "+p.token {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	kind := "vector"
	var res *engine.Result
	var err error
	if r.URL.Path == "/api/v1/query" {
		res, err = p.engine.Instant(r.Context(), r.FormValue("query"), p.asked(r, "time"))
	} else {
		kind = "matrix"
		step, _ := strconv.ParseFloat(r.FormValue("step"), 64)
		res, err = p.engine.Range(r.Context(), r.FormValue("query"), p.asked(r, "start"), p.asked(r, "end"), time.Duration(step*float64(time.Second)))
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		json.NewEncoder(w).Encode(map[string]any{"status": "error", "errorType": "execution", "error": err.Error()})
		return
	}
	result := []any{}
	for _, s := range res.Series {
		var values []any
		for _, point := range s.Points {
			at := float64(point.At.UnixMilli()+p.began.UnixMilli()) / 1000
			values = append(values, []any{at, strconv.FormatFloat(point.Value, 'f', -1, 64)})
		}
		one := map[string]any{"metric": s.Labels, "values": values}
		if kind == "vector" {
			one["value"] = values[0]
		}
		result = append(result, one)
	}
	json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": map[string]any{"resultType": kind, "result": result}})
}

// asked returns a time of the question, as one of the engine's, whose series begin with 1970.
func (p *fakePrometheus) asked(r *http.Request, name string) time.Time {
	seconds, _ := strconv.ParseFloat(r.FormValue(name), 64)
	return time.UnixMilli(int64(seconds * 1000)).Add(-time.Duration(p.began.UnixMilli()) * time.Millisecond)
}
