package query

// A Zone says what a byte of an expression's text stands in.
type Zone byte

// The zones of an expression's text.
const (
	Code    Zone = iota
	Quoted       // a string, with its quotes
	Comment      // from # to the end of the line
)

// Zones returns the zone of each byte of an expression, which need not parse.
func Zones(expr string) []Zone {
	zones := make([]Zone, len(expr))
	var quote byte
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case quote != 0:
			zones[i] = Quoted
			if c == '\\' && quote != '`' && i+1 < len(expr) {
				i++
				zones[i] = Quoted
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			zones[i], quote = Quoted, c
		case c == '#':
			for ; i < len(expr) && expr[i] != '\n'; i++ {
				zones[i] = Comment
			}
		}
	}
	return zones
}
