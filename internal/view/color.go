package view

import (
	"math"
	"strings"

	"github.com/dashgen/dashgen/internal/plan"
)

// This file holds Grafana's colours, as of @grafana/data 13.2.3 (Apache-2.0),
// themes/createVisualizationColors.

// hues are the shades of a hue on a dark ground, from super-light to dark; on a light one
// each is the next.
var hues = map[string][6]string{
	"red":    {"#FFA6B0", "#FF7383", "#F2495C", "#E02F44", "#C4162A", "#AD0317"},
	"orange": {"#FFCB7D", "#FFB357", "#FF9830", "#FF780A", "#FA6400", "#E55400"},
	"yellow": {"#FFF899", "#FFEE52", "#FADE2A", "#F2CC0C", "#E0B400", "#CC9D00"},
	"green":  {"#C8F2C2", "#96D98D", "#73BF69", "#56A64B", "#37872D", "#19730E"},
	"blue":   {"#C0D8FF", "#8AB8FF", "#5794F2", "#3274D9", "#1F60C4", "#1250B0"},
	"purple": {"#DEB6F2", "#CA95E5", "#B877D9", "#A352CC", "#8F3BB8", "#7C2EA3"},
}

// shades are the prefixes of a hue's name in the order of hues.
var shades = []string{"super-light-", "light-", "", "semi-dark-", "dark-"}

// Palette is the order in which series are coloured, Grafana's classic palette.
var Palette = []string{
	"green", "semi-dark-yellow", "blue", "orange", "red", "purple",
	"dark-green", "dark-yellow", "dark-blue", "dark-orange", "dark-red", "dark-purple",
	"super-light-green", "super-light-yellow", "super-light-blue", "super-light-orange", "super-light-red", "super-light-purple",
	"#447EBC", "#C15C17", "#890F02", "#0A437C", "#6D1F62", "#584477", "#B7DBAB", "#F4D598", "#70DBED", "#F9BA8F", "#F29191",
	"#82B5D8", "#E5A8E2", "#AEA2E0", "#629E51", "#E5AC0E", "#64B0C8", "#E0752D", "#BF1B00", "#0A50A1", "#962D82", "#614D93",
	"#9AC48A", "#F2C96D", "#65C5DB", "#F9934E", "#EA6460", "#5195CE", "#D683CE", "#806EB7", "#3F6833", "#967302", "#2F575E",
	"#99440A", "#58140C", "#052B51", "#511749", "#3F2B5B", "#E0F9D7", "#FCEACA", "#CFFAFF", "#F9E2D2", "#FCE2DE", "#BADFF4",
	"#F9D9F9", "#DEDAF7",
}

// Hex resolves a colour's name for a dark or a light ground. "text" and what is not known
// come back as they are.
func Hex(name string, light bool) string {
	for i, shade := range shades {
		hue, ok := strings.CutPrefix(name, shade)
		if colors, known := hues[hue]; ok && known {
			if light {
				i++
			}
			return colors[i]
		}
	}
	return name
}

// Colors returns every name that Hex resolves, with its colour.
func Colors(light bool) map[string]string {
	all := map[string]string{}
	for hue := range hues {
		for _, shade := range shades {
			all[shade+hue] = Hex(shade+hue, light)
		}
	}
	return all
}

// byThresholds are the kinds of panels whose values are coloured by the steps, blue where
// there are none; render's neutral says why.
var byThresholds = map[string]bool{"stat": true, "gauge": true, "bargauge": true, "state-timeline": true, "table": true}

// Steps returns the thresholds of a panel as Grafana gets them: one at least.
func Steps(p *plan.Panel) []plan.Step {
	if len(p.Steps) > 0 {
		return p.Steps
	}
	base := "green"
	if byThresholds[p.Kind] && p.Kind != "table" {
		base = "blue"
	}
	return []plan.Step{{Color: base}}
}

// StepColor returns the colour of the last step that a value has reached.
func StepColor(steps []plan.Step, v float64) string {
	color := ""
	for i, s := range steps {
		if i == 0 || !math.IsNaN(v) && v >= s.Value {
			color = s.Color
		}
	}
	return color
}

// Mapped returns the mapping of a value, nil where there is none.
func Mapped(p *plan.Panel, v float64) *plan.Mapping {
	text := jsNumber(v)
	for i := range p.Mappings {
		if p.Mappings[i].Value == text {
			return &p.Mappings[i]
		}
	}
	return nil
}
