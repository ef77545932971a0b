package stshttp

import (
	"encoding/json"
	"encoding/xml"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type inner struct{ A, B string }

type Embedded struct{ N int32 }

type output struct {
	Text    string
	None    string
	Number  int32
	Zero    int32
	Yes, No bool
	When    time.Time
	Never   time.Time
	Inner   inner
	Nil     *inner
	Set     *inner
	Empty   []string
	Absent  []string
	List    []inner
	Map     map[string]string
	Embedded
}

func sample() *output {
	return &output{
		Text: `<a & "b">`, Number: 7, Yes: true, When: time.Date(2019, 11, 1, 20, 26, 47, 5e8, time.FixedZone("", 3600)),
		Inner: inner{A: "x"}, Set: &inner{B: "y"}, Empty: []string{}, List: []inner{{A: "1"}, {B: "2"}},
		Map: map[string]string{"k2": "w", "k1": "v"}, Embedded: Embedded{3},
	}
}

func TestXMLOfAnOutput(t *testing.T) {
	t.Parallel()
	const want = "<Text>&lt;a &amp; &quot;b&quot;&gt;</Text><Number>7</Number><Yes>true</Yes><No>false</No><When>2019-11-01T19:26:47Z</When>" +
		"<Inner><A>x</A></Inner><Set><B>y</B></Set><Empty></Empty><List><member><A>1</A></member><member><B>2</B></member></List>" +
		"<Map><entry><key>k1</key><value>v</value></entry><entry><key>k2</key><value>w</value></entry></Map><N>3</N>"
	if diff := cmp.Diff(want, string(appendXML(nil, reflect.ValueOf(sample())))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestJSONOfAnOutput(t *testing.T) {
	t.Parallel()
	var got any
	text := appendJSON(nil, reflect.ValueOf(sample()))
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	want := map[string]any{
		"Text": `<a & "b">`, "Number": 7., "Yes": true, "No": false, "When": 1572636407.,
		"Inner": map[string]any{"A": "x"}, "Set": map[string]any{"B": "y"}, "Empty": []any{},
		"List": []any{map[string]any{"A": "1"}, map[string]any{"B": "2"}}, "Map": map[string]any{"k1": "v", "k2": "w"}, "N": 3.,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestEveryTextCanBeRead writes any text into XML, and reads it with Go's
// reader: it comes back, but for what XML cannot hold.
func TestEveryTextCanBeRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		var got string
		if err := xml.Unmarshal([]byte("<x>"+string(appendEscaped(nil, text))+"</x>"), &got); err != nil {
			t.Fatal(err)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				return utf8.RuneError
			}
			return r
		}, text)
		if got != want {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
