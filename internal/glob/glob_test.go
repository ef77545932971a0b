package glob

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pattern string
		yes, no []string
	}{
		"plain text matches itself":            {"abc", []string{"abc"}, []string{"", "ab", "abcd", "ABC"}},
		"the empty pattern matches nothing":    {"", []string{""}, []string{"a"}},
		"a star takes any run":                 {"*", []string{"", "a", "a/b:c"}, nil},
		"a trailing star takes the rest":       {"ab*", []string{"ab", "abc"}, []string{"a", "b"}},
		"a leading star takes the beginning":   {"*ab", []string{"ab", "xab"}, []string{"abx", "b"}},
		"both ends do not overlap":             {"aba*aba", []string{"abaaba", "abaXaba"}, []string{"aba", "ababa"}},
		"stars in a row are one":               {"a***b", []string{"ab", "aXb"}, []string{"a", "b"}},
		"middle pieces stand in order":         {"*a*b*c*", []string{"abc", "xaxbxcx"}, []string{"acb", "ab"}},
		"a suffix is not taken by the middle":  {"*ab*b", []string{"abb", "abxb"}, []string{"ab"}},
		"a question mark is one character":     {"a?c", []string{"abc", "aéc", "a c"}, []string{"ac", "abbc"}},
		"a question mark at the end":           {"ab?", []string{"abc", "ab世"}, []string{"ab", "abcd"}},
		"a question mark after a star":         {"*?", []string{"a", "ab"}, []string{""}},
		"question marks between stars":         {"*a?c*", []string{"abc", "xxaacyy", "aaacc"}, []string{"ac", "abbc"}},
		"question marks alone between stars":   {"*??*", []string{"ab", "世界", "abc"}, []string{"", "a"}},
		"question marks at a suffix":           {"a*b?d", []string{"abcd", "aXbXd"}, []string{"abd", "abcde"}},
		"non-ASCII beside a question mark":     {"*é?ü*", []string{"éxü", "__é世ü__"}, []string{"éü", "exu"}},
		"a dollar sign is plain without slots": {"${*}", []string{"${x}", "${}"}, []string{"$"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Compile(tt.pattern, Wildcards)
			for _, s := range tt.yes {
				if !p.Match(s, nil) {
					t.Errorf("Compile(%q).Match(%q) = false, want true", tt.pattern, s)
				}
			}
			for _, s := range tt.no {
				if p.Match(s, nil) {
					t.Errorf("Compile(%q).Match(%q) = true, want false", tt.pattern, s)
				}
			}
		})
	}
}

func TestMatchWithSlots(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pattern string
		slots   []string
		yes, no []string
	}{
		"a slot is replaced":            {"home/${u}/*", []string{"bob"}, []string{"home/bob/x"}, []string{"home/bo/x"}},
		"a star in a slot is literal":   {"${u}", []string{"*"}, []string{"*"}, []string{"x"}},
		"escapes are literal":           {"${*}${?}${$}", nil, []string{"*?$"}, []string{"abc"}},
		"an escape protects a variable": {"${$}{u}", nil, []string{"${u}"}, []string{"{u}"}},
		"slots between stars":           {"*-${a}${b}-*", []string{"x", "y"}, []string{"-xy-", "1-xy-2"}, []string{"-x-y-"}},
		"a slot beside a question mark": {"*${a}?z*", []string{"x"}, []string{"xyz", "__xyz__"}, []string{"xz"}},
		"an unclosed slot is literal":   {"a${b*", nil, []string{"a${b", "a${bc"}, []string{"a"}},
		"an empty slot text":            {"a${x}b", []string{""}, []string{"ab"}, []string{"a b"}},
		"slots at the end":              {"*${a}", []string{"end"}, []string{"end", "the end"}, []string{"end "}},
		"a long slot between stars":     {"*${a}*", []string{strings.Repeat("x", 300)}, []string{"_" + strings.Repeat("x", 301)}, []string{"x"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Compile(tt.pattern, Wildcards|Variables)
			if len(p.Slots()) != len(tt.slots) {
				t.Fatalf("Slots() = %q, want %d", p.Slots(), len(tt.slots))
			}
			for _, s := range tt.yes {
				if !p.Match(s, tt.slots) {
					t.Errorf("Match(%q) = false, want true", s)
				}
			}
			for _, s := range tt.no {
				if p.Match(s, tt.slots) {
					t.Errorf("Match(%q) = true, want false", s)
				}
			}
		})
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ pattern, want string }{
		"plain text":         {"abc", "<abc"},
		"slots and escapes":  {"a${x}${*}${y}b", "<a1*2b"},
		"nothing but a slot": {"${x}", "<1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Compile(tt.pattern, Variables)
			if got := string(p.Append([]byte("<"), []string{"1", "2"})); got != tt.want {
				t.Errorf("Append = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLiteralPartsForIndexes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pattern, prefix, suffix string
		literal, all            bool
	}{
		"plain":    {"abc", "abc", "abc", true, false},
		"prefix":   {"abc*", "abc", "", false, false},
		"suffix":   {"*abc", "", "abc", false, false},
		"star":     {"*", "", "", false, true},
		"question": {"ab?c*d?ef", "ab", "ef", false, false},
		"slot":     {"ab${x}", "ab", "", false, false},
		"leading":  {"?ab", "", "ab", false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Compile(tt.pattern, Wildcards|Variables)
			if p.Prefix() != tt.prefix || p.Suffix() != tt.suffix || p.MatchesAll() != tt.all {
				t.Errorf("prefix %q, suffix %q, all %t; want %q, %q, %t", p.Prefix(), p.Suffix(), p.MatchesAll(), tt.prefix, tt.suffix, tt.all)
			}
			if _, ok := p.Literal(); ok != tt.literal {
				t.Errorf("Literal() ok = %t, want %t", ok, tt.literal)
			}
			if p.String() != tt.pattern {
				t.Errorf("String() = %q", p.String())
			}
		})
	}
}

// naive is the model: the definition of the pattern language, written down
// without a thought for speed.
func naive(pattern, s []rune) bool {
	reach := make([]bool, len(s)+1) // reach[i]: the pattern so far matches s[:i]
	reach[0] = true
	for _, p := range pattern {
		next := make([]bool, len(s)+1)
		for i := range reach {
			switch {
			case p == '*':
				next[i] = reach[i] || i > 0 && next[i-1]
			case i > 0:
				next[i] = reach[i-1] && (p == '?' || p == s[i-1])
			}
		}
		reach = next
	}
	return reach[len(s)]
}

func equalsNaive(t *rapid.T) {
	pattern := rapid.StringMatching(`[ab?*é]{0,12}(\*[ab?]{60,70}\*)?[ab?*]{0,4}`).Draw(t, "pattern")
	s := rapid.StringMatching(`[abé]{0,40}([ab]{60,90})?`).Draw(t, "s")
	p := Compile(pattern, Wildcards)
	if got, want := p.Match(s, nil), naive([]rune(pattern), []rune(s)); got != want {
		t.Fatalf("Match(%q, %q) = %t, the model says %t", pattern, s, got, want)
	}
}

func TestMatchEqualsNaiveModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, equalsNaive)
}

func TestSlotsEqualEscapedText(t *testing.T) {
	t.Parallel()
	escape := strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}")
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.StringMatching(`[ab?*]{0,6}`).Draw(t, "before")
		value := rapid.StringMatching(`[ab?*$]{0,6}`).Draw(t, "value")
		after := rapid.StringMatching(`[ab?*]{0,6}`).Draw(t, "after")
		s := rapid.StringMatching(`[ab?*$]{0,16}`).Draw(t, "s")
		slot := Compile(before+"${v}"+after, Wildcards|Variables)
		written := Compile(before+escape.Replace(value)+after, Wildcards|Variables)
		if got, want := slot.Match(s, []string{value}), written.Match(s, nil); got != want {
			t.Fatalf("slot says %t, escaped text says %t", got, want)
		}
	})
}

func TestLooseMatchesWhateverASlotMayHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`([ab?*]|\$\{x\}|\$\{\*\}){0,8}`).Draw(t, "pattern")
		value := rapid.StringMatching(`[ab*]{0,6}`).Draw(t, "value")
		s := rapid.StringMatching(`[ab*]{0,16}`).Draw(t, "s")
		p := Compile(pattern, Wildcards|Variables)
		slots := make([]string, len(p.Slots()))
		for i := range slots {
			slots[i] = value
		}
		loose := p.Loose()
		if p.Match(s, slots) && !loose.Match(s, nil) {
			t.Fatal("the pattern matches and its loose form does not")
		}
		if len(slots) == 0 && p.Match(s, nil) != loose.Match(s, nil) {
			t.Fatal("without slots the loose form is the pattern")
		}
	})
}

// stepBound is the law of the package: at most this many steps, for any text.
func stepBound(p *Pattern, s string) int {
	blocks := utf8.RuneCountInString(p.text)/64 + 1
	return (len(s) + len(p.text) + 1) * (blocks + 1)
}

func TestMatchIsLinear(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("a", 2048)
	tests := map[string]string{
		"eight stars":                strings.Repeat("a*", 8) + "b",
		"eight stars and a tail":     strings.Repeat("a*", 8) + "b*",
		"one star, a long piece":     "a*" + strings.Repeat("a", 60) + "b*",
		"two thousand stars":         strings.Repeat("*", 2000),
		"two thousand stars between": strings.Repeat("*a", 2000) + "b",
		"question marks and stars":   strings.Repeat("*?", 1000) + "b*",
		"a piece with question mark": "*" + strings.Repeat("a?", 30) + "b*",
		"a long fuzzy piece":         "*" + strings.Repeat("a?", 500) + "b*",
	}
	for name, pattern := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Compile(pattern, Wildcards)
			_, steps := p.walk(many, nil)
			if limit := stepBound(&p, many); steps > limit {
				t.Errorf("%d steps, want at most %d", steps, limit)
			}
		})
	}
}

func TestStepsStayBelowTheBound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab?*]{0,200}`).Draw(t, "pattern")
		s := rapid.StringMatching(`[ab]{0,400}`).Draw(t, "s")
		p := Compile(pattern, Wildcards)
		if _, steps := p.walk(s, nil); steps > stepBound(&p, s) {
			t.Fatalf("%d steps for %q on %q, want at most %d", steps, pattern, s, stepBound(&p, s))
		}
	})
}

func TestMatchDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	slots := []string{"bob-with-a-name-that-is-longer-than-a-temporary"}
	for _, pattern := range []string{"abc", "a*", "*a", "a*c", "*", "*b*", "a?c", "*a?c*", "*-${u}-*", "x${u}*", "*${u}?*"} {
		p := Compile(pattern, Wildcards|Variables)
		n := testing.AllocsPerRun(100, func() { p.Match("home-bob-abc", slots) })
		if n != 0 {
			t.Errorf("%q: %v allocations a match, want 0", pattern, n)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "aXbYc", "")
	f.Add("*${x}?*", "12345", "2")
	f.Add(strings.Repeat("*a", 50), strings.Repeat("a", 60), "")
	f.Fuzz(func(t *testing.T, pattern, s, value string) {
		if len(pattern)*len(s) > 1<<14 {
			return // the model is quadratic
		}
		full := Compile(pattern, Wildcards|Variables)
		slots := make([]string, len(full.Slots()))
		for i := range slots {
			slots[i] = value
		}
		full.Match(s, slots)
		plain := Compile(pattern, Wildcards)
		if !utf8.ValidString(pattern) || !utf8.ValidString(s) {
			return
		}
		if got, want := plain.Match(s, nil), naive([]rune(pattern), []rune(s)); got != want {
			t.Errorf("Match(%q, %q) = %t, the model says %t", pattern, s, got, want)
		}
	})
}
