// Package look holds how dashgen's pages look: colours for light and dark, type, and the few
// parts that all of them have. Each page embeds [CSS] and adds what is its own, so that they
// are of one make and ask nobody for anything.
package look

import _ "embed"

// CSS is the style sheet that every page begins with. Its custom properties are the colours
// to use: --ground, --card, --line, --text, --quiet, --link, and --green, --orange, --red and
// --grey, each of which can be read on --card and --ground.
//
//go:embed look.css
var CSS string
