package stshttp

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/sts"
)

// read decodes a form as the input of an operation.
func read(t testing.TB, action, text string) (any, *sts.Error) {
	t.Helper()
	o, ok := sts.OperationNamed(action)
	if !ok {
		t.Fatal(action)
	}
	pairs, err := parseForm(nil, text)
	if err != nil {
		return nil, err
	}
	root, err := tree(pairs)
	if err != nil {
		return nil, err
	}
	input := o.NewInput()
	return input, decode(root, o.Parameters, input)
}

func TestForms(t *testing.T) {
	t.Parallel()
	tag := func(key, value string) sts.Tag { return sts.Tag{Key: &key, Value: &value} }
	tests := map[string]struct {
		form string
		want sts.AssumeRoleInput
	}{
		"nothing":                 {"", sts.AssumeRoleInput{}},
		"a text":                  {"RoleArn=a", sts.AssumeRoleInput{RoleArn: new("a")}},
		"an empty text":           {"Policy=", sts.AssumeRoleInput{Policy: new("")}},
		"a name alone":            {"Policy", sts.AssumeRoleInput{Policy: new("")}},
		"a number":                {"DurationSeconds=900", sts.AssumeRoleInput{DurationSeconds: new(int32(900))}},
		"blanks and escapes":      {"Policy=a+b%20c%2Bd%3d%26", sts.AssumeRoleInput{Policy: new("a b c+d=&")}},
		"an equal-sign":           {"Policy=a=b", sts.AssumeRoleInput{Policy: new("a=b")}},
		"an escaped name":         {"Tags%2emember%2E1.Key=a&Tags.member.1.Value=b", sts.AssumeRoleInput{Tags: []sts.Tag{tag("a", "b")}}},
		"an empty list":           {"Tags=", sts.AssumeRoleInput{Tags: []sts.Tag{}}},
		"a list of texts":         {"TransitiveTagKeys.member.1=a&TransitiveTagKeys.member.2=b", sts.AssumeRoleInput{TransitiveTagKeys: []string{"a", "b"}}},
		"a list with gaps":        {"TransitiveTagKeys.member.10=c&TransitiveTagKeys.member.9=b&TransitiveTagKeys.member.2=a", sts.AssumeRoleInput{TransitiveTagKeys: []string{"a", "b", "c"}}},
		"a list of structures":    {"Tags.member.2.Key=c&Tags.member.1.Value=b&Tags.member.1.Key=a", sts.AssumeRoleInput{Tags: []sts.Tag{tag("a", "b"), {Key: new("c")}}}},
		"a lower-case member":     {"PolicyArns.member.1.arn=a", sts.AssumeRoleInput{PolicyArns: []sts.PolicyDescriptorType{{Arn: new("a")}}}},
		"an upper-case one":       {"PolicyArns.member.1.Arn=a", sts.AssumeRoleInput{PolicyArns: []sts.PolicyDescriptorType{{}}}},
		"unknown parameters":      {"X=1&Tags.x=1&RoleArn.member.1=a&tags.member.1.Key=a", sts.AssumeRoleInput{}},
		"numbers that are none":   {"TransitiveTagKeys.member.01=a&TransitiveTagKeys.member.0=b&TransitiveTagKeys.member.x=c&TransitiveTagKeys.member.-1=d&TransitiveTagKeys.member.1=e", sts.AssumeRoleInput{TransitiveTagKeys: []string{"e"}}},
		"a number without end":    {"TransitiveTagKeys.member.99999999999999999999=a&TransitiveTagKeys.member.1=e", sts.AssumeRoleInput{TransitiveTagKeys: []string{"e"}}},
		"a list that is a text":   {"Tags.member=1", sts.AssumeRoleInput{}},
		"more parts than any has": {"Tags.member.1.Key.a.b.c.d.e.f=1", sts.AssumeRoleInput{}},
		"ampersands":              {"&&RoleArn=a&", sts.AssumeRoleInput{RoleArn: new("a")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(t, "AssumeRole", test.form)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestStructuresThatAreNoMembers(t *testing.T) {
	t.Parallel()
	got, err := read(t, "AssumeRoot", "TaskPolicyArn.arn=a&TargetPrincipal=b")
	if err != nil {
		t.Fatal(err)
	}
	want := &sts.AssumeRootInput{TargetPrincipal: new("b"), TaskPolicyArn: &sts.PolicyDescriptorType{Arn: new("a")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got, err := read(t, "AssumeRoot", "TaskPolicyArn=a"); err != nil || got.(*sts.AssumeRootInput).TaskPolicyArn != nil {
		t.Error(got, err)
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	const head = "1 validation error detected: Value '%s' at 'durationSeconds' failed to satisfy constraint: Member must %s"
	for value, must := range map[string]string{
		"abc": "be an integer", "": "be an integer", "1.5": "be an integer", "-": "be an integer", "0x10": "be an integer", "1_0": "be an integer",
		"2147483648": "have value less than or equal to 2147483647", "-2147483649": "have value greater than or equal to -2147483648",
	} {
		_, err := read(t, "AssumeRole", "DurationSeconds="+value)
		if err == nil || err.Code != sts.ValidationError || err.Status != http.StatusBadRequest || err.Message != fmt.Sprintf(head, value, must) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// TestEveryInputComesBack writes random inputs of every operation as forms the
// way SDKs do, and reads them.
func TestEveryInputComesBack(t *testing.T) {
	t.Parallel()
	for o := range sts.Operations() {
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				want, form := o.NewInput(), url.Values{}
				draw(t, form, "", o.Parameters, reflect.ValueOf(want).Elem())
				pairs, err := parseForm(nil, form.Encode())
				if err != nil {
					t.Fatal(err)
				}
				root, err := tree(pairs)
				if err != nil {
					t.Fatal(err)
				}
				got := o.NewInput()
				if err := decode(root, o.Parameters, got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("-want +got\n%s", diff)
				}
			})
		})
	}
}

// draw fills a struct, and writes it as a form.
func draw(t *rapid.T, form url.Values, path string, parameters []sts.Parameter, v reflect.Value) {
	for i := range parameters {
		if p := &parameters[i]; rapid.Bool().Draw(t, path+p.Name) {
			drawValue(t, form, path+p.Name, p, v.Field(p.Field))
		}
	}
}

func drawValue(t *rapid.T, form url.Values, path string, p *sts.Parameter, v reflect.Value) {
	switch p.Kind {
	case sts.Text:
		text := rapid.String().Draw(t, path)
		form.Set(path, text)
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.ValueOf(&text))
		} else {
			v.SetString(text)
		}
	case sts.Integer:
		n := rapid.Int32().Draw(t, path)
		form.Set(path, fmt.Sprint(n))
		v.Set(reflect.ValueOf(&n))
	case sts.List:
		n := rapid.IntRange(0, 12).Draw(t, path)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		if n == 0 {
			form.Set(path, "")
		}
		for i := range n {
			drawValue(t, form, fmt.Sprintf("%s.member.%d", path, i+1), p.Member, v.Index(i))
		}
	case sts.Structure:
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		}
		for i := range p.Members { // all of them: without any there is nothing to see
			drawValue(t, form, path+"."+p.Members[i].Name, &p.Members[i], v.Field(p.Members[i].Field))
		}
	}
}

// FuzzForm reads any text as a form: it ends, and what was read is what
// net/url reads.
func FuzzForm(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		pairs, err := parseForm(nil, text)
		if err != nil {
			return
		}
		if len(pairs) > MaxParameters {
			t.Fatalf("%d parameters", len(pairs))
		}
		if !strings.Contains(text, ";") { // which net/url refuses
			want, err := url.ParseQuery(text)
			if err != nil {
				t.Fatalf("net/url: %v", err)
			}
			got := url.Values{}
			for _, p := range pairs {
				got.Add(p.name, p.value)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("-want +got\n%s", diff)
			}
		}
		root, err := tree(pairs)
		if err != nil {
			return
		}
		for o := range sts.Operations() {
			_ = decode(root, o.Parameters, o.NewInput())
		}
	})
}

// FuzzAuthorization answers requests with any header, date and query string:
// never with a success, since none of them knows the secret.
func FuzzAuthorization(f *testing.F) {
	l := newLab(f)
	f.Fuzz(func(t *testing.T, header, date, query string) {
		r := httptest.NewRequest(http.MethodPost, "http://"+host+"/", strings.NewReader(identify))
		r.Header.Set("Content-Type", form)
		r.Header["X-Amz-Date"] = []string{date}
		if header != "" {
			r.Header["Authorization"] = []string{header}
		}
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		l.ServeHTTP(w, r)
		l.log.Reset()
		if w.Code == http.StatusOK || w.Code >= http.StatusInternalServerError {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}
