package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

func TestYAMLAsJSON(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ yaml, want string }{
		"scalars that JSON has":         {`[null, true, false, 0, -1, 1.50, 1e3, "x", 'y', z]`, `[null,true,false,0,-1,1.50,1e3,"x","y","z"]`},
		"other spellings keep the text": {`[~, True, yes, no, On, 0o17, 0x1F, 017, 1_000, .5, +1, .inf, .nan]`, `[null,"True","yes","no","On","0o17","0x1F","017","1_000",".5","+1",".inf",".nan"]`},
		"account ids are text":          {`{111122223333: 012345678901, a: 111122223333, b: 1111222233334}`, `{"111122223333":"012345678901","a":"111122223333","b":1111222233334}`},
		"times are text":                {`{Version: 2012-10-17, t: 2026-12-31T00:00:00Z}`, `{"Version":"2012-10-17","t":"2026-12-31T00:00:00Z"}`},
		"tags of YAML's own":            {"[!!str 1, !!int 1, !!int \"1\", !!float 1]", `["1",1,1,1]`},
		"keys are their text":           {`{1: a, true: b, null: c, 1.0: d, 2012-10-17: e, "": f}`, `{"1":"a","true":"b","null":"c","1.0":"d","2012-10-17":"e","":"f"}`},
		"nothing":                       {"a:\nb: \n", `{"a":null,"b":null}`},
		"blocks":                        {"a: |\n  x\n  y\nb: >-\n  x\n  y\n", `{"a":"x\ny\n","b":"x y"}`},
		"anchors and aliases":           {"a: &x {k: [1]}\nb: *x\n? *y\n: &y k\n", ""},
		"an alias as key":               {"a: &x k\n*x : v\n", `{"a":"k","k":"v"}`},
		"a merge":                       {"a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\n", `{"a":{"k":1,"l":2},"b":{"k":3,"l":2}}`},
		"merges":                        {"a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {m: 0, <<: [*x, *y, {n: 9}]}\n", `{"a":{"k":1},"b":{"k":2,"l":2},"c":{"m":0,"k":1,"l":2,"n":9}}`},
		"a merge of a merge":            {"a: &x {k: 1}\nb: &y {<<: *x}\nc: {<<: *y}\n", `{"a":{"k":1},"b":{"k":1},"c":{"k":1}}`},
		"a quoted merge key is a key":   {`{"<<": 1}`, `{"<<":1}`},
		"the same key twice is kept":    {"a: 1\na: 2\n", `{"a":1,"a":2}`},
		"comments and markers":          {"# x\n--- # y\na: 1 # z\n...\n", `{"a":1}`},
		"lines of all kinds":            {"a: 1\r\nb: \"\\u2028\"\r\n", "{\"a\":1,\"b\":\"\u2028\"}"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, list := fromYAML(&diag.Source{Name: "w", Text: tt.yaml})
			switch {
			case tt.want == "":
				if list == nil {
					t.Error("it was taken")
				}
			case list != nil:
				t.Error(list)
			default:
				if diff := cmp.Diff(tt.want, made.Text); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestYAMLThatIsRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%[1]c [%s]\n", c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	merges := "a: &a {" + strings.Repeat("k: 1, ", 2000) + "z: 1}\nb:\n"
	for range 20 {
		merges += "  - {<<: [" + strings.Repeat("*a,", 100) + "*a]}\n"
	}
	tests := map[string]struct{ yaml, want string }{
		"a second document":      {"a: 1\n---\nb: 2\n", "w:2:1: YAML_SYNTAX: not valid YAML: a second document begins; write one document a file, and put the files in a folder"},
		"no YAML":                {"a: 1\n b: 2\n", "w:2:2: YAML_SYNTAX: not valid YAML: mapping values are not allowed in this context"},
		"an anchor that is none": {"a: 1\nb: *x\n", "w:2:4: YAML_SYNTAX: not valid YAML: unknown anchor 'x' referenced"},
		"an alias of itself":     {"a: &a\n  b: *a\n", "w:2:6: YAML_SYNTAX: the alias *a stands within what it names"},
		"a merge of itself":      {"a: &a\n  <<: *a\n", "w:2:7: YAML_SYNTAX: a mapping is merged into itself"},
		"a merge of text":        {"<<: x\n", "w:1:5: YAML_SYNTAX: a merge key needs a mapping or a list of mappings"},
		"a tag of its own":       {"a: !Ref b\n", "w:1:9: YAML_SYNTAX: the tag !Ref has no meaning here; write the value itself"},
		"binary data":            {"a: !!binary aGk=\n", "w:1:13: YAML_SYNTAX: the tag !!binary has no meaning here; write the value itself"},
		"a list as key":          {"? [a]\n: b\n", "w:1:3: JSON_SYNTAX: a key must be text, not a list or a mapping"},
		"too deep":               {deep, "w:1:66: JSON_SYNTAX: lists and mappings are nested more than 64 deep"},
		"an alias bomb":          {bomb, "YAML text is too large with its aliases written out"},
		"a bomb of merges":       {merges, "YAML text is too large with its aliases written out"},
		"too many nodes":         {strings.Repeat("[", maxYAMLMarks+1), "w:1:1: TOO_LARGE: the YAML text is too large"},
		"too long":               {strings.Repeat(" ", maxYAML+1), "w:1:1: TOO_LARGE: the YAML text is too large"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, list := fromYAML(&diag.Source{Name: "w", Text: tt.yaml})
			if made != nil || !strings.Contains(list.Error(), tt.want) || len(list) != 1 {
				t.Errorf("%v", list)
			}
		})
	}
}

// TestYAMLPlaces marks keys and values of a text and finds what is there.
func TestYAMLPlaces(t *testing.T) {
	t.Parallel()
	src := &diag.Source{Name: "w", Text: `# çomment
"çé": plain text   # why
'it''s': "a \" b"
list:
- &a {flow: [1, 2,
    3 # three, ]
    ], "x": y}
- *a
- !!str 12
- |
  block
  scalar
-
  deep:
    er: x
`}
	made, list := fromYAML(src)
	if list != nil {
		t.Fatal(list)
	}
	value, list := jsonpos.Parse(made, jsonpos.Limits{Bytes: 1 << 20, Depth: 10})
	if list != nil {
		t.Fatal(list)
	}
	var got []string
	show := func(span diag.Span) {
		start, end := made.Origin.Offset(span.Start), made.Origin.Offset(span.End)
		got = append(got, fmt.Sprintf("%v %s", made.Position(span.Start), src.Text[start:end]))
	}
	var walk func(v jsonpos.Value)
	walk = func(v jsonpos.Value) {
		if v.Kind() != jsonpos.Object && v.Kind() != jsonpos.Array {
			show(v.Span())
		}
		if v.Kind() == jsonpos.Object && v.Span().Start > 0 {
			show(v.Span())
		}
		for m := range v.Members() {
			show(m.KeySpan)
			walk(m.Value)
		}
		for item := range v.Items() {
			walk(item)
		}
	}
	walk(value)
	flow := "{flow: [1, 2,\n    3 # three, ]\n    ], \"x\": y}"
	want := []string{
		`w:2:1 "çé"`, "w:2:7 plain text", "w:3:1 'it''s'", `w:3:10 "a \" b"`, "w:4:1 list",
		"w:5:6 " + flow, "w:5:7 flow", "w:5:14 1", "w:5:17 2", "w:6:5 3", `w:7:8 "x"`, "w:7:13 y",
		"w:5:6 " + flow, "w:5:7 flow", "w:5:14 1", "w:5:17 2", "w:6:5 3", `w:7:8 "x"`, "w:7:13 y",
		"w:9:9 12", "w:10:3 |",
		"w:14:3 deep:\n    er: x", "w:14:3 deep", "w:15:5 er: x", "w:15:5 er", "w:15:9 x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestPlacesOfYAMLCountAsTheReaderDoes holds offsets against a slow count.
func TestPlacesOfYAMLCountAsTheReaderDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab\n\r\u0085\u2028ç𝄞")), 0, 300, -1).Draw(t, "text")
		p := newPlaces(text)
		line, column := 1, 1
		for i, r := range text {
			if got := p.offset(line, column); got != i {
				t.Fatalf("%d:%d is at %d, not %d", line, column, got, i)
			}
			column++
			if r == '\n' || r == '\u0085' || r == '\u2028' || r == '\r' && !strings.HasPrefix(text[i+1:], "\n") {
				line, column = line+1, 1
			}
		}
	})
}
