package config

import (
	"fmt"
	"net/url"
	"strings"
)

// This file makes addresses of the bases that the configuration has.

// Runbook returns the address of an alert's runbook; "" where no base is written. The
// alert's name stands where the base says {alert}, else behind it.
func (c *Config) Runbook(alert string) string {
	name := url.PathEscape(alert)
	switch {
	case c.RunbookURL == "":
		return ""
	case strings.Contains(c.RunbookURL, "{alert}"):
		return strings.ReplaceAll(c.RunbookURL, "{alert}", name)
	}
	return strings.TrimSuffix(c.RunbookURL, "/") + "/" + name
}

// PanelURL returns the address of a panel, or of a board where id is 0; "" where no base is
// written.
func (c *Config) PanelURL(uid string, id int) string {
	if c.GrafanaURL == "" {
		return ""
	}
	address := strings.TrimSuffix(c.GrafanaURL, "/") + "/d/" + uid
	if id != 0 {
		address += fmt.Sprintf("?viewPanel=%d", id)
	}
	return address
}
