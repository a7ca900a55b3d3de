package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/spf13/cobra"

	"github.com/dashgen/dashgen/internal/remote"
	"github.com/dashgen/dashgen/internal/stack"
)

// This file says how a running stack is.

func newStackStatus(folder *string) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say what of the stack runs, and what it sees",
		Long: `Status says which services run and whether they are ready, which targets Prometheus scrapes,
how many rules it has loaded, and which alerts fire. It exits with 3 where a service or a
target is down or a rule cannot be evaluated.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, _, err := stackThere(*folder)
			if err != nil {
				return err
			}
			services, err := stack.Ports(dir)
			if err != nil {
				return err
			}
			s := &stackStatus{cmd: cmd}
			running := map[string]stack.Process{}
			for _, p := range stack.Running(dir) {
				running[p.Name] = p
			}
			if len(running) == 0 {
				if compose, err := dockerCompose(cmd.Context()); err == nil {
					if err := runCompose(cmd, compose, dir, "ps"); err != nil {
						return err
					}
				}
			}
			for _, name := range []string{"prometheus", "alertmanager", "grafana"} {
				p, native := running[name]
				if !native {
					p.URL = "http://" + net.JoinHostPort("127.0.0.1", services[name])
				}
				s.service(name, p, len(running) > 0 && !native)
			}
			if s.prometheus != "" {
				if err := s.ask(); err != nil {
					return err
				}
			}
			if s.bad {
				return errFindings
			}
			return nil
		},
	}
}

// A stackStatus gathers how a stack is.
type stackStatus struct {
	cmd        *cobra.Command
	prometheus string // its address; empty: it is not ready
	bad        bool
}

func (s *stackStatus) printf(format string, args ...any) {
	fmt.Fprintf(s.cmd.OutOrStdout(), format, args...)
}

// service says how one service is. One that was left out is no fault.
func (s *stackStatus) service(name string, p stack.Process, leftOut bool) {
	switch {
	case leftOut:
		s.printf("%-13s left out\n", name)
	case !stack.Ready(s.cmd.Context(), p.URL+stack.ReadyPath(name)):
		s.printf("%-13s not ready  %s\n", name, p.URL)
		s.bad = true
	case p.PID != 0:
		s.printf("%-13s ready      %s  (process %d)\n", name, p.URL, p.PID)
	default:
		s.printf("%-13s ready      %s\n", name, p.URL)
	}
	if name == "prometheus" && !s.bad {
		s.prometheus = p.URL
	}
}

// ask asks Prometheus what it sees.
func (s *stackStatus) ask() error {
	server, err := remote.New(s.prometheus, "")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.cmd.Context(), 10*time.Second)
	defer cancel()
	targets, err := server.API().Targets(ctx)
	if err != nil {
		return fmt.Errorf("ask Prometheus for its targets: %w", err)
	}
	for _, t := range targets.Active {
		s.printf("target        %-10s %s of job %s", t.Health, t.Labels["instance"], t.Labels["job"])
		if t.LastError != "" {
			s.printf(": %s", t.LastError)
		}
		s.printf("\n")
		s.bad = s.bad || t.Health == v1.HealthBad
	}
	groups, err := server.API().Rules(ctx, nil)
	if err != nil {
		return fmt.Errorf("ask Prometheus for its rules: %w", err)
	}
	s.rules(groups)
	managers, err := server.API().AlertManagers(ctx)
	if err != nil {
		return fmt.Errorf("ask Prometheus for its Alertmanagers: %w", err)
	}
	for _, m := range managers.Active {
		s.printf("alerts go to  %s\n", strings.TrimSuffix(m.URL, "/api/v2/alerts"))
	}
	return nil
}

// rules counts the rules and names the alerts that do anything.
func (s *stackStatus) rules(groups v1.RulesResult) {
	rules := 0
	var lines []string
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			rules++
			switch r := r.(type) {
			case v1.AlertingRule:
				if r.State != string(v1.AlertStateInactive) {
					lines = append(lines, fmt.Sprintf("alert         %-10s %s (%s)\n", r.State, r.Name, count(len(r.Alerts), "instance")))
				}
				s.failed(r.Name, r.Health, r.LastError)
			case v1.RecordingRule:
				s.failed(r.Name, r.Health, r.LastError)
			}
		}
	}
	s.printf("rules         %d in %s\n", rules, count(len(groups.Groups), "group"))
	for _, line := range lines {
		s.printf("%s", line)
	}
}

func (s *stackStatus) failed(name string, health v1.RuleHealth, why string) {
	if health == v1.RuleHealthBad {
		s.printf("rule          failed     %s: %s\n", name, why)
		s.bad = true
	}
}
