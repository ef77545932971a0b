package glob

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCovers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		p, q string
		want bool
	}{
		"a star covers everything":                  {"*", "a?b*${x}", true},
		"a text covers itself":                      {"abc", "abc", true},
		"a text does not cover a pattern":           {"abc", "ab*", false},
		"a prefix covers a longer one":              {"a*", "ab*", true},
		"a longer prefix does not cover":            {"ab*", "a*", false},
		"a suffix covers a text":                    {"*.json", "x.json", true},
		"a question mark covers a character":        {"a?", "ab", true},
		"a question mark covers a question mark":    {"a?", "a?", true},
		"a question mark does not cover a star":     {"a?", "a*", false},
		"a question mark does not cover a variable": {"a?", "a${x}", false},
		"a star covers a variable":                  {"a*", "a${x}b", true},
		"a variable covers itself":                  {"home/${x}*", "home/${x}/a", true},
		"a variable does not cover another":         {"home/${x}", "home/${y}", false},
		"a variable does not cover its own text":    {"a${x}", "a*", false},
		"pieces are found in order":                 {"*a*b*", "xaxbx", true},
		"a star goes back when it took too little":  {"*ab", "aab", true},
		"an escaped star is a character":            {"${*}", "a", false},
		"a star covers an escaped star":             {"a*", "a${*}", true},
		"a character does not cover an empty text":  {"a", "", false},
		"a star covers the empty text":              {"*", "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, q := Compile(tt.p, Wildcards|Variables), Compile(tt.q, Wildcards|Variables)
			if got := p.Covers(&q); got != tt.want {
				t.Errorf("%q covers %q: %t", tt.p, tt.q, got)
			}
		})
	}
}

func TestOverlaps(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		p, q string
		want bool
	}{
		"equal texts":               {"abc", "abc", true},
		"other texts":               {"abc", "abd", false},
		"one is longer":             {"abc", "ab", false},
		"prefix and suffix":         {"a*", "*b", true},
		"prefixes that differ":      {"a*", "b*", false},
		"prefix of the other":       {"ab*", "a*", true},
		"a star takes nothing":      {"a*b", "ab", true},
		"a question mark takes one": {"a?b", "ab", false},
		"question mark and star":    {"a?c", "a*", true},
		"both empty":                {"", "", true},
		"empty and star":            {"", "*", true},
		"a variable may be all":     {"a${x}", "abc", true},
		"not before a variable":     {"b${x}", "abc", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, q := Compile(tt.p, Wildcards|Variables), Compile(tt.q, Wildcards|Variables)
			if got := p.Overlaps(&q); got != tt.want || q.Overlaps(&p) != tt.want {
				t.Errorf("%q overlaps %q: %t", tt.p, tt.q, got)
			}
		})
	}
}

func TestCoversAndOverlapsAreNeverWrong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab?*]{0,6}`)
		p := Compile(pattern.Draw(t, "p"), Wildcards)
		q := Compile(pattern.Draw(t, "q"), Wildcards)
		s := rapid.StringMatching(`[abc]{0,8}`).Draw(t, "s")
		inP, inQ := p.Match(s, nil), q.Match(s, nil)
		if p.Covers(&q) && inQ && !inP {
			t.Fatalf("%q does not cover %q: %q", p.text, q.text, s)
		}
		if inP && inQ && !p.Overlaps(&q) {
			t.Fatalf("%q and %q both match %q", p.text, q.text, s)
		}
		if p.Covers(&q) && !p.Overlaps(&q) {
			t.Fatalf("%q covers %q without overlap", p.text, q.text)
		}
	})
}

func TestOverlapsFindsEveryCommonText(t *testing.T) {
	t.Parallel()
	var texts []string
	for layer := []string{""}; len(layer[0]) < 6; {
		texts = append(texts, layer...)
		var next []string
		for _, s := range layer {
			next = append(next, s+"a", s+"b")
		}
		layer = next
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab?*]{0,3}`)
		p := Compile(pattern.Draw(t, "p"), Wildcards)
		q := Compile(pattern.Draw(t, "q"), Wildcards)
		found := false
		for _, s := range texts {
			found = found || p.Match(s, nil) && q.Match(s, nil)
		}
		if p.Overlaps(&q) != found {
			t.Fatalf("%q and %q: %t, want %t", p.text, q.text, !found, found)
		}
	})
}
