package lint

import (
	"fmt"
	"regexp"
	"time"

	"github.com/dashgen/dashgen/internal/input"
	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "dashboard-limits",
		Doc: `A dashboard is not as Grafana takes it.

Grafana does not save, import or provision one without a title, with one of more than 5000
characters, with a uid of more than 40 or of others than letters, digits, - and _, or with a tag
of more than 50 characters. A refresh below five seconds is refused unless the server's
min_refresh_interval allows it: a warning.

Shorten what is too long.`,
		Board: dashboardLimits,
	})
}

// Source: grafana/grafana, pkg/services/dashboards/errors.go, pkg/util/shortid_generator.go.
var validUID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

const (
	maxTitle   = 5000
	maxTag     = 50
	minRefresh = 5 * time.Second
)

func dashboardLimits(p *Pass, d *input.Dashboard) {
	switch {
	case d.Title == "":
		p.Reportf(d.Pos, `write "title"`, "dashboard has no title")
	case len(d.Title) > maxTitle:
		p.Reportf(d.Pos, fmt.Sprintf("write no more than %d", maxTitle), "dashboard has a title of %d characters", len(d.Title))
	}
	if d.UID != "" && !d.Resource && !validUID.MatchString(d.UID) {
		p.Reportf(d.UIDPos, "write up to 40 letters, digits, - and _", "dashboard %q has the uid %q, which Grafana refuses", d.Title, d.UID)
	}
	for _, tag := range d.Tags {
		if len(tag.Text) > maxTag {
			p.Reportf(tag.Pos, fmt.Sprintf("write no more than %d", maxTag), "dashboard %q has a tag of %d characters", d.Title, len(tag.Text))
		}
	}
	if every, err := time.ParseDuration(d.Refresh.Text); err == nil && every > 0 && every < minRefresh {
		p.Report(schema.Finding{
			Pos: d.Refresh.Pos, Severity: schema.Warning, Hint: "write 5s or more, or allow it by min_refresh_interval",
			Message: fmt.Sprintf("dashboard %q reloads every %s, which Grafana refuses by default", d.Title, d.Refresh.Text),
		})
	}
}
