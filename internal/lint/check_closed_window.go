package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dashgen/dashgen/schema"
)

func init() {
	register(&Check{
		Name: "closed-window",
		Doc: `A deprecated metric, or an old name, is still there after the day that was named for it.

remove_after= in a //dashgen:deprecated directive, and --until of dashgen accept --rename,
say until when a metric, or the recording rules for the name that it had, can be relied on.
What stays behind that day is relied on for ever.

Remove the metric, or take the old name out with dashgen accept --close NAME; or name another
day, where somebody still needs it.`,
		Tree: closedWindow,
	})
}

func closedWindow(p *Pass) {
	if p.Input.Today == "" || p.Input.Judged {
		return
	}
	for _, m := range p.Schema.Metrics {
		switch {
		case !m.Deprecated || !m.WindowClosed(p.Input.Today):
		case m.RemovedIn == "":
			p.Report(schema.Finding{
				Pos: m.Pos, Message: fmt.Sprintf("metric %q was to be removed after %s, and the code still defines it", m.Name, m.RemoveAfter),
				Hint: "remove it, or write another remove_after=",
			})
		default:
			if now := p.alive(m); now != nil {
				p.Report(schema.Finding{
					Pos: cmp.Or(p.Schema.PosOf(m.Name), now.Pos), Message: fmt.Sprintf("%q was to be recorded as %q until %s, and still is", now.Name, m.Name, m.RemoveAfter),
					Hint: "dashgen accept --close " + m.Name,
				})
			}
		}
	}
}

// alive returns the metric that recording rules keep under the name of a tombstone, or nil.
func (p *Pass) alive(tomb *schema.Metric) *schema.Metric {
	if now := p.Schema.Lookup(tomb.ReplacedBy); now != nil && slices.Contains(now.Aliases, tomb.Name) {
		return now
	}
	return nil
}
