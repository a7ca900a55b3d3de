package source

// Nearest returns the known word that a misspelt one most likely means: the
// first at the smallest edit distance, of at most one edit in words of up to
// four characters and at most two (three from twelve on) in longer ones. It
// returns "" where none is near.
func Nearest(word string, known []string) string {
	best, nearest := maxEdits(word)+1, ""
	for _, k := range known {
		if d := Distance(word, k, best-1); d < best {
			best, nearest = d, k
		}
	}
	return nearest
}

// Near returns all words that a misspelt one may mean: those that Nearest looks at.
func Near(word string, known []string) []string {
	var near []string
	limit := maxEdits(word)
	for _, k := range known {
		if Distance(word, k, limit) <= limit {
			near = append(near, k)
		}
	}
	return near
}

func maxEdits(word string) int {
	switch {
	case len(word) <= 4:
		return 1
	case len(word) >= 12:
		return 3
	}
	return 2
}

// Distance returns the number of edits that lead from a to b (insert, delete or
// change a byte, or swap two neighbours), or limit+1 where it is greater than
// limit.
func Distance(a, b string, limit int) int {
	if limit < 0 || len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		low := row[0]
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			low = min(low, row[j])
		}
		if low > limit { // then the row before had no less than limit, and a swap adds one to it
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}
