package look

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

var (
	block    = regexp.MustCompile(`(?s)\{[^{}]*--ground: [^{}]*\}`)
	property = regexp.MustCompile(`--([\w-]+): #([0-9a-f]{6});`)
)

// Text in every colour can be read on a panel and on the ground, light and dark: WCAG 2.2
// asks for a contrast of 4.5.
func TestContrast(t *testing.T) {
	schemes := block.FindAllString(CSS, -1)
	if len(schemes) != 3 {
		t.Fatalf("%d colour schemes", len(schemes))
	}
	for _, scheme := range schemes {
		colors := map[string]float64{}
		for _, m := range property.FindAllStringSubmatch(scheme, -1) {
			colors[m[1]] = luminance(t, m[2])
		}
		for _, on := range []string{"ground", "panel"} {
			for _, name := range []string{"text", "text-dim", "strong", "link", "good", "warn", "bad"} {
				a, b := colors[on], colors[name]
				if contrast := (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05); contrast < 4.5 {
					t.Errorf("--%s on --%s has a contrast of %.2f", name, on, contrast)
				}
			}
		}
	}
}

// luminance is WCAG's relative luminance.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
}
