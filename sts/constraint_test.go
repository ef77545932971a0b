package sts

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConstraints(t *testing.T) {
	t.Parallel()
	const one = "1 validation error detected: "
	long := strings.Repeat("x", 65)
	change := func(f func(*AssumeRoleInput)) any { return in(deployARN, f) }
	tests := map[string]struct {
		rules *rules
		input any
		want  string
	}{
		"all is well": {assumeRole, in(deployARN), ""},
		"session name with a colon": {
			assumeRole, change(func(in *AssumeRoleInput) { in.RoleSessionName = new("Session1:2") }),
			one + `Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		},
		"session name too long": {
			assumeRole, change(func(in *AssumeRoleInput) { in.RoleSessionName = &long }),
			one + `Value '` + long + `' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
		},
		"letters beyond ASCII are no word characters, and count by code point": {
			assumeRole, change(func(in *AssumeRoleInput) { in.RoleSessionName = new("é") }),
			"2 validation errors detected: Value 'é' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2; " +
				`Value 'é' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		},
		"nothing given": {
			assumeRole, &AssumeRoleInput{},
			"2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
				"Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
		},
		"an empty text is held to its length": {
			assumeRole, change(func(in *AssumeRoleInput) { in.ExternalId = new("") }),
			one + "Value '' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
		},
		"an empty policy violates length and pattern": {
			assumeRole, change(func(in *AssumeRoleInput) { in.Policy = new("") }),
			"2 validation errors detected: Value '' at 'policy' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
				`Value '' at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`,
		},
		"a role ARN that is too short": {
			assumeRole, in("arn:aws:iam::1:x"),
			one + "Value 'arn:aws:iam::1:x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
		},
		"a duration too short": {
			getSessionToken, &GetSessionTokenInput{DurationSeconds: new(int32(600))},
			one + "Value '600' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
		},
		"a duration too long": {
			getFederationToken, &GetFederationTokenInput{Name: new("fred"), DurationSeconds: new(int32(129601))},
			one + "Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600",
		},
		"a negative duration": {
			assumeRoot, &AssumeRootInput{TargetPrincipal: new(work), TaskPolicyArn: &PolicyDescriptorType{}, DurationSeconds: new(int32(-1))},
			one + "Value '-1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 0",
		},
		"a token code": {
			getSessionToken, &GetSessionTokenInput{TokenCode: new("12 45")},
			"2 validation errors detected: Value '12 45' at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6; " +
				`Value '12 45' at 'tokenCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\d]*`,
		},
		"members of a list by their place": {
			assumeRole, change(func(in *AssumeRoleInput) { in.Tags = append(tags("a", "b", "", "x\x00"), Tag{Key: new("c")}) }),
			"4 validation errors detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
				`Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+; ` +
				"Value 'x\x00' at 'tags.2.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*; " +
				"Value null at 'tags.3.member.value' failed to satisfy constraint: Member must not be null",
		},
		"too many tags": {
			assumeRole, change(func(in *AssumeRoleInput) { in.Tags = tags(strings.Split(strings.Repeat("k,v,", 51), ",")[:102]...) }),
			one + "Value '[51 members]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
		},
		"a member of a policy list": {
			assumeRole, change(func(in *AssumeRoleInput) { in.PolicyArns = []PolicyDescriptorType{{Arn: new("x")}} }),
			one + "Value 'x' at 'policyArns.1.member.arn' failed to satisfy constraint: Member must have length greater than or equal to 20",
		},
		"an empty list of at least one": {
			getWebIdentityToken, &GetWebIdentityTokenInput{Audience: []string{}, SigningAlgorithm: new("RS256")},
			one + "Value '[]' at 'audience' failed to satisfy constraint: Member must have length greater than or equal to 1",
		},
		"no list at all": {
			getWebIdentityToken, &GetWebIdentityTokenInput{SigningAlgorithm: new("RS256")},
			one + "Value null at 'audience' failed to satisfy constraint: Member must not be null",
		},
		"secrets are not repeated": {
			assumeRoleWithSAML, &AssumeRoleWithSAMLInput{RoleArn: new(deployARN), PrincipalArn: new(samlARN), SAMLAssertion: new("abc")},
			one + "Value at 'sAMLAssertion' failed to satisfy constraint: Member must have length greater than or equal to 4",
		},
		"a policy beyond the model's maximum": {
			getFederationToken, &GetFederationTokenInput{Name: new("fred"), Policy: new(strings.Repeat(" ", 2049))},
			one + "Value '" + strings.Repeat(" ", 2049) + "' at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
		},
		"a minimum size beyond the maximum": {
			getSessionToken, &GetSessionTokenInput{MinimumSessionTokenSize: new(int32(4097))},
			one + "Value '4097' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have value less than or equal to 4096",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.rules.check(tt.input)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			fails(t, err, 400, ValidationError, tt.want)
		})
	}
}

func TestViolationsAreBounded(t *testing.T) {
	t.Parallel()
	input := in(deployARN, func(in *AssumeRoleInput) { in.TransitiveTagKeys = make([]string, 5000) })
	if err := assumeRole.check(input); err == nil || len(err.Message) > 100_000 {
		t.Errorf("%d bytes of message", len(err.Message))
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	type row struct {
		Name   string
		Signed bool
		Names  string
	}
	var got []row
	for o := range Operations() {
		names := make([]string, len(o.Parameters))
		for i, p := range o.Parameters {
			names[i] = p.Name
			if reflect.TypeOf(o.NewInput()).Elem().Field(p.Field).Name != p.Name {
				t.Errorf("%s: %s is not field %d", o.Name, p.Name, p.Field)
			}
		}
		got = append(got, row{o.Name, o.Signed, strings.Join(names, " ")})
		if found, ok := OperationNamed(o.Name); !ok || found != o {
			t.Errorf("%s is not found", o.Name)
		}
	}
	want := []row{
		{"AssumeRole", true, "RoleArn RoleSessionName DurationSeconds ExternalId MinimumSessionTokenSize Policy PolicyArns ProvidedContexts SerialNumber SourceIdentity Tags TokenCode TransitiveTagKeys"},
		{"AssumeRoleWithSAML", false, "RoleArn PrincipalArn SAMLAssertion DurationSeconds MinimumSessionTokenSize Policy PolicyArns"},
		{"AssumeRoleWithWebIdentity", false, "RoleArn RoleSessionName WebIdentityToken ProviderId DurationSeconds MinimumSessionTokenSize Policy PolicyArns"},
		{"AssumeRoot", true, "TargetPrincipal TaskPolicyArn DurationSeconds MinimumSessionTokenSize"},
		{"DecodeAuthorizationMessage", true, "EncodedMessage"},
		{"GetAccessKeyInfo", true, "AccessKeyId"},
		{"GetCallerIdentity", true, ""},
		{"GetDelegatedAccessToken", true, "TradeInToken"},
		{"GetFederationToken", true, "Name DurationSeconds MinimumSessionTokenSize Policy PolicyArns Tags"},
		{"GetSessionToken", true, "DurationSeconds MinimumSessionTokenSize SerialNumber TokenCode"},
		{"GetWebIdentityToken", true, "Audience SigningAlgorithm DurationSeconds Tags"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if _, ok := OperationNamed("assumeRole"); ok {
		t.Error("case counts")
	}
}

func TestOperationsCall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o, _ := OperationNamed("GetCallerIdentity")
	out := must(o.Call(ctx(), l.Service, l.key(aliceKey), o.NewInput()))(t)
	if got := out.(*GetCallerIdentityOutput).Arn; got != aliceARN {
		t.Error(got)
	}
	out, err := o.Call(ctx(), l.Service, nil, o.NewInput())
	fails(t, err, 403, MissingAuthenticationToken, "Request is missing Authentication Token")
	if out != nil {
		t.Errorf("%v beside an error", out)
	}
	o, _ = OperationNamed("AssumeRoleWithSAML")
	if _, err := o.Call(ctx(), l.Service, nil, o.NewInput()); err == nil {
		t.Error("no parameters were taken")
	}
}

func TestParametersTellWhatATransportNeeds(t *testing.T) {
	t.Parallel()
	o, _ := OperationNamed("AssumeRole")
	byName := map[string]Parameter{}
	for _, p := range o.Parameters {
		byName[p.Name] = p
	}
	if p := byName["PolicyArns"]; p.Kind != List || p.Member.Kind != Structure || p.Member.Members[0].Name != "arn" || p.Member.Members[0].Kind != Text {
		t.Errorf("PolicyArns: %+v", p)
	}
	if p := byName["TransitiveTagKeys"]; p.Kind != List || p.Member.Kind != Text {
		t.Errorf("TransitiveTagKeys: %+v", p)
	}
	if p := byName["DurationSeconds"]; p.Kind != Integer || p.Required || p.Sensitive() {
		t.Errorf("DurationSeconds: %+v", p)
	}
	web, _ := OperationNamed("AssumeRoleWithWebIdentity")
	if p := web.Parameters[2]; !p.Sensitive() || !p.Required {
		t.Errorf("%s: %+v", p.Name, p)
	}
}
