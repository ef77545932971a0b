package arn

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want ARN
	}{
		"a role":            {"arn:aws:iam::111122223333:role/ci/deploy", ARN{"aws", "iam", "", "111122223333", "role/ci/deploy"}},
		"a bucket":          {"arn:aws:s3:::b", ARN{"aws", "s3", "", "", "b"}},
		"colons in the end": {"arn:aws:logs:us-east-1:1:log-group:g:*", ARN{"aws", "logs", "us-east-1", "1", "log-group:g:*"}},
		"strange but whole": {"arn:a:b:::something/test-role", ARN{"a", "b", "", "", "something/test-role"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if got.String() != tt.text {
				t.Errorf("String() = %q, want %q", got.String(), tt.text)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"no prefix":          {"nothing-valid-in-here", `does not begin with "arn:"`},
		"upper-case prefix":  {"ARN:aws:s3:::b", `does not begin with "arn:"`},
		"too few parts":      {"arn:a:::something/test-role", "needs six parts"},
		"no partition":       {"arn::b:::something/test-role", "must not be empty"},
		"no service":         {"arn:a::::something/test-role", "must not be empty"},
		"nothing at the end": {"arn:a:a::aaaaaaaaaa:", "must not be empty"},
		"far too long":       {"arn:aws:s3:::" + strings.Repeat("x", MaxLength), "longer than 8192 bytes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Parse(%.40q): %v, want an error with %q", tt.text, err, tt.want)
			}
		})
	}
}

func TestPartsOfAResource(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, kind, rest, name string }{
		"a role with a path": {"arn:aws:iam::111122223333:role/ci/deploy", "role", "ci/deploy", "deploy"},
		"root":               {"arn:aws:iam::111122223333:root", "root", "", "root"},
		"a log group":        {"arn:aws:logs:us-east-1:1:log-group:g", "log-group", "g", "log-group:g"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			kind, rest := a.ResourceType()
			if kind != tt.kind || rest != tt.rest || a.Name() != tt.name {
				t.Errorf("got %q, %q, %q; want %q, %q, %q", kind, rest, a.Name(), tt.kind, tt.rest, tt.name)
			}
		})
	}
}

func TestAccountsAndPartitions(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"123456789012": true, "12345678901": false, "12345678901x": false, "": false, "1234567890123": false} {
		if got := IsAccountID(s); got != want {
			t.Errorf("IsAccountID(%q) = %t", s, got)
		}
	}
	for s, want := range map[string]bool{"aws": true, "aws-cn": true, "aws-": false, "awsx": false, "": false} {
		if got := IsPartition(s); got != want {
			t.Errorf("IsPartition(%q) = %t", s, got)
		}
	}
}

func TestPatternMatch(t *testing.T) {
	t.Parallel()
	const doc = "arn:aws:s3:::b/1/2/test/3/o"
	tests := map[string]struct {
		pattern   string
		variables Variables
		slots     []string
		text      string
		want      bool
	}{
		"a wildcard in the resource takes slashes":   {"arn:aws:s3:::b/*/test/*", NoVariables, nil, doc, true},
		"the resource is matched whole":              {"arn:aws:s3:::b/*/test", NoVariables, nil, doc, false},
		"a wildcard for region and account":          {"arn:aws:sqs:*:*:q", NoVariables, nil, "arn:aws:sqs:us-east-1:111122223333:q", true},
		"a star in the region stays there":           {"arn:aws:x:*:1:finance/*", NoVariables, nil, "arn:aws:x:us:2:store/abc:1:finance/d", false},
		"a star at the end takes colons":             {"arn:aws:logs:*:*:*", NoVariables, nil, "arn:aws:logs:r:1:log-group:g:log-stream:s", true},
		"case counts":                                {"arn:aws:s3:::B/*", NoVariables, nil, doc, false},
		"a variable in the resource":                 {"arn:aws:s3:::${x}/*", ResourceVariables, []string{"b"}, doc, true},
		"a variable before it is text in a Resource": {"arn:aws:sqs:*:${x}:q", ResourceVariables, nil, "arn:aws:sqs:r:${x}:q", true},
		"a variable before it in a condition":        {"arn:aws:sqs:*:${aws:x}:${y}", AllVariables, []string{"1", "q"}, "arn:aws:sqs:r:1:q", true},
		"a colon in a value adds no part":            {"arn:aws:${x}:r:1:q", AllVariables, []string{"a:b"}, "arn:aws:a:b:1:q", false},
		"an escape in the resource":                  {"arn:aws:s3:::${*}", ResourceVariables, nil, "arn:aws:s3:::*", true},
		"an escape before it in a condition":         {"arn:aws:${*}:::q", AllVariables, nil, "arn:aws:*:::q", true},
		"an escape does not match another":           {"arn:aws:${*}:::q", AllVariables, nil, "arn:aws:s3:::q", false},
		"a dollar without variables":                 {"arn:aws:$:::q*", NoVariables, nil, "arn:aws:$:::q1", true},
		"a question mark for a character":            {"arn:aws:s?:::b*", NoVariables, nil, doc, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, ok := CompilePattern(tt.pattern, tt.variables)
			if !ok {
				t.Fatal("not a pattern")
			}
			if got := p.Match(tt.text, tt.slots); got != tt.want {
				t.Errorf("Match = %t, want %t", got, tt.want)
			}
			if p.String() != tt.pattern || len(p.Slots()) != len(tt.slots) {
				t.Errorf("String() = %q, Slots() = %q", p.String(), p.Slots())
			}
			if !strings.HasPrefix(tt.text, p.Prefix()) && tt.want {
				t.Errorf("Prefix() = %q", p.Prefix())
			}
		})
	}
}

func TestLoose(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pattern string
		yes, no string
	}{
		"a slot in the resource": {"arn:aws:s3:::b/${x}/*", "arn:aws:s3:::b/anything/k", "arn:aws:s3:::c/anything/k"},
		"a slot before it":       {"arn:aws:sqs:*:${x}:q", "arn:aws:sqs:r:1:q", "arn:aws:sns:r:1:q"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := CompilePattern(tt.pattern, AllVariables)
			loose := p.Loose()
			for text, want := range map[string]bool{tt.yes: true, tt.no: false} {
				if got := loose.Match(text, nil); got != want {
					t.Errorf("%s: %t", text, got)
				}
			}
			if loose.String() != tt.pattern {
				t.Errorf("String() = %q", loose.String())
			}
		})
	}
}

func TestSplitPattern(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text      string
		variables Variables
		want      []string
	}{
		"a short one":              {"arn:aws:sqs", ResourceVariables, []string{"arn", "aws", "sqs"}},
		"a colon in a variable":    {"arn:${a:b}:c", ResourceVariables, []string{"arn", "${a:b}", "c"}},
		"without variables":        {"arn:${a:b}:c", NoVariables, []string{"arn", "${a", "b}", "c"}},
		"an unclosed variable":     {"arn:${a:b", AllVariables, []string{"arn", "${a", "b"}},
		"no more than six":         {"a:b:c:d:e:f:g", AllVariables, []string{"a", "b", "c", "d", "e", "f:g"}},
		"many unclosed variables":  {strings.Repeat("${", 3) + ":x", AllVariables, []string{"${${${", "x"}},
		"nothing but the prefixes": {"", AllVariables, []string{""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, SplitPattern(tt.text, tt.variables)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAnARNMatchesItself(t *testing.T) {
	t.Parallel()
	part := rapid.StringMatching(`[a-z0-9/-]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a := ARN{part.Draw(t, "p"), part.Draw(t, "s"), part.Draw(t, "r"), part.Draw(t, "a"), part.Draw(t, "x")}
		p, ok := CompilePattern(a.String(), ResourceVariables)
		if !ok || !p.Match(a.String(), nil) {
			t.Fatalf("%s does not match itself", a)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"arn:aws:s3:::b", "arn:aws:iam::111122223333:role/x", "arn:::::", "arn:*:${a:b}:?", "::::::::"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := Parse(text); err == nil && a.String() != text {
			t.Errorf("Parse(%q) prints as %q", text, a)
		}
		for _, v := range []Variables{NoVariables, ResourceVariables, AllVariables} {
			if p, ok := CompilePattern(text, v); ok {
				p.Match(text, make([]string, len(p.Slots())))
			}
		}
	})
}
