// Package look holds how dashgen's pages look: colours for light and dark, type, and the few
// parts that all of them have. The page of dashgen preview is bundled with it, that of dashgen
// status has it within, and each adds what is its own.
package look

import _ "embed"

// CSS is the style sheet that every page begins with. Its custom properties are the colours to
// use: --ground, --panel, --raised and --line for what things stand on, --text, --text-dim and
// --strong for words, --good, --warn and --bad for states, each of which can be read on
// --ground and --panel. Where the root element has data-theme, dark or light, it is that.
//
//go:embed look.css
var CSS string
