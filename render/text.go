package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/dashgen/dashgen/internal/plan"
)

// Text returns a board as text: its head, with the folder if it is in one, then one line a
// row and one line a panel
//
//	x,y WxH kind  title | unit | expressions
//
// In expressions "$" stands for the matchers on the board's variables. Thresholds and
// alerts stand behind them where a panel has any.
func Text(b plan.Board) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %q %s", b.UID, b.Title, strings.Join(b.Tags, ","))
	if b.Folder != "" {
		s.WriteString(" in " + b.Folder)
	}
	s.WriteByte('\n')
	var short []string
	for _, v := range b.Variables {
		fmt.Fprintf(&s, "$%s = %s\n", v.Name, v.Query)
		short = append(short, matchers([]string{v.Name}))
	}
	for _, a := range b.Annotations {
		fmt.Fprintf(&s, "@%s = %s\n", a.Name, shorten(a.Expr, short))
	}
	for _, row := range b.Rows {
		if row.Title != "" {
			state := ""
			if row.Collapsed {
				state = " (collapsed)"
			}
			fmt.Fprintf(&s, "# %s%s\n", row.Title, state)
		}
		for _, p := range row.Panels {
			s.WriteString(panelText(&p, short))
		}
	}
	return s.String()
}

func panelText(p *plan.Panel, short []string) string {
	fields := []string{fmt.Sprintf("%2d,%-3d %2dx%-2d %-14s %s", p.X, p.Y, p.W, p.H, p.Kind, p.Title)}
	if p.Unit != "" {
		fields = append(fields, p.Unit)
	}
	var exprs []string
	for _, q := range p.Queries {
		exprs = append(exprs, shorten(strings.Join(strings.Fields(q.Expr), " "), short))
	}
	if len(exprs) > 0 {
		fields = append(fields, strings.Join(exprs, " ; "))
	}
	if len(p.Steps) > 1 {
		fields = append(fields, stepText(p.Steps))
	}
	if len(p.Alerts) > 0 {
		fields = append(fields, "alerts "+strings.Join(p.Alerts, ", "))
	}
	return strings.TrimRight(strings.Join(fields, " | "), " ") + "\n"
}

func stepText(steps []plan.Step) string {
	text := steps[0].Color
	for _, s := range steps[1:] {
		text += fmt.Sprintf(" %v %s", s.Value, s.Color)
	}
	return text
}

// shorten writes matchers in an expression as one "$".
func shorten(expr string, matchers []string) string {
	for _, m := range matchers {
		expr = strings.ReplaceAll(expr, m, "$")
	}
	return strings.ReplaceAll(expr, "$,$", "$")
}

// duration writes a duration as Prometheus does: 1h30m, 5m, 30s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
