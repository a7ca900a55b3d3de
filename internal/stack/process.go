package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file remembers which processes run, so that another run of dashgen can stop them.

// A Process is a service that was started.
type Process struct {
	Name string
	PID  int
	URL  string
}

// record writes down a process.
func record(run string, p Process) error {
	if err := os.WriteFile(filepath.Join(run, p.Name+".pid"), fmt.Appendf(nil, "%d %s\n", p.PID, p.URL), 0o644); err != nil {
		return fmt.Errorf("run %s: %w", p.Name, err)
	}
	return nil
}

// Running returns the processes of the stack in a folder that still run, by name.
func Running(dir string) []Process {
	run, err := filepath.Abs(filepath.Join(dir, runFolder))
	if err != nil {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(run, "*.pid"))
	slices.Sort(files)
	var list []Process
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		number, url, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
		pid, err := strconv.Atoi(number)
		if err != nil || !isOurs(pid, run) {
			continue
		}
		list = append(list, Process{strings.TrimSuffix(filepath.Base(file), ".pid"), pid, url})
	}
	return list
}

// Stop stops the processes of the stack in a folder, those that do not end by themselves
// within ten seconds by force.
func Stop(dir string) error {
	var errs []error
	running := Running(dir)
	for _, p := range running {
		if err := end(p.PID, false); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.Name, err))
		}
	}
	for deadline := time.Now().Add(10 * time.Second); len(Running(dir)) > 0 && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
	for _, p := range Running(dir) {
		if err := end(p.PID, true); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.Name, err))
		}
	}
	for _, p := range running {
		if err := os.Remove(filepath.Join(dir, runFolder, p.Name+".pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.Name, err))
		}
	}
	return errors.Join(errs...)
}
