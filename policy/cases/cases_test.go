package cases_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy/cases"
	"github.com/rolecall/rolecall/rolecalltest/gen"
)

// texts cuts a stream and gives "first line: text" of every case.
func texts(t testing.TB, in io.Reader) []string {
	t.Helper()
	r := cases.NewReader(in, "f")
	var out []string
	for {
		src, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			return append(out, "error: "+err.Error())
		}
		out = append(out, fmt.Sprintf("%d: %s", src.FirstLine, src.Text))
	}
}

func TestReaderCutsStreams(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"nothing":                       {"", nil},
		"blank lines":                   {"\n  \n\t\n", nil},
		"a case a line":                 {"{\"a\": 1}\n{\"b\": 2}\n", []string{`1: {"a": 1}`, `2: {"b": 2}`}},
		"no line break at the end":      {"{}\n{\"b\": 2}", []string{`1: {}`, `2: {"b": 2}`}},
		"line breaks of Windows":        {"{}\r\n\r\n{}\r\n", []string{"1: {}", "3: {}"}},
		"a case over several lines":     {"{\n  \"a\": [\n    1\n  ]\n}\n\n{}\n", []string{"1: {\n  \"a\": [\n    1\n  ]\n}", "7: {}"}},
		"brackets in strings":           {"{\"a\": \"}{[\\\"]\"}\n{}\n", []string{`1: {"a": "}{[\"]"}`, "2: {}"}},
		"a line that is no case":        {"hello\n{}\n", []string{"1: hello", "2: {}"}},
		"a case that does not end":      {"{\"a\": [1,\n{}\n", []string{`1: {"a": [1,`, "2: {}"}},
		"a string that does not end":    {"{\"a\": \"x\n{}\n", []string{`1: {"a": "x`, "2: {}"}},
		"the last case does not end":    {"{}\n{\"a\": 1", []string{"1: {}", `2: {"a": 1`}},
		"too many closing brackets":     {"{}}]\n{}\n", []string{"1: {}}]", "2: {}"}},
		"two broken cases in a row":     {"{\n{\n{}\n", []string{"1: {", "2: {", "3: {}"}},
		"a blank line within a case":    {"{\n\n\"a\": 1}\n", []string{"1: {\n\n\"a\": 1}"}},
		"white space before a case":     {"  {}\n", []string{"1:   {}"}},
		"a backslash at the end of one": {"{\"a\": \"\\\n{}\n", []string{`1: {"a": "\`, "2: {}"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, in := range map[string]io.Reader{"whole": strings.NewReader(tt.text), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.text))} {
				if diff := cmp.Diff(tt.want, texts(t, in)); diff != "" {
					t.Errorf("%s: -want +got\n%s", how, diff)
				}
			}
		})
	}
}

func TestReaderReportsErrorsOfTheStream(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader("{}\n{\"a\""), iotest.ErrReader(errors.New("disk on fire")))
	if diff := cmp.Diff([]string{"1: {}", "error: f:1: disk on fire"}, texts(t, broken)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestReaderIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2*cases.MaxBytes)
	for name, text := range map[string]string{
		"a line":     `{"name": "long", "source": "` + long + `"}` + "\n{}\n",
		"many lines": `{"name": "long", "source": [` + "\n" + strings.Repeat(" 1,\n", cases.MaxBytes/3) + " 1]}\n{}\n",
	} {
		r := cases.NewReader(strings.NewReader(text), "f")
		src, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if n := len(src.Text); n > 2*cases.MaxBytes {
			t.Errorf("%s: %d bytes of a case", name, n)
		}
		got := cases.Parse(src, cases.Options{}).Decide()
		if got.Outcome() != cases.DecisionError || !strings.Contains(got.Problems.Error(), "more than the 16777216 that are read") {
			t.Errorf("%s: %.200s", name, got.Problems.Error())
		}
		if src, err = r.Next(); err != nil || src.Text != "{}" {
			t.Errorf("%s: the stream goes on: %v", name, err)
		}
	}
}

func TestCasesThatTakeTooLongAreRefused(t *testing.T) {
	t.Parallel()
	manyPatterns := `"` + strings.Repeat(`*a?b*", "`, 5000) + `*"`
	tests := map[string]struct {
		value, patterns string
		resource        int // the length of the requested resource
		refused         bool
	}{
		"a thousand long values, many patterns": {`["` + strings.Repeat(strings.Repeat("a", 100)+`", "`, 999) + `"]`, manyPatterns, 100, true},
		"a long value, many patterns":           {`"` + strings.Repeat("a", 100_000) + `"`, manyPatterns, 100, true},
		"a long value, a variable":              {`"` + strings.Repeat("a", 100_000) + `"`, `"*${a:b}*"`, 100, true},
		"a long resource, many resources":       {`"x"`, manyPatterns, 7000, true},
		"a long value, 2,000 stars":             {`"` + strings.Repeat("a", 1_000_000) + `"`, `"` + strings.Repeat("*a", 2000) + `b"`, 100, false},
		"a short value, many patterns":          {`"` + strings.Repeat("a", 1000) + `"`, manyPatterns, 100, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := parse(`{"request": {"principal": "arn:aws:iam::111122223333:user/bob", "action": "s3:GetObject",
				"resource": "arn:aws:s3:::` + strings.Repeat("b", tt.resource) + `", "context": {"a:b": ` + tt.value + `}},
				"identityPolicies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
				"Resource": [` + strings.Repeat(`"arn:aws:s3:::*c*", `, 15_000) + `"*"],
				"Condition": {"ForAnyValue:StringLike": {"a:b": [` + tt.patterns + `]}}}}]}`)
			switch got := c.Problems.Error(); {
			case tt.refused && !strings.Contains(got, "BAD_VALUE: to decide the case could take"):
				t.Errorf("not refused: %.200s", got)
			case !tt.refused && c.Problems.HasErrors():
				t.Errorf("refused: %.200s", got)
			}
		})
	}
}

func TestIdle(t *testing.T) {
	t.Parallel()
	r := cases.NewReader(strings.NewReader("{}\n{}\n"), "f")
	if _, err := r.Next(); err != nil || r.Idle() {
		t.Error("the second case is there already")
	}
	if _, err := r.Next(); err != nil || !r.Idle() {
		t.Error("there is nothing more")
	}
}

func parse(text string) *cases.Case {
	return cases.Parse(&diag.Source{Name: "f", Text: text, FirstLine: 7}, cases.Options{Time: time.Unix(1795262400, 0)})
}

const (
	request = `"request": {"principal": "arn:aws:iam::111122223333:user/bob", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}`
	allow   = `{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`
)

func TestParseFindsProblems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"nothing wrong":              {`{"name": "x", ` + request + `}`, nil},
		"not JSON":                   {`{"name": "x",}`, []string{`f:7:14: JSON_SYNTAX: not valid JSON: invalid character '}' looking for beginning of object key string`}},
		"not an object":              {`[]`, []string{`f:7:1: DATA_TYPE: a case must be an object, not an array`}},
		"an empty object":            {`{}`, []string{`f:7:1: MISSING_FIELD: the field request is missing`}},
		"an unknown field":           {`{"nam": "x", ` + request + `}`, []string{`f:7:2: UNKNOWN_FIELD: unknown field "nam" at nam; did you mean "name"?`}},
		"a field twice":              {`{"name": "x", "name": "y", ` + request + `}`, []string{`f:7:15: DUPLICATE_KEY: "name" occurs twice at name; keep one of them`}},
		"fields of another type":     {`{"name": 1, "source": null, ` + request + `}`, []string{`f:7:10: DATA_TYPE: name must be a string, not a number at name`, `f:7:23: DATA_TYPE: source must be a string, not null at source`}},
		"a request that is a list":   {`{"request": []}`, []string{`f:7:13: DATA_TYPE: request must be an object, not an array at request`}},
		"an incomplete request":      {`{"request": {"action": "s3:Get"}}`, []string{`f:7:13: MISSING_FIELD: the field principal is missing at request`, `f:7:13: MISSING_FIELD: the field resource is missing at request`}},
		"an unknown request field":   {`{"request": {"principal": "*", "action": "a:b", "resource": "*", "ressource": "*"}}`, []string{`f:7:66: UNKNOWN_FIELD: unknown field "ressource" at request.ressource; did you mean "resource"?`}},
		"a context that is a string": {`{"request": {"principal": "*", "action": "a:b", "resource": "*", "context": "x"}}`, []string{`f:7:77: DATA_TYPE: context must be an object, not a string at request.context`}},
		"context values":             {`{"request": {"principal": "*", "action": "a:b", "resource": "*", "context": {"a:a": null, "a:b": [1, {}]}}}`, []string{`f:7:85: DATA_TYPE: a context value must be a string, a number, a boolean or an array of them, not null at request.context.a:a`, `f:7:102: DATA_TYPE: a context value must be a string, a number or a boolean, not an object at request.context.a:b[1]`}},
		"a context key twice":        {`{"request": {"principal": "*", "action": "a:b", "resource": "*", "context": {"a:a": 1, "A:A": 2}}}`, []string{`f:7:88: DUPLICATE_KEY: the same condition key twice (case does not count): "a:a" and "A:A" at request.context.A:A; keep one of them`}},
		"too many context values":    {`{"request": {"principal": "*", "action": "a:b", "resource": "*", "context": {"a:a": [` + strings.Repeat("1,", 1000) + `1]}}}`, []string{`f:7:78: BAD_VALUE: too many condition keys or values: at most 1000 keys and 1000 values a key are taken at request.context.a:a`}},
		"a policy that is too long":  {`{"resourcePolicy": {"Id": "` + strings.Repeat("x", 2<<20) + `"}, ` + request + `}`, []string{`f:7:20: JSON_SYNTAX: the policy has 2097162 bytes, more than the 2097152 that are read at resourcePolicy`}},
		"an expected decision":       {`{"expect": {"decision": "allow"}, ` + request + `}`, []string{`f:7:25: BAD_VALUE: no decision can be "allow" at expect.decision; did you mean "allowed"?`}},
		"no expected decision":       {`{"expect": {"error": "x"}, ` + request + `}`, []string{`f:7:12: MISSING_FIELD: the field decision is missing at expect`}},
		"an expectation of a string": {`{"expect": "allowed", ` + request + `}`, []string{`f:7:12: DATA_TYPE: expect must be an object, not a string at expect`}},
		"policies that are no lists": {`{"identityPolicies": {}, "serviceControlPolicies": [{}], "resourceControlPolicies": 1, ` + request + `}`, []string{`f:7:22: DATA_TYPE: identityPolicies must be an array of policies, not an object at identityPolicies`, `f:7:53: DATA_TYPE: serviceControlPolicies[0] must be an array of policies, not an object at serviceControlPolicies[0]`, `f:7:85: DATA_TYPE: resourceControlPolicies must be an array of levels, not a number at resourceControlPolicies`}},
		"problems of policies": {
			`{"identityPolicies": [` + allow + `, {"Version": "1"}], "permissionsBoundary": 5, "serviceControlPolicies": [[], [` + strings.Replace(allow, "Sid", "sid", 1) + `]], ` + request + `}`,
			[]string{
				`f:7:133: MISSING_STATEMENT: a policy needs a Statement at identityPolicies[1]`,
				`f:7:145: VERSION: there is no Version "1" at identityPolicies[1].Version; use "2012-10-17"`,
				`f:7:175: JSON_SYNTAX: a policy is a JSON object, not a number at permissionsBoundary`,
				`f:7:251: UNKNOWN_ELEMENT: unknown element "sid" in a statement at serviceControlPolicies[1][0].Statement[0].sid; did you mean "Sid"?`,
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range parse(tt.text).Problems {
				got = append(got, d.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestABrokenCaseKeepsItsName(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"name": "x", "request": {`:              "x",
		`{"request": {"a": [1]}, "name": "y" "z"`: "y",
		`{"request": {"a": [1}, "name": "y"}`:     "",
		`{"name": 5, `:                            "",
		`{`:                                       "",
		`x`:                                       "",
		`[`:                                       "",
	}
	for text, want := range tests {
		if got := parse(text).Name; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestResults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"allowed": {
			`{"name": "a \"quoted\" name", ` + request + `, "identityPolicies": [` + allow + `]}`,
			`{"name":"a \"quoted\" name","decision":"allowed","reason":"identity","blockedBy":[],"matched":[{"policy":"identityPolicies[0]","sid":"A","effect":"Allow","layer":"identity","position":"f:7:214"}]}`,
		},
		"denied": {
			`{"name": "d", ` + request + `, "sessionPolicies": []}`,
			`{"name":"d","decision":"implicitDeny","reason":"identity","blockedBy":["identity"],"matched":[]}`,
		},
		"denied by two": {
			`{"name": "d", ` + request + `, "permissionsBoundary": ` + strings.Replace(allow, "Allow", "Deny", 1) + `, "serviceControlPolicies": [[` + strings.Replace(allow, "Allow", "Deny", 1) + `]]}`,
			`{"name":"d","decision":"explicitDeny","reason":"scp","blockedBy":["scp","identity","boundary"],"matched":[{"policy":"serviceControlPolicies[0][0]","sid":"A","effect":"Deny","layer":"scp","position":"f:7:337"},{"policy":"permissionsBoundary","sid":"A","effect":"Deny","layer":"boundary","position":"f:7:200"}]}`,
		},
		"invalid": {
			`{"name": "i"}`,
			`{"name":"i","decision":"error","reason":"","blockedBy":[],"matched":[],"error":"f:7:1: MISSING_FIELD: the field request is missing"}`,
		},
		"a principal nobody can be": {
			`{"name": "p", "request": {"principal": "bob", "action": "s3:Get", "resource": "*"}}`,
			`{"name":"p","decision":"error","reason":"","blockedBy":[],"matched":[],"error":"f:7:1: BAD_REQUEST: bad request: no principal can have this name: \"bob\": give an ARN, a service such as \"ec2.amazonaws.com\", or \"*\""}`,
		},
		"impossible": {
			`{"name": "b", ` + request + `, "sessionPolicies": [` + allow + `]}`,
			`{"name":"b","decision":"error","reason":"","blockedBy":[],"matched":[],"error":"f:7:1: BAD_REQUEST: impossible request: an IAM user cannot have a session policy"}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := parse(tt.text)
			if diff := cmp.Diff(tt.want, string(c.Decide().AppendJSON(nil))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			explained := string(c.Explain().AppendJSON(nil))
			if !json.Valid([]byte(explained)) || !strings.HasPrefix(explained, strings.TrimSuffix(tt.want, "}")) {
				t.Errorf("the explained form begins in the same way: %s", explained)
			}
		})
	}
}

func TestExplanationOfAResult(t *testing.T) {
	t.Parallel()
	c := parse(`{"name": "e", "request": {"principal": "arn:aws:iam::111122223333:user/bob", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "444455556666", "context": {"a:l": ["<x>"], "a:e": []}},
 "identityPolicies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::x", "Condition": {"StringEquals": {"a:l": "x", "a:m": "y"}, "ForAnyValue:StringEquals": {"a:e": "z"}, "NumericEquals": {"a:n": "q"}}}}],
 "resourcePolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}]}}`)
	var got struct {
		Explanation json.RawMessage
		Warnings    []string
	}
	if err := json.Unmarshal(c.Explain().AppendJSON(nil), &got); err != nil {
		t.Fatal(err)
	}
	want := `{"message":"User: arn:aws:iam::111122223333:user/bob is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k because no identity-based policy allows the s3:GetObject action",` +
		`"crossAccount":true,"missingKeys":["a:m","a:n"],"layers":[` +
		`{"layer":"resource","level":0,"statements":[{"policy":"resourcePolicy","index":0,"sid":"","effect":"Allow","position":"f:9:60","applies":"true","principal":"account","action":{"matches":"true","item":"s3:*"},"resource":{"matches":"true","item":"*"},"conditions":[]}]},` +
		`{"layer":"identity","level":0,"statements":[{"policy":"identityPolicies[0]","index":0,"sid":"","effect":"Allow","position":"f:8:62","applies":"false","action":{"matches":"true","item":"s3:*"},"resource":{"matches":"true","not":true},"conditions":[` +
		`{"operator":"StringEquals","key":"a:l","values":["x"],"seen":["<x>"],"multivalued":true,"result":"false","note":"the key is multivalued, and the operator has neither ForAllValues nor ForAnyValue"},` +
		`{"operator":"StringEquals","key":"a:m","values":["y"],"seen":null,"result":"false","note":"the key is missing"},` +
		`{"operator":"ForAnyValue:StringEquals","key":"a:e","values":["z"],"seen":[],"multivalued":true,"result":"false","note":"the key has no values"},` +
		`{"operator":"NumericEquals","key":"a:n","values":["q"],"seen":null,"result":"false","note":"the key is missing"}]}]}]}`
	warnings := []string{`f:8:256: warning: TYPE_MISMATCH_VALUE: NumericEquals cannot read "q": it matches nothing at Statement.Condition.NumericEquals.a:n`}
	if diff := cmp.Diff(warnings, got.Warnings); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff(want, string(got.Explanation)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestMismatch(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ expect, want string }{
		"as expected":        {`{"decision": "allowed"}`, ""},
		"another decision":   {`{"decision": "explicitDeny"}`, "expected explicitDeny, got allowed by identity"},
		"an error":           {`{"decision": "error"}`, "expected error, got allowed by identity"},
		"nothing is expect":  {`null`, "?"},
		"an unknown outcome": {`{"decision": "yes"}`, "?"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := parse(`{"name": "m", "expect": ` + tt.expect + `, ` + request + `, "identityPolicies": [` + allow + `]}`).Decide().Mismatch()
			if tt.want != "?" && got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if tt.want == "?" && got != "" {
				t.Errorf("there is no expectation to differ from: %q", got)
			}
		})
	}
	for expect, want := range map[string]string{
		`{"decision": "error", "error": "MISSING_STATEMENT"}`: "",
		`{"decision": "error"}`:                               "",
		`{"decision": "error", "error": "VERSION"}`:           "expected an error with VERSION, got f:7:",
		`{"decision": "allowed"}`:                             "expected allowed, got error: f:7:",
	} {
		got := parse(`{"name": "m", "expect": ` + expect + `, ` + request + `, "identityPolicies": [{"Version": "2012-10-17"}]}`).Decide().Mismatch()
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", expect, got, want)
		}
	}
	denied := parse(`{"name": "m", "expect": {"decision": "allowed"}, ` + request + `}`).Decide().Mismatch()
	if want := "expected allowed, got implicitDeny: User: arn:aws:iam::111122223333:user/bob is not authorized"; !strings.HasPrefix(denied, want) {
		t.Errorf("%q, want %q", denied, want)
	}
}

func TestTrustPoliciesAreThoseOfRoles(t *testing.T) {
	t.Parallel()
	trust := `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*"}}`
	for resource, refused := range map[string]bool{"arn:aws:iam::111122223333:role/x": false, "arn:aws:iam::111122223333:user/x": true, "*": true, "x": true} {
		c := parse(`{"request": {"principal": "*", "action": "sts:AssumeRole", "resource": "` + resource + `"}, "resourcePolicy": ` +
			strings.Replace(trust, `"Action"`, `"Resource": "*", "Action"`, 1) + `}`)
		if got := !c.Problems.HasErrors(); got != refused {
			t.Errorf("%s: a policy with Resource is taken: %t", resource, got)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("{}\n{\"a\": [\n1]\n}\n{\"\\"))
	f.Add([]byte(`{"name": "x", ` + request + `, "identityPolicies": [` + allow + `], "expect": {"decision": "allowed"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := cases.NewReader(strings.NewReader(string(data)), "f")
		for lines := 0; ; lines++ {
			src, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil || lines > len(data) {
				t.Fatalf("case %d of %d bytes: %v", lines, len(data), err)
			}
			result := cases.Parse(src, cases.Options{}).Explain()
			if line := result.AppendJSON(nil); !json.Valid(line) {
				t.Fatalf("the result is not JSON: %s", line)
			}
			_ = result.Mismatch()
		}
	})
}

func TestDrawnCasesAreValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(gen.Case().Draw(t, "case"))
		if err != nil {
			t.Fatal(err)
		}
		if result := parse(string(text)).Decide(); result.Problems != nil {
			t.Fatalf("%s: %v", text, result.Problems)
		}
	})
}
