// Package top shows boards and alerts in a terminal.
//
//	m := top.New(ctx, feed, boards, rules)
//	fmt.Print(m.Once(width))                       // once
//	tea.NewProgram(m, tea.WithAltScreen()).Run()   // until it is quit
//
// Boards are listed at the left, the program's own with its golden signals first; the panels of
// the chosen one are drawn as a line a series, with its course as a sparkline and its latest
// value; below stand the alerts that fire or are pending. A page of its own has every alert by
// state, with what it compares. What there is to see is internal/view's to say, where
// values come from a [Feed]'s.
//
// It imports internal/view, internal/plan and internal/engine, bubbletea and lipgloss.
package top
