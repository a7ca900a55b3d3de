//go:build live

package live

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checkPreview has preview, top and picture show a system from the running Prometheus.
func (s *server) checkPreview(t *testing.T, system string) {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	bin := filepath.Join(t.TempDir(), "dashgen")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./cmd/dashgen")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build dashgen: %v\n%s", err, out)
	}
	dashgen := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), bin, append(args, "--prometheus", s.url, "./...")...)
		cmd.Dir, cmd.Stderr = filepath.Join(root, "testdata", "systems", system), os.Stderr
		return cmd
	}

	out, err := dashgen("top", "--once").Output()
	if err != nil || !strings.Contains(string(out), "0 firing") || !strings.Contains(string(out), "▁") {
		t.Errorf("top: %v\n%s", err, out)
	}
	png := filepath.Join(t.TempDir(), "board.png")
	if err := dashgen("picture", system, "--png", png).Run(); err != nil {
		t.Errorf("picture: %v", err)
	} else if info, err := os.Stat(png); err != nil || info.Size() < 10_000 {
		t.Errorf("picture: %v %v", info, err)
	}

	page := dashgen("preview", "--listen", "127.0.0.1:0")
	pipe, err := page.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := page.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		page.Process.Signal(os.Interrupt)
		page.Wait()
	}()
	line, err := bufio.NewReader(pipe).ReadString('\n')
	if err != nil {
		t.Fatalf("preview has ended: %v", err)
	}
	url := strings.TrimSpace(line)
	var board struct {
		Panels []struct {
			Error  string
			Series []json.RawMessage
		}
	}
	post(t, url+"api/board", map[string]any{"uid": system, "from": -wait.Milliseconds(), "points": 100, "panels": panelIDs(t, url, system)}, &board)
	if len(board.Panels) == 0 {
		t.Error("preview: the board has no panels")
	}
	for i, p := range board.Panels {
		if p.Error != "" || len(p.Series) == 0 {
			t.Errorf("preview: panel %d: %d series %s", i+1, len(p.Series), p.Error)
		}
	}
	var alerts []struct{ Name, State, Error string }
	post(t, url+"api/alerts", map[string]any{}, &alerts)
	if len(alerts) == 0 {
		t.Error("preview: there are no alerts")
	}
	for _, a := range alerts {
		if a.Error != "" || a.State == "firing" {
			t.Errorf("preview: alert %s is %s %s", a.Name, a.State, a.Error)
		}
	}
}

// panelIDs asks preview for the ids of a board's panels.
func panelIDs(t *testing.T, url, uid string) (ids []int) {
	t.Helper()
	resp, err := http.Get(url + "api/model")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var model struct {
		Boards []struct {
			UID  string
			Rows []struct{ Panels []struct{ ID int } }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&model); err != nil {
		t.Fatal(err)
	}
	for _, b := range model.Boards {
		for _, r := range b.Rows {
			for _, p := range r.Panels {
				if b.UID == uid {
					ids = append(ids, p.ID)
				}
			}
		}
	}
	return ids
}

func post(t *testing.T, url string, question, answer any) {
	t.Helper()
	data, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(url, "application/json", strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		t.Fatalf("%s: %s: %v", url, resp.Status, err)
	}
}
