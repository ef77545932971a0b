package jsonpos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
)

var testLimits = Limits{Bytes: 1 << 20, Depth: 20}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want string
	}{
		"an empty text":                {"", `f:1:1: JSON_SYNTAX: not valid JSON: unexpected end of JSON input`},
		"a trailing comma":             {"{\n  \"a\": 1,\n}", `f:3:1: JSON_SYNTAX: not valid JSON: invalid character '}' looking for beginning of object key string`},
		"a second value":               {`{} {}`, `f:1:4: JSON_SYNTAX: not valid JSON: invalid character '{' after top-level value`},
		"an unclosed object":           {`{"a": [1`, `f:1:8: JSON_SYNTAX: not valid JSON: unexpected end of JSON input`},
		"a raw control character":      {"\"a\x00\"", `f:1:3: JSON_SYNTAX: not valid JSON: invalid character '\x00' in string literal`},
		"broken UTF-8":                 {"{\"a\": \"\xff\"}", `f:1:8: JSON_SYNTAX: the text is not valid UTF-8; save it as UTF-8 without a byte order mark`},
		"a byte order mark":            {"\ufeff{}", `f:1:1: JSON_SYNTAX: the text begins with a byte order mark; save it as UTF-8 without a byte order mark`},
		"a lone high surrogate":        {`"\ud800"`, `f:1:2: JSON_SYNTAX: half of a surrogate pair is no character`},
		"a lone low surrogate":         {`"x\udc00"`, `f:1:3: JSON_SYNTAX: half of a surrogate pair is no character`},
		"a high surrogate and another": {`"\ud800\u0041"`, `f:1:2: JSON_SYNTAX: half of a surrogate pair is no character`},
		"too deep":                     {strings.Repeat("[", 21), `f:1:21: JSON_SYNTAX: arrays and objects are nested more than 20 deep`},
		"a megabyte of brackets":       {strings.Repeat("[", 1<<20), `f:1:21: JSON_SYNTAX: arrays and objects are nested more than 20 deep`},
		"too long":                     {strings.Repeat(" ", 1<<20) + "1", `f:1:1: JSON_SYNTAX: the text has 1048577 bytes, more than the 1048576 that are read; split it up`},
		"a number with leading zero":   {`[01]`, `f:1:3: JSON_SYNTAX: not valid JSON: invalid character '1' after array element`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, list := Parse(&diag.Source{Name: "f", Text: tt.text}, testLimits)
			if len(list) != 1 {
				t.Fatalf("%d diagnostics, want 1", len(list))
			}
			if got := list.Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func mustParse(t *testing.T, text string) Value {
	t.Helper()
	v, list := Parse(&diag.Source{Name: "f", Text: text}, testLimits)
	if list != nil {
		t.Fatal(list)
	}
	return v
}

func TestValuesKnowTheirTypeTextAndPlace(t *testing.T) {
	t.Parallel()
	v := mustParse(t, "\n {\"s\": \"a\\u00e9\\ud83d\\ude00\", \"n\": 1.50,\n\"b\": true, \"z\": null, \"l\": [1, \"x\"], \"o\": {} } \n")
	type seen struct {
		Key, Kind, Text, Position, Raw string
	}
	var got []seen
	for m := range v.Members() {
		got = append(got, seen{
			m.Key, m.Value.Kind().String(), m.Value.Text(),
			v.Source().Position(m.Value.Span().Start).String(), m.Value.Raw(),
		})
	}
	want := []seen{
		{"s", "a string", "aé😀", "f:2:8", `"a\u00e9\ud83d\ude00"`},
		{"n", "a number", "1.50", "f:2:36", "1.50"},
		{"b", "a boolean", "true", "f:3:6", "true"},
		{"z", "null", "null", "f:3:17", "null"},
		{"l", "an array", `[1, "x"]`, "f:3:28", `[1, "x"]`},
		{"o", "an object", "{}", "f:3:43", "{}"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got, want := v.Span(), (diag.Span{Start: 2, End: 88}); got != want {
		t.Errorf("Span() = %v, want %v", got, want)
	}
	if !v.Exists() || (Value{}).Exists() {
		t.Error("Exists must tell a value from the zero Value")
	}
	if got := Kind(0).String(); got != "kind(0)" {
		t.Errorf("Kind(0) = %q", got)
	}
}

func TestItemsAndMembersOfOtherValuesAreEmpty(t *testing.T) {
	t.Parallel()
	for range mustParse(t, `{"a": 1}`).Items() {
		t.Error("an object has no items")
	}
	for range mustParse(t, `[1]`).Members() {
		t.Error("an array has no members")
	}
	for item := range mustParse(t, `[1, 2]`).Items() {
		if item.Text() != "1" {
			t.Errorf("first item is %s", item.Text())
		}
		break
	}
}

func TestMembersMarkDuplicates(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 40 {
		many.WriteString(`"k` + strings.Repeat("x", i) + `": 1, `)
	}
	tests := map[string]struct {
		text string
		want []string
	}{
		"none":               {`{"a": 1, "A": 2}`, nil},
		"the same name":      {`{"a": 1, "b": 2, "a": 3}`, []string{"a"}},
		"after unescaping":   {`{"a": 1, "\u0061": 3}`, []string{"a"}},
		"in a large object":  {`{` + many.String() + `"kx": 1, "last": 1, "last": 2}`, []string{"kx", "last"}},
		"the same in nested": {`{"a": {"a": 1}}`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for m := range mustParse(t, tt.text).Members() {
				if m.Duplicate {
					got = append(got, m.Key)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	text := `{"a": {"b": [1, {"c": 2}]}, "d": "x"} `
	v := mustParse(t, text)
	var offsets []int
	for i := range len(text) + 1 {
		offsets = append(offsets, i)
	}
	want := map[string]string{ // a place by what begins there
		`{"a"`: "", `"a"`: "a", `: {"b`: "a", `{"b"`: "a", `"b"`: "a.b", `[1`: "a.b", `1, `: "a.b[0]", `, {"c"`: "a.b", `{"c"`: "a.b[1]",
		`"c"`: "a.b[1].c", `2}`: "a.b[1].c", `}]`: "a.b[1]", `]}`: "a.b", `}, "d"`: "a", `, "d"`: "", `"d"`: "d", `"x"`: "d", `} `: "", ` `: "",
	}
	paths := v.Paths(offsets)
	if len(paths) != len(offsets) {
		t.Fatalf("%d paths for %d offsets", len(paths), len(offsets))
	}
	for begin, path := range want {
		if got := paths[strings.LastIndex(text, begin)]; got != path {
			t.Errorf("%s is at %q, want %q", begin, got, path)
		}
	}
	if got := v.Paths(nil); len(got) != 0 {
		t.Errorf("no offsets, no paths: %q", got)
	}
}

func TestAppendQuote(t *testing.T) {
	t.Parallel()
	text := "a\"b\\c\n\t\r\x01\x7f<é>\u2028"
	want := `x"a\"b\\c\n\t\r\u0001\u007f<é>` + "\u2028" + `"`
	if got := string(AppendQuote([]byte("x"), text)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var back string
	if err := json.Unmarshal(AppendQuote(nil, text), &back); err != nil || back != text {
		t.Errorf("reads back as %q, %v", back, err)
	}
	if got := string(AppendQuote(nil, "a\xffb")); got != "\"a\ufffdb\"" {
		t.Errorf("broken UTF-8 is %q", got)
	}
}

// walk visits all of a value and checks that places and texts agree.
func walk(t *testing.T, v Value) {
	t.Helper()
	span := v.Span()
	if got := v.Source().Text[span.Start:span.End]; got != v.Raw() {
		t.Fatalf("span %v holds %q, the value is %q", span, got, v.Raw())
	}
	for item := range v.Items() {
		walk(t, item)
	}
	for m := range v.Members() {
		if m.KeySpan.End <= m.KeySpan.Start {
			t.Fatalf("empty key span %v", m.KeySpan)
		}
		walk(t, m.Value)
	}
}

// sameText compares the strings of a value with what encoding/json reads.
func sameText(t *testing.T, v Value) {
	t.Helper()
	if v.Kind() == String {
		var want string
		if err := json.Unmarshal([]byte(v.Raw()), &want); err != nil || v.Text() != want {
			t.Fatalf("%s is %q, encoding/json reads %q, %v", v.Raw(), v.Text(), want, err)
		}
	}
	n := 0
	for item := range v.Items() {
		sameText(t, item)
		n++
	}
	for m := range v.Members() {
		sameText(t, m.Value)
		n++
	}
	if v.Len() != n {
		t.Fatalf("%s: Len() = %d, want %d", v.Raw(), v.Len(), n)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null,true,-1.5e3]}`, `"\ud83d\ude00"`, `[[[[`, `{"a":1,"a":2}`, `01`, `-`, "\"\x7f\"", `"\\\""`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, list := Parse(&diag.Source{Name: "f", Text: text}, testLimits)
		valid := json.Valid([]byte(text))
		if list == nil {
			walk(t, v)
			if !valid {
				t.Fatalf("encoding/json refuses %q", text)
			}
			sameText(t, v)
			var compact bytes.Buffer
			if err := json.Compact(&compact, []byte(text)); err != nil || v.CompactLen() != compact.Len() {
				t.Errorf("%q: CompactLen() = %d, want %d, %v", text, v.CompactLen(), compact.Len(), err)
			}
			return
		}
		if why := list[0].Summary; valid && !strings.Contains(why, "UTF-8") && !strings.Contains(why, "deep") && !strings.Contains(why, "surrogate") && !strings.Contains(why, "bytes") {
			t.Errorf("encoding/json takes %q, refused as %s", text, why)
		}
	})
}

func TestValuesThatFollowEachOther(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"one":              {` {"a": "}"} `, []string{`1:2 {"a": "}"}`}},
		"several":          {"{\"a\": [1]}\n[2] {}", []string{`1:1 {"a": [1]}`, `2:1 [2]`, `2:5 {}`}},
		"a scalar":         {`7`, []string{`1:1 7`}},
		"a scalar at last": {`{} "x"`, []string{`1:1 {}`, `1:4 "x"`}},
		"nothing":          {"  ", nil},
		"a broken one":     {"{}\n{]", nil},
		"an open one":      {"{} {", nil},
		"two scalars":      {`1 2`, nil},
		"a stray bracket":  {`{} ]`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, list := ParseAll(&diag.Source{Text: tt.text}, Limits{Bytes: 100, Depth: 5})
			var got []string
			for _, v := range values {
				got = append(got, v.Source().Position(v.Span().Start).String()+" "+v.Raw())
				for m := range v.Members() {
					if span := m.Value.Span(); tt.text[span.Start:span.End] != m.Value.Raw() {
						t.Errorf("%q is not at %v", m.Value.Raw(), span)
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || (list == nil) != (tt.want != nil) {
				t.Error(diff, list)
			}
		})
	}
}

func TestValuesAreBounded(t *testing.T) {
	t.Parallel()
	for text, most := range map[string]int{`[1,2,3]`: 4, `{"a":{"b":1}}`: 5, `7`: 1} {
		limits := Limits{Bytes: 100, Depth: 5, Values: most}
		if _, list := Parse(&diag.Source{Text: text}, limits); list != nil {
			t.Errorf("%s: %v", text, list)
		}
		limits.Values--
		_, list := Parse(&diag.Source{Text: text}, limits)
		if want := fmt.Sprintf("1:1: JSON_SYNTAX: the text has more than the %d values that are read; split it up", limits.Values); limits.Values > 0 && (list == nil || list.Error() != want) {
			t.Errorf("%s: %v", text, list)
		}
	}
}

func TestValuesThatFollowEachOtherAreBoundedTogether(t *testing.T) {
	t.Parallel()
	limits := Limits{Bytes: 100, Depth: 5, Values: 20}
	if _, list := ParseAll(&diag.Source{Text: "[] [1,2]"}, limits); list != nil {
		t.Error(list)
	}
	for _, text := range []string{"[] [] []", "[] [1,2,3,4,5,6,7,8,9,10]"} {
		if _, list := ParseAll(&diag.Source{Text: text}, limits); list == nil || !strings.Contains(list.Error(), "more than the 20 values") {
			t.Errorf("%s: %v", text, list)
		}
	}
}

func TestAnAbsentValueIsEmpty(t *testing.T) {
	t.Parallel()
	var v Value
	if v.Exists() || v.Kind() != 0 || v.Text() != "" || v.Raw() != "" || v.Span() != (diag.Span{}) || v.Len() != 0 {
		t.Errorf("%v %q %q %v %d", v.Kind(), v.Text(), v.Raw(), v.Span(), v.Len())
	}
	for range v.Items() {
		t.Error("it has an item")
	}
	for range v.Members() {
		t.Error("it has a member")
	}
}
