// Package picture draws a board as a picture, for a README or a pull request, with nothing but
// Go.
//
//	panels := view.Panels(ctx, src, &board, nil, req)
//	c := picture.Draw(&board, panels, picture.Options{Light: true})
//	svg := c.SVG()
//	png, err := c.PNG(2)
//
// Draw lays the panels out as Grafana does and draws each kind; what there is to see is
// internal/view's to say. It draws on a [Canvas] of a few kinds of shapes, which is written as
// SVG, or rasterised to PNG with the Go fonts. The same panels give the same bytes.
//
// It imports internal/view, internal/plan, internal/engine for the states of alerts, and
// golang.org/x/image.
package picture
