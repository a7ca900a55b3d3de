// Package view turns a planned board into what there is to see on it: each panel's answers,
// named, coloured, with units and thresholds as Grafana shows them.
//
//	vars, err := view.Variables(ctx, src, &board, req)          // the choices of its variables
//	panels := view.Panels(ctx, src, &board, nil, req)           // the data of its panels
//	text := view.Text("s", panels[0].Series[0].Calcs.Last, nil, req.To) // 1.50 s
//
// Whoever draws (a page, a terminal, a picture) takes it from there; nothing here knows of
// HTTP, HTML or pixels. A [Source] answers PromQL: internal/engine over series in memory, or
// a Prometheus server. A [Request] says for which time, how many points and which values of
// the variables.
//
// Everything follows Grafana: the step of a query ($__interval), the range of a rate
// ($__rate_interval), variables in expressions, legends, the palette, which step colours a
// value, mappings, a table's merged rows, a heatmap's buckets made of cumulative ones, and
// the text of a value in its unit ([Text], after @grafana/data and tested against it). Where
// a function is one of Grafana's, its comment names it.
//
// Colours are Grafana's names ("red", "semi-dark-yellow") or "#rrggbb"; [Hex] resolves them
// for a dark or a light ground.
//
// It imports internal/plan for boards, internal/engine for the form of answers, and schema.
package view
