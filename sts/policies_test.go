package sts

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rolecall/rolecall/policy/eval"
)

const (
	readARN = "arn:aws:iam::111111111111:policy/read"
	awsARN  = "arn:aws:iam::aws:policy/ReadBuckets"
	bucket  = "arn:aws:s3:::example-bucket"
	object  = bucket + "/key"
)

func descriptors(arns ...string) []PolicyDescriptorType {
	list := []PolicyDescriptorType{}
	for _, arn := range arns {
		list = append(list, PolicyDescriptorType{Arn: &arn})
	}
	return list
}

func allow(actions string) *string {
	return new(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + actions + `,"Resource":"*"}]}`)
}

func TestSessionPoliciesLimit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		policy *string
		arns   []PolicyDescriptorType
		want   map[string]bool
	}{
		"none":                {nil, nil, map[string]bool{"s3:GetObject": true, "s3:ListBucket": true, "s3:PutObject": true, "ec2:RunInstances": false}},
		"an empty list":       {nil, descriptors(), map[string]bool{"s3:GetObject": true, "s3:PutObject": true}},
		"inline":              {allow(`"s3:ListBucket"`), nil, map[string]bool{"s3:ListBucket": true, "s3:GetObject": false, "s3:PutObject": false}},
		"managed":             {nil, descriptors(readARN), map[string]bool{"s3:GetObject": true, "s3:ListBucket": false}},
		"managed by AWS":      {nil, descriptors(awsARN), map[string]bool{"s3:GetObject": false, "s3:ListBucket": true}},
		"both are one set":    {allow(`"s3:ListBucket"`), descriptors(readARN), map[string]bool{"s3:GetObject": true, "s3:ListBucket": true, "s3:PutObject": false}},
		"no more than a role": {new(allowAll), nil, map[string]bool{"s3:GetObject": true, "ec2:RunInstances": false}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			session := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
				in.Policy, in.PolicyArns = tt.policy, tt.arns
				in.RoleSessionName = new("other")
			}))
			for action, allowed := range tt.want {
				if d := l.may(session, action, "*"); d.Allowed() != allowed {
					t.Errorf("%s: %v by %v", action, d.Outcome, d.Reason)
				}
			}
		})
	}
}

func TestSessionPoliciesAndResourcePolicies(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.Policy = allow(`"s3:GetObject"`) }))
	if d := l.may(session, "s3:PutObject", object); d.Allowed() || d.Reason != eval.BySession {
		t.Errorf("a grant to the role: %v by %v", d.Outcome, d.Reason)
	}
	if d := l.may(session, "s3:DeleteObject", object); !d.Allowed() || d.Reason != eval.ByResource {
		t.Errorf("a grant to the session: %v by %v", d.Outcome, d.Reason)
	}
}

func TestASessionPolicyHoldsForItsSessionOnly(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.Policy = allow(`"sts:AssumeRole"`) }))
	second := l.session(first, in(role("role1")))
	if l.may(first, "s3:GetObject", "*").Allowed() || !l.may(second, "s3:GetObject", "*").Allowed() {
		t.Error("the limit was lost, or passed on")
	}
	if _, err := l.AssumeRole(ctx(), first, in(deployARN, func(in *AssumeRoleInput) { in.Tags = tags("a", "b") })); err == nil {
		t.Error("the session policy does not allow sts:TagSession")
	}
}

func TestFederatedUsersNeedSessionPolicies(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	fed := func(key string, policy *string) *Caller {
		return l.with(must(l.GetFederationToken(ctx(), l.key(key), &GetFederationTokenInput{Name: new("fred"), Policy: policy}))(t).Credentials)
	}
	tests := map[string]struct {
		caller           *Caller
		action, resource string
		want             bool
	}{
		"without a policy":                        {fed(aliceKey, nil), "s3:GetObject", "*", false},
		"by a resource policy that names it":      {fed(aliceKey, nil), "s3:PutObject", object, true},
		"with a policy":                           {fed(aliceKey, allow(`"s3:GetObject"`)), "s3:GetObject", "*", true},
		"no more than the user":                   {fed(aliceKey, new(allowAll)), "ec2:RunInstances", "*", false},
		"of the root user, limited by the policy": {fed(rootKey, allow(`"ec2:RunInstances"`)), "ec2:RunInstances", "*", true},
		"of the root user, beyond the policy":     {fed(rootKey, allow(`"ec2:RunInstances"`)), "ec2:StopInstances", "*", false},
		"of the root user, without a policy":      {fed(rootKey, nil), "ec2:RunInstances", "*", false},
		"calls nothing of IAM":                    {fed(aliceKey, new(allowAll)), "iam:GetUser", "*", false},
		"calls nothing of STS":                    {fed(aliceKey, new(allowAll)), "sts:AssumeRole", deployARN, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := l.may(tt.caller, tt.action, tt.resource); d.Allowed() != tt.want {
				t.Errorf("%v by %v", d.Outcome, d.Reason)
			}
		})
	}
}

func TestMalformedSessionPolicies(t *testing.T) {
	t.Parallel()
	statement := func(s string) string { return `{"Version":"2012-10-17","Statement":[` + s + `]}` }
	tests := map[string]struct{ policy, want string }{
		"no JSON":             {`{"Version"`, "This policy contains invalid Json"},
		"a principal":         {statement(`{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}`), "Policy document should not specify a principal."},
		"no resource":         {statement(`{"Effect":"Allow","Action":"*"}`), "Policy statement must contain resources."},
		"no action":           {statement(`{"Effect":"Allow","Resource":"*"}`), "Policy statement must contain actions."},
		"another version":     {`{"Version":"2020-01-01","Statement":[]}`, "The policy must contain a valid version string"},
		"an unknown element":  {statement(`{"Effect":"Allow","Action":"*","Resource":"*","When":1}`), "Syntax errors in policy."},
		"no statements":       {`{"Version":"2012-10-17"}`, "Syntax errors in policy."},
		"an effect in minors": {statement(`{"Effect":"allow","Action":"*","Resource":"*"}`), "Syntax errors in policy."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.Policy = &tt.policy }))
			fails(t, err, 400, MalformedPolicyDocument, tt.want)
			_, err = l.GetFederationToken(ctx(), l.key(aliceKey), &GetFederationTokenInput{Name: new("fred"), Policy: &tt.policy})
			fails(t, err, 400, MalformedPolicyDocument, tt.want)
		})
	}
}

func TestManagedSessionPoliciesMustExist(t *testing.T) {
	t.Parallel()
	for _, arn := range []string{
		"arn:aws:iam::111111111111:policy/ghost", "arn:aws:iam::222222222222:policy/read", "arn:aws:iam::aws:policy/Ghost", "arn:aws:iam::111111111111:role/read",
	} {
		l := newLab(t)
		_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.PolicyArns = descriptors(arn) }))
		fails(t, err, 400, ValidationError, "Policy "+arn+" does not exist or is not attachable.")
	}
	l := newLab(t)
	_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
		in.PolicyArns = descriptors(strings.Split(strings.Repeat(readARN+" ", 11), " ")[:11]...)
	}))
	fails(t, err, 400, ValidationError, "1 validation error detected: Value '[11 members]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10")
	_, err = l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.PolicyArns = descriptors("nothing-valid-in-here") }))
	fails(t, err, 400, ValidationError, "nothing-valid-in-here is invalid")
}

func TestRoleARNForms(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, arn := range []string{
		"nothing-valid-in-here", "arn::b:::something/test-role", "arn:a::::something/test-role", "arn:a:::something/test-role", "arn:a:a::aaaaaaaaaa:",
	} {
		_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(arn))
		fails(t, err, 400, ValidationError, arn+" is invalid")
	}
}

// randomText draws text that does not compress.
func randomText(r *rand.Rand, n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

func TestTokenSizes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var many, some []Tag
	for i := range 50 {
		many = append(many, tags(fmt.Sprintf("key%d", i), randomText(random, 200))...)
	}
	for i := range 10 {
		some = append(some, tags(fmt.Sprintf("key%d", i), "value")...)
	}
	statement := func(n int) *string {
		return allow(`"s3:` + randomText(random, n-len(*allow(`"s3:"`))) + `"`)
	}
	l := newLab(t)
	assume := func(change func(*AssumeRoleInput)) (*AssumeRoleOutput, error) {
		return l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, change))
	}

	plain := must(assume(func(*AssumeRoleInput) {}))(t)
	few := must(assume(func(in *AssumeRoleInput) { in.Tags, in.Policy = some, allow(`"s3:GetObject"`) }))(t)
	padded := must(assume(func(in *AssumeRoleInput) { in.MinimumSessionTokenSize = new(int32(4096)) }))(t)
	odd := must(assume(func(in *AssumeRoleInput) { in.MinimumSessionTokenSize = new(int32(1001)) }))(t)
	for _, out := range []*AssumeRoleOutput{plain, few, padded, odd} {
		if n := int32(len(out.Credentials.SessionToken)); out.SessionTokenSize != n || out.SessionTokenUtilization != int32(percent(int(n))) || out.PackedPolicySize != out.SessionTokenUtilization {
			t.Errorf("a token of %d bytes is told as %+v, packed %d", n, out.TokenSize, out.PackedPolicySize)
		}
		l.with(out.Credentials)
	}
	if plain.SessionTokenSize != 428 || few.SessionTokenSize <= 428 || few.SessionTokenSize > 1000 || padded.SessionTokenSize != 4096 || odd.SessionTokenSize != 1004 {
		t.Errorf("sizes %d %d %d %d", plain.SessionTokenSize, few.SessionTokenSize, padded.SessionTokenSize, odd.SessionTokenSize)
	}

	_, err := assume(func(in *AssumeRoleInput) { in.Tags = many })
	e := errorOf(err)
	if e.Code != PackedPolicyTooLarge || !strings.HasPrefix(e.Message, "Packed size of session tags consumes ") || !strings.HasSuffix(e.Message, "% of allotted space.") {
		t.Error(err)
	}
	if _, err = assume(func(in *AssumeRoleInput) { in.Policy = statement(2048) }); err != nil {
		t.Error(err)
	}
	_, err = assume(func(in *AssumeRoleInput) { in.Policy = statement(2100) })
	fails(t, err, 400, PackedPolicyTooLarge, "Packed policy consumes 103% of allotted space, please use smaller policy.")
	_, err = assume(func(in *AssumeRoleInput) { in.Policy, in.PolicyArns = statement(2040), descriptors(readARN) })
	fails(t, err, 400, PackedPolicyTooLarge, "Packed policy consumes 102% of allotted space, please use smaller policy.")
	_, err = assume(func(in *AssumeRoleInput) { in.Policy, in.Tags = statement(2000), many[:10] })
	if e := errorOf(err); e.Code != PackedPolicyTooLarge || !strings.HasPrefix(e.Message, "Packed policy consumes 1") {
		t.Error(err)
	}
}

func TestInheritedTagsCountForTheSize(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	random := rand.New(rand.NewPCG(3, 4))
	first := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
		in.Tags, in.TransitiveTagKeys = tags("a", randomText(random, 200)), []string{"a"}
	}))
	second := must(l.AssumeRole(ctx(), first, in(role("role1"))))(t)
	if second.SessionTokenSize < 600 {
		t.Errorf("%d bytes", second.SessionTokenSize)
	}
}
