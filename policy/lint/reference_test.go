package lint

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

func TestReadReference(t *testing.T) {
	t.Parallel()
	r := reference(t)
	s3 := r.service("s3")
	if s3 == nil || len(s3.actions) != 4 || len(s3.resources) != 3 || len(s3.keys) != 4 {
		t.Fatalf("%+v", s3)
	}
	want := conditions.KnownKey{Name: "s3:ExistingObjectTag/", Types: conditions.StringKey, Named: true}
	if got := s3.keys["s3:existingobjecttag/"]; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := s3.keys["s3:requestobjecttagkeys"]; !got.Multivalued || got.Types != conditions.StringKey {
		t.Errorf("%+v", got)
	}
	run := r.service("ec2").actions["runinstances"]
	if diff := cmp.Diff([]string{"instance", "image"}, run.resources); diff != "" {
		t.Error(diff)
	}
	for _, key := range []string{"ec2:instancetype", "aws:tagkeys", "aws:requesttag/", "aws:resourcetag/"} {
		if !run.keys[key] {
			t.Errorf("RunInstances has no key %s: %v", key, run.keys)
		}
	}
	if !r.isListed("sqs") || !r.isListed("s3") || r.isListed("sqss") {
		t.Error("the index is not followed")
	}
}

func TestReferencesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	many := fstest.MapFS{}
	for i := range maxReferenceFiles + 1 {
		many[itoa(i)+".json"] = &fstest.MapFile{Data: []byte("[]")}
	}
	tests := map[string]struct {
		dir  fstest.MapFS
		want string
	}{
		"nothing there":  {fstest.MapFS{"a.txt": &fstest.MapFile{}}, "the folder has no .json files"},
		"too many files": {many, "2001 files, more than the 2000"},
		"not JSON":       {fstest.MapFS{"s3.json": &fstest.MapFile{Data: []byte("{")}}, "s3.json:1:1: JSON_SYNTAX"},
		"another format": {fstest.MapFS{"s3.json": &fstest.MapFile{Data: []byte(`{"service_name": "s3"}`)}}, "s3.json:1:1: SERVICE_REFERENCE: no service authorization reference"},
		"a string":       {fstest.MapFS{"s3.json": &fstest.MapFile{Data: []byte(`"s3"`)}}, "SERVICE_REFERENCE"},
		"a folder":       {fstest.MapFS{"s3.json/x": &fstest.MapFile{}}, "s3.json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := ReadReference(tt.dir); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, code, hint string }{
		"an action":               {allow(`"Action": "s3:GetObjct", "Resource": "*"`), "UNKNOWN_ACTION", `did you mean "s3:GetObject"?`},
		"an action of no kind":    {allow(`"Action": "s3:Xyz", "Resource": "*"`), "UNKNOWN_ACTION", "look the action up in the service authorization reference"},
		"a service":               {allow(`"Action": "sqss:SendMessage", "Resource": "*"`), "UNKNOWN_SERVICE", `did you mean "sqs"?`},
		"a key of a service":      {when(`"StringEquals": {"s3:perfix": "x"}`), "UNKNOWN_CONDITION_KEY", `did you mean "s3:prefix"?`},
		"a global key":            {when(`"StringEquals": {"aws:PrincipalOrgId ": "x"}`), "UNKNOWN_CONDITION_KEY", `did you mean "aws:PrincipalOrgID"?`},
		"a tag key without slash": {when(`"StringEquals": {"aws:PrincipalTags/team": "x"}`), "UNKNOWN_CONDITION_KEY", `did you mean "aws:PrincipalTag/"?`},
		"the ARN of the caller":   {when(`"StringEquals": {"aws:ARN": "x"}`), "UNKNOWN_CONDITION_KEY", `did you mean "aws:PrincipalArn"?`},
		"a format of an ARN":      {allow(`"Action": "ec2:StopInstances", "Resource": "arn:aws:ec2:eu-west-1:111122223333:i-1"`), "ARN_FORMAT", "its resources are written arn:${Partition}:ec2:${Region}::image/${ImageId} or arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}"},
		"a service principal":     {when(`"StringEquals": {"iam:PassedToService": "lambda"}`), "SERVICE_PRINCIPAL_FORMAT", `did you mean "lambda.amazonaws.com"?`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, f := range findings(t, policy.Identity, tt.text) {
				if f.Code == tt.code {
					if f.Hint != tt.hint {
						t.Errorf("%q, want %q", f.Hint, tt.hint)
					}
					return
				}
			}
			t.Errorf("no %s", tt.code)
		})
	}
}

func FuzzReadReference(f *testing.F) {
	f.Add(`{"Name": "s3", "Actions": [{"Name": "GetObject", "ActionConditionKeys": ["s3:TlsVersion"], "Resources": [{"Name": "object", "ConditionKeys": ["aws:ResourceTag/${TagKey}"]}]}], "Resources": [{"Name": "object", "ARNFormats": ["arn:${Partition}:s3:::${B}/${O}", "arn:"]}], "ConditionKeys": [{"Name": "s3:x", "Types": ["ArrayOfString"]}]}`)
	f.Add(`[{"service": "s3", "url": "x"}, 1, {}]`)
	f.Add(`{"Name": "s3", "Actions": [1, {"Name": ["x"]}], "Resources": {}, "ConditionKeys": "x"}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadReference(fstest.MapFS{"s3.json": &fstest.MapFile{Data: []byte(text)}})
		if err != nil {
			return
		}
		for _, s := range []string{allow(get), allow(`"Action": ["s3:*", "ec2:X"], "Resource": "arn:aws:s3:a:b:c", "Condition": {"StringEquals": {"s3:x": "1", "aws:ResourceTag/x": "y"}}`)} {
			d, problems := policy.Parse(&diag.Source{Text: s}, policy.Options{Kind: policy.Identity})
			if d == nil {
				t.Fatal(problems)
			}
			Check(d, Options{Reference: r})
		}
	})
}
