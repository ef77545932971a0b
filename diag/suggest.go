package diag

import "strings"

// maxSuggestLength bounds the words that [Nearest] compares, in bytes: nobody
// mistypes a longer one, and the comparison costs the product of the lengths.
const maxSuggestLength = 64

// Nearest finds the candidate that word was probably meant to be: the same
// text in other case first, else the one that the fewest changes of a letter
// reach, if they are few for the word's length. It reports false when nothing
// is near.
func Nearest(word string, candidates []string) (string, bool) {
	if word == "" || len(word) > maxSuggestLength {
		return "", false
	}
	best, bestDistance := "", len(word)/3+2
	for _, c := range candidates {
		if strings.EqualFold(c, word) {
			return c, true
		}
		if len(c) > maxSuggestLength || max(len(c), len(word))-min(len(c), len(word)) >= bestDistance {
			continue // too long, or further away than the best by length alone
		}
		if d := editDistance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best, best != ""
}

// DidYouMean gives a hint for [Diagnostic.Hint]: `did you mean "x"?`, or
// otherwise when nothing is near.
func DidYouMean(word string, candidates []string, otherwise string) string {
	if near, ok := Nearest(word, candidates); ok {
		return `did you mean "` + near + `"?`
	}
	return otherwise
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment). Neither may be
// longer than maxSuggestLength.
func editDistance(a, b string) int {
	var rows [3][maxSuggestLength + 1]int // two rows back, one back, current
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
