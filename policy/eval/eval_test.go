package eval_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

const (
	home    = "111122223333"
	user    = "arn:aws:iam::111122223333:user/alice"
	other   = "arn:aws:iam::444455556666:user/bob"
	session = "arn:aws:sts::111122223333:assumed-role/app/s1"
	role    = "arn:aws:iam::111122223333:role/app"
	fed     = "arn:aws:sts::111122223333:federated-user/carol"
	root    = "arn:aws:iam::111122223333:root"
	linked  = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	queue   = "arn:aws:sqs:us-east-1:111122223333:q"
	target  = "arn:aws:iam::111122223333:role/target"
	key     = "arn:aws:kms:us-east-1:111122223333:key/1"
	bucket  = "arn:aws:s3:::b"
)

// allow, deny and silent are the statements of policies without principals.
const (
	allow  = `{"Sid": "Yes", "Effect": "Allow", "Action": "*", "Resource": "*"}`
	deny   = `{"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"}`
	silent = `{"Effect": "Allow", "Action": "none:None", "Resource": "*"}`
)

// set compiles statements as one policy of a kind, with an ARN.
func set(t testing.TB, kind policy.Kind, statements ...string) *policy.Set {
	t.Helper()
	text := `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",") + `]}`
	d, list := policy.Parse(&diag.Source{Name: "p", Text: text}, policy.Options{Kind: kind})
	if list.HasErrors() {
		t.Fatal(list)
	}
	return policy.Compile(policy.Policy{Name: "p", ARN: "arn:aws:iam::aws:policy/p", Document: d})
}

// grantTo is a statement of a resource policy that allows everything to a
// principal.
func grantTo(principal string) string { return toPrincipal("Allow", principal) }

func toPrincipal(effect, principal string) string {
	return `{"Sid": "` + effect + `", "Effect": "` + effect + `", "Principal": ` + principal + `, "Action": "*", "Resource": "*"}`
}

func aws(principal string) string { return `{"AWS": "` + principal + `"}` }

// trusting is a statement of a trust policy.
func trusting(principal string) string {
	return `{"Effect": "Allow", "Principal": ` + principal + `, "Action": "sts:*"}`
}

func context(t testing.TB, pairs ...string) conditions.Context {
	t.Helper()
	c := conditions.NewContext(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		if err := c.Add(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// decision is what a test expects: "outcome by reason" and "blocked: reasons".
func decision(d eval.Decision) string {
	text := d.Outcome.String() + " by " + d.Reason.String()
	var blocked []string
	for r := range d.BlockedBy.All() {
		blocked = append(blocked, r.String())
	}
	if len(blocked) > 0 {
		text += ", blocked by " + strings.Join(blocked, "+")
	}
	return text
}

func mustDecide(t testing.TB, q eval.Query, p eval.Policies) eval.Decision {
	t.Helper()
	r, err := eval.NewRequest(q)
	if err != nil {
		t.Fatal(err)
	}
	d, err := eval.Decide(r, &p)
	if err != nil {
		t.Fatal(err)
	}
	explained, err := eval.Explain(r, &p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decision(d), decision(explained.Decision)); diff != "" {
		t.Errorf("-Decide +Explain\n%s", diff)
	}
	return d
}

type row struct {
	query    eval.Query
	policies eval.Policies
	want     string
}

func runRows(t *testing.T, rows map[string]row) {
	t.Helper()
	for name, r := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := decision(mustDecide(t, r.query, r.policies)); got != r.want {
				t.Errorf("%s, want %s", got, r.want)
			}
		})
	}
}

func ask(principal, action, resource string) eval.Query {
	return eval.Query{Principal: principal, Action: action, Resource: resource}
}

func TestSameAccount(t *testing.T) { // EV-54
	t.Parallel()
	send := func(principal string) eval.Query { return ask(principal, "sqs:SendMessage", queue) }
	id := func(s string) *policy.Set { return set(t, policy.Identity, s) }
	bound := func(s string) *policy.Set { return set(t, policy.Boundary, s) }
	sess := func(s string) *policy.Set { return set(t, policy.Session, s) }
	names := func(p string) *policy.Set { return set(t, policy.Resource, grantTo(p)) }
	issued := send(fed)
	issued.Issuer = user
	byRoot := send(fed)
	byRoot.Issuer = root
	runRows(t, map[string]row{
		"identity allows":                        {send(user), eval.Policies{Identity: id(allow)}, "allowed by identity"},
		"nothing allows":                         {send(user), eval.Policies{Identity: id(silent)}, "implicitDeny by identity, blocked by identity"},
		"boundary is silent":                     {send(user), eval.Policies{Identity: id(allow), Boundary: bound(silent)}, "implicitDeny by boundary, blocked by boundary"},
		"the user is named":                      {send(user), eval.Policies{Resource: names(aws(user))}, "allowed by resource"},
		"the user is named, boundary silent":     {send(user), eval.Policies{Resource: names(aws(user)), Boundary: bound(silent)}, "allowed by resource"},
		"the user is named, boundary denies":     {send(user), eval.Policies{Resource: names(aws(user)), Boundary: bound(deny)}, "explicitDeny by boundary, blocked by boundary"},
		"the account is named":                   {send(user), eval.Policies{Resource: names(aws(home))}, "implicitDeny by identity, blocked by identity"},
		"the account and identity":               {send(user), eval.Policies{Resource: names(aws(home)), Identity: id(allow)}, "allowed by identity"},
		"the account, identity, no boundary":     {send(user), eval.Policies{Resource: names(aws(home)), Identity: id(allow), Boundary: bound(silent)}, "implicitDeny by boundary, blocked by boundary"},
		"the role is named":                      {send(session), eval.Policies{Resource: names(aws(role))}, "allowed by resource"},
		"the role is named, boundary silent":     {send(session), eval.Policies{Resource: names(aws(role)), Boundary: bound(silent)}, "implicitDeny by boundary, blocked by boundary"},
		"the role is named, session silent":      {send(session), eval.Policies{Resource: names(aws(role)), Session: sess(silent)}, "implicitDeny by session, blocked by session"},
		"the role is named, both silent":         {send(session), eval.Policies{Resource: names(aws(role)), Boundary: bound(silent), Session: sess(silent)}, "implicitDeny by boundary, blocked by boundary+session"},
		"the role is named, both allow":          {send(session), eval.Policies{Resource: names(aws(role)), Boundary: bound(allow), Session: sess(allow)}, "allowed by resource"},
		"the session is named, both silent":      {send(session), eval.Policies{Resource: names(aws(session)), Boundary: bound(silent), Session: sess(silent)}, "allowed by resource"},
		"the session is named, session denies":   {send(session), eval.Policies{Resource: names(aws(session)), Session: sess(deny)}, "explicitDeny by session, blocked by session"},
		"another session is named":               {send(session), eval.Policies{Resource: names(aws("arn:aws:sts::111122223333:assumed-role/app/s2"))}, "implicitDeny by identity, blocked by identity"},
		"everybody, both silent":                 {send(session), eval.Policies{Resource: names(`"*"`), Boundary: bound(silent), Session: sess(silent)}, "allowed by resource"},
		"identity, boundary and session allow":   {send(session), eval.Policies{Identity: id(allow), Boundary: bound(allow), Session: sess(allow)}, "allowed by identity"},
		"session policies cannot grant":          {send(session), eval.Policies{Session: sess(allow)}, "implicitDeny by identity, blocked by identity"},
		"an empty set of session policies":       {send(session), eval.Policies{Identity: id(allow), Session: policy.Compile()}, "allowed by identity"},
		"the federated user is named":            {send(fed), eval.Policies{Resource: names(aws(fed))}, "allowed by resource"},
		"the issuer is named, no session policy": {issued, eval.Policies{Resource: names(aws(user))}, "implicitDeny by session, blocked by session"},
		"the issuer is named, session silent":    {issued, eval.Policies{Resource: names(aws(user)), Session: sess(silent)}, "implicitDeny by session, blocked by session"},
		"the issuer is named, session allows":    {issued, eval.Policies{Resource: names(aws(user)), Session: sess(allow)}, "allowed by resource"},
		"a federated user without session":       {send(fed), eval.Policies{Identity: id(allow)}, "implicitDeny by session, blocked by session"},
		"a federated user with session":          {send(fed), eval.Policies{Identity: id(allow), Session: sess(allow)}, "allowed by identity"},
		"a federated user of root":               {byRoot, eval.Policies{Session: sess(allow)}, "allowed by root"},
		"a federated user of root, no session":   {byRoot, eval.Policies{}, "implicitDeny by session, blocked by session"},
		"root":                                   {send(root), eval.Policies{}, "allowed by root"},
		"root and a policy for someone else":     {send(root), eval.Policies{Resource: names(aws(user))}, "allowed by root"},
		"root is denied":                         {send(root), eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", `"*"`))}, "explicitDeny by resource, blocked by resource"},
		"a role ARN as caller":                   {send(role), eval.Policies{Identity: id(allow)}, "allowed by identity"},
	})
}

func TestCrossAccount(t *testing.T) { // EV-60 to EV-66
	t.Parallel()
	send := ask(other, "sqs:SendMessage", queue)
	id := set(t, policy.Identity, allow)
	foreign := ask(user, "s3:GetObject", bucket+"/k")
	foreign.ResourceAccount = "444455556666"
	nowhere := ask(user, "s3:ListAllMyBuckets", "*")
	nowhere.ResourceAccount = "444455556666"
	abroad := ask("arn:aws-cn:iam::444455556666:user/bob", "sqs:SendMessage", queue)
	runRows(t, map[string]row{
		"both sides":                      {send, eval.Policies{Identity: id, Resource: set(t, policy.Resource, grantTo(aws("444455556666")))}, "allowed by identity"},
		"identity only":                   {send, eval.Policies{Identity: id}, "implicitDeny by resource, blocked by resource"},
		"resource only, the user named":   {send, eval.Policies{Resource: set(t, policy.Resource, grantTo(aws(other)))}, "implicitDeny by identity, blocked by identity"},
		"nothing, all is named":           {send, eval.Policies{Boundary: set(t, policy.Boundary, silent)}, "implicitDeny by identity, blocked by resource+identity+boundary"},
		"boundary is silent":              {send, eval.Policies{Identity: id, Boundary: set(t, policy.Boundary, silent), Resource: set(t, policy.Resource, grantTo(aws(other)))}, "implicitDeny by boundary, blocked by boundary"},
		"a denial over there":             {send, eval.Policies{Identity: id, Resource: set(t, policy.Resource, toPrincipal("Deny", aws("444455556666")))}, "explicitDeny by resource, blocked by resource"},
		"the root user of the account":    {ask("arn:aws:iam::444455556666:root", "sqs:SendMessage", queue), eval.Policies{Resource: set(t, policy.Resource, grantTo(aws("444455556666")))}, "allowed by root"},
		"the root user, a user is named":  {ask("arn:aws:iam::444455556666:root", "sqs:SendMessage", queue), eval.Policies{Resource: set(t, policy.Resource, grantTo(aws(other)))}, "implicitDeny by resource, blocked by resource"},
		"a bucket that belongs elsewhere": {foreign, eval.Policies{Identity: id}, "implicitDeny by resource, blocked by resource"},
		"no resource is never across":     {nowhere, eval.Policies{Identity: id}, "allowed by identity"},
		"a provider of another partition": {ask("arn:aws-cn:iam::111122223333:saml-provider/x", "sts:AssumeRoleWithSAML", target), eval.Policies{Resource: set(t, policy.Trust, trusting(`{"Federated": "arn:aws-cn:iam::111122223333:saml-provider/x"}`))}, "implicitDeny by resource, blocked by resource"},
		"another partition":               {abroad, eval.Policies{Identity: id, Resource: set(t, policy.Resource, grantTo(`"*"`))}, "implicitDeny by resource, blocked by resource"},
		"AssumeRoot has no other side":    {ask(user, "sts:AssumeRoot", "arn:aws:iam::444455556666:root"), eval.Policies{Identity: id}, "allowed by identity"},
		"AssumeRoot without permission":   {ask(user, "sts:AssumeRoot", "arn:aws:iam::444455556666:root"), eval.Policies{}, "implicitDeny by identity, blocked by identity"},
		"AssumeRoot is not for root":      {ask(root, "sts:AssumeRoot", "arn:aws:iam::444455556666:root"), eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
	})
}

func TestLimitingLayers(t *testing.T) {
	t.Parallel()
	send := ask(user, "sqs:SendMessage", queue)
	id := set(t, policy.Identity, allow)
	scp := func(s ...string) *policy.Set { return set(t, policy.SCP, s...) }
	rcpDeny := set(t, policy.RCP, `{"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": ["sqs:*", "s3:*", "kms:*", "sts:*"], "Resource": "*"}`)
	endpoint := set(t, policy.Endpoint, grantTo(aws(home)))
	gateway := send
	gateway.GatewayEndpoint = true
	managed := ask(user, "kms:Decrypt", key)
	managed.AWSManagedKey = true
	keyPolicy := set(t, policy.Resource, grantTo(aws(user)))
	trust := set(t, policy.Trust, trusting(`{"Service": "x.amazonaws.com"}`))
	runRows(t, map[string]row{
		"every level allows":              {send, eval.Policies{Identity: id, SCP: []*policy.Set{scp(allow), scp(allow)}}, "allowed by identity"},
		"a level is silent":               {send, eval.Policies{Identity: id, SCP: []*policy.Set{scp(allow), scp(silent)}}, "implicitDeny by scp, blocked by scp"},
		"a level is empty":                {send, eval.Policies{Identity: id, SCP: []*policy.Set{scp(allow), policy.Compile()}}, "implicitDeny by scp, blocked by scp"},
		"a level denies":                  {send, eval.Policies{Identity: id, SCP: []*policy.Set{scp(allow, deny), scp(allow)}}, "explicitDeny by scp, blocked by scp"},
		"no levels":                       {send, eval.Policies{Identity: id, SCP: []*policy.Set{}}, "allowed by identity"},
		"SCPs grant nothing":              {send, eval.Policies{SCP: []*policy.Set{scp(allow)}}, "implicitDeny by identity, blocked by identity"},
		"SCPs and identity are silent":    {send, eval.Policies{SCP: []*policy.Set{scp(silent)}}, "implicitDeny by scp, blocked by scp+identity"},
		"SCPs spare a service-linked":     {ask(linked, "sqs:SendMessage", queue), eval.Policies{Identity: id, SCP: []*policy.Set{scp(deny)}}, "allowed by identity"},
		"SCPs limit root":                 {ask(root, "sqs:SendMessage", queue), eval.Policies{SCP: []*policy.Set{scp(silent)}}, "implicitDeny by scp, blocked by scp"},
		"SCPs spare a service":            {ask("x.amazonaws.com", "sqs:SendMessage", queue), eval.Policies{SCP: []*policy.Set{scp(deny)}, Resource: set(t, policy.Resource, grantTo(`"*"`))}, "allowed by resource"},
		"an RCP denies":                   {send, eval.Policies{Identity: id, RCP: []*policy.Set{rcpDeny}}, "explicitDeny by rcp, blocked by rcp"},
		"an RCP is silent":                {send, eval.Policies{Identity: id, RCP: []*policy.Set{policy.Compile()}}, "allowed by identity"},
		"an RCP denies anonymous":         {ask("*", "sqs:SendMessage", queue), eval.Policies{Resource: set(t, policy.Resource, grantTo(`"*"`)), RCP: []*policy.Set{rcpDeny}}, "explicitDeny by rcp, blocked by rcp"},
		"RCPs and no resource":            {ask(user, "sqs:ListQueues", "*"), eval.Policies{Identity: id, RCP: []*policy.Set{rcpDeny}}, "allowed by identity"},
		"RCPs and another service":        {ask(user, "ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i"), eval.Policies{Identity: id, RCP: []*policy.Set{rcpDeny}}, "allowed by identity"},
		"RCPs and kms:RetireGrant":        {ask(user, "kms:RetireGrant", key), eval.Policies{Resource: keyPolicy, RCP: []*policy.Set{rcpDeny}}, "allowed by resource"},
		"RCPs and an AWS managed key":     {managed, eval.Policies{Resource: keyPolicy, RCP: []*policy.Set{rcpDeny}}, "allowed by resource"},
		"RCPs spare a service-linked":     {ask(linked, "sqs:SendMessage", queue), eval.Policies{Identity: id, RCP: []*policy.Set{rcpDeny}}, "allowed by identity"},
		"RCPs and a service's own role":   {ask("x.amazonaws.com", "sts:AssumeRole", linked), eval.Policies{Resource: trust, RCP: []*policy.Set{rcpDeny}}, "allowed by resource"},
		"RCPs and a service's other role": {ask("x.amazonaws.com", "sts:AssumeRole", target), eval.Policies{Resource: trust, RCP: []*policy.Set{rcpDeny}}, "explicitDeny by rcp, blocked by rcp"},
		"an endpoint allows":              {send, eval.Policies{Identity: id, Endpoint: endpoint}, "allowed by identity"},
		"an endpoint allows others":       {ask(other, "sqs:SendMessage", "arn:aws:sqs:us-east-1:444455556666:q"), eval.Policies{Identity: id, Endpoint: endpoint}, "implicitDeny by endpoint, blocked by endpoint"},
		"a gateway endpoint: root only":   {gateway, eval.Policies{Identity: id, Endpoint: endpoint}, "implicitDeny by endpoint, blocked by endpoint"},
		"an endpoint denies":              {send, eval.Policies{Identity: id, Endpoint: set(t, policy.Endpoint, toPrincipal("Deny", `"*"`))}, "explicitDeny by endpoint, blocked by endpoint"},
		"an endpoint and a service":       {ask("x.amazonaws.com", "sqs:SendMessage", queue), eval.Policies{Endpoint: set(t, policy.Endpoint, toPrincipal("Deny", `"*"`)), Resource: set(t, policy.Resource, grantTo(`"*"`))}, "allowed by resource"},
		"the first of several denials":    {send, eval.Policies{Identity: set(t, policy.Identity, deny), Boundary: set(t, policy.Boundary, deny), SCP: []*policy.Set{scp(deny)}}, "explicitDeny by scp, blocked by scp+identity+boundary"},
	})
}

func TestTrustAndKeyPolicies(t *testing.T) {
	t.Parallel()
	id := set(t, policy.Identity, allow)
	silentBoundary := set(t, policy.Boundary, silent)
	trusts := func(p string) *policy.Set { return set(t, policy.Trust, trusting(p)) }
	assume := func(p string) eval.Query { return ask(p, "sts:AssumeRole", target) }
	set3 := func(p string) eval.Query { return ask(p, "sts:SetSourceIdentity", target) }
	must := ask(user, "sqs:SendMessage", queue)
	must.MandatoryResourcePolicy = true
	runRows(t, map[string]row{
		"no trust policy":                     {assume(user), eval.Policies{Identity: id}, "implicitDeny by resource, blocked by resource"},
		"neither trust nor identity":          {assume(user), eval.Policies{}, "implicitDeny by resource, blocked by resource+identity"},
		"the account is trusted":              {assume(user), eval.Policies{Resource: trusts(aws(home))}, "implicitDeny by identity, blocked by identity"},
		"the account is trusted, identity":    {assume(user), eval.Policies{Identity: id, Resource: trusts(aws(home))}, "allowed by identity"},
		"the user is trusted":                 {assume(user), eval.Policies{Resource: trusts(aws(user))}, "allowed by resource"},
		"the user is trusted, out of bounds":  {assume(user), eval.Policies{Resource: trusts(aws(user)), Boundary: silentBoundary}, "implicitDeny by boundary, blocked by boundary"},
		"the session is trusted, bounds":      {assume(session), eval.Policies{Resource: trusts(aws(session)), Boundary: silentBoundary}, "allowed by resource"},
		"everybody is trusted":                {assume(session), eval.Policies{Resource: trusts(aws("*"))}, "allowed by resource"},
		"root is refused":                     {assume(root), eval.Policies{Resource: trusts(aws(root))}, "implicitDeny by credentials, blocked by credentials"},
		"source identity of a user":           {set3(user), eval.Policies{Resource: trusts(aws(user))}, "allowed by resource"},
		"source identity in a chain":          {set3(session), eval.Policies{Resource: trusts(aws(role))}, "implicitDeny by identity, blocked by identity"},
		"source identity in a chain, no side": {set3(session), eval.Policies{}, "implicitDeny by resource, blocked by resource+identity"},
		"source identity in a chain, both":    {set3(session), eval.Policies{Identity: id, Resource: trusts(aws(role))}, "allowed by identity"},
		"IAM actions on a role":               {ask(user, "iam:GetRole", target), eval.Policies{Identity: id, Resource: set(t, policy.Trust, `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*"}`)}, "allowed by identity"},
		"the trust policy and other actions":  {ask(user, "access-analyzer:ValidatePolicy", target), eval.Policies{Resource: set(t, policy.Trust, `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*"}`)}, "implicitDeny by identity, blocked by identity"},
		"the trust policy and IAM actions":    {ask(user, "iam:GetRole", target), eval.Policies{Resource: set(t, policy.Trust, `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*"}`)}, "implicitDeny by identity, blocked by identity"},
		"a key without a policy":              {ask(user, "kms:Decrypt", key), eval.Policies{Identity: id}, "implicitDeny by resource, blocked by resource"},
		"a key and root":                      {ask(root, "kms:Decrypt", key), eval.Policies{}, "implicitDeny by resource, blocked by resource"},
		"a key statement without Resource":    {ask(user, "kms:Decrypt", key), eval.Policies{Resource: set(t, policy.Resource, `{"Effect": "Allow", "Principal": {"AWS": "`+user+`"}, "Action": "kms:*"}`)}, "implicitDeny by resource, blocked by resource+identity"},
		"a key alias":                         {ask(user, "kms:CreateAlias", "arn:aws:kms:us-east-1:111122223333:alias/a"), eval.Policies{Identity: id}, "allowed by identity"},
		"another resource that insists":       {must, eval.Policies{Identity: id}, "implicitDeny by resource, blocked by resource"},
	})
}

func TestCallsDecidedWithoutPolicies(t *testing.T) { // EV-94 to EV-104
	t.Parallel()
	id := set(t, policy.Identity, allow)
	sessionToken := func(action string, pairs ...string) eval.Query {
		q := ask(user, action, "*")
		q.Credentials, q.Context = eval.SessionToken, context(t, pairs...)
		return q
	}
	assumed := ask(root, "sts:GetSessionToken", "*")
	assumed.Context = context(t, "aws:AssumedRoot", "true")
	rootToken := ask(root, "iam:ListUsers", "*")
	rootToken.Credentials = eval.SessionToken
	const saml, oidc = "arn:aws:iam::111122223333:saml-provider/ADFS", "arn:aws:iam::111122223333:oidc-provider/idp.example"
	lockout := eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", `"*"`))}
	deniedTwice := lockout
	deniedTwice.SCP = []*policy.Set{set(t, policy.SCP, deny)}
	runRows(t, map[string]row{
		"GetCallerIdentity":                 {ask(user, "sts:GetCallerIdentity", "*"), eval.Policies{Identity: set(t, policy.Identity, deny)}, "allowed by builtin"},
		"GetCallerIdentity, unsigned":       {ask("*", "sts:GetCallerIdentity", "*"), eval.Policies{}, "implicitDeny by builtin, blocked by builtin"},
		"GetSessionToken":                   {ask(user, "sts:GetSessionToken", "*"), eval.Policies{Identity: set(t, policy.Identity, deny)}, "allowed by builtin"},
		"GetSessionToken of root":           {ask(root, "sts:GetSessionToken", "*"), eval.Policies{}, "allowed by builtin"},
		"GetSessionToken of a role":         {ask(session, "sts:GetSessionToken", "*"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"GetFederationToken of a role":      {ask(role, "sts:GetFederationToken", "*"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"IAM and a federated user":          {ask(fed, "iam:ListUsers", "*"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"STS and a federated user":          {ask(fed, "sts:AssumeRole", target), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"S3 and an identity provider":       {ask(saml, "s3:GetObject", bucket+"/k"), eval.Policies{Resource: set(t, policy.Resource, grantTo(`"*"`))}, "implicitDeny by credentials, blocked by credentials"},
		"web tokens and a SAML provider":    {ask(saml, "sts:AssumeRoleWithWebIdentity", target), eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"SAML and an OIDC provider":         {ask(oidc, "sts:AssumeRoleWithSAML", target), eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"SAML and a SAML provider":          {ask(saml, "sts:AssumeRoleWithSAML", target), eval.Policies{}, "implicitDeny by resource, blocked by resource"},
		"tags and an OIDC provider":         {ask(oidc, "sts:TagSession", target), eval.Policies{}, "implicitDeny by resource, blocked by resource"},
		"IAM and a session token":           {sessionToken("iam:ListUsers"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"IAM and a session token with MFA":  {sessionToken("iam:ListUsers", "aws:MultiFactorAuthPresent", "true"), eval.Policies{Identity: id}, "allowed by identity"},
		"STS and a session token":           {sessionToken("sts:GetFederationToken"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"AssumeRole and a session token":    {sessionToken("sts:AssumeRole"), eval.Policies{Identity: id}, "allowed by identity"},
		"S3 and a session token":            {sessionToken("s3:ListAllMyBuckets"), eval.Policies{Identity: id}, "allowed by identity"},
		"IAM and a session token of root":   {rootToken, eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"STS and a session of AssumeRoot":   {assumed, eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"root is not locked out":            {ask(root, "s3:DeleteBucketPolicy", bucket), lockout, "allowed by root"},
		"root is locked out of other calls": {ask(root, "s3:DeleteBucket", bucket), lockout, "explicitDeny by resource, blocked by resource"},
		"an SCP locks root out":             {ask(root, "s3:DeleteBucketPolicy", bucket), deniedTwice, "explicitDeny by scp, blocked by scp"},
	})
	d := mustDecide(t, ask(root, "s3:DeleteBucketPolicy", bucket), deniedTwice)
	for m := range d.Matched() {
		if m.Layer != eval.BySCP {
			t.Errorf("the statement of %s does not count", m.Layer)
		}
	}
}

func TestProtectionOfWhatAWSOwns(t *testing.T) { // EV-169
	t.Parallel()
	const (
		managedPolicy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
		reserved      = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x"
	)
	tests := map[string]struct {
		action, resource string
		protected        bool
	}{
		"a change of a managed policy":          {"iam:CreatePolicyVersion", managedPolicy, true},
		"reading a managed policy":              {"iam:GetPolicy", managedPolicy, false},
		"an own policy":                         {"iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/p", false},
		"a change of a reserved role":           {"iam:DeleteRole", reserved, true},
		"passing a reserved role":               {"iam:PassRole", reserved, false},
		"a change of a service-linked role":     {"iam:AttachRolePolicy", linked, true},
		"its description":                       {"iam:UpdateRoleDescription", linked, false},
		"making a service-linked role":          {"iam:CreateServiceLinkedRole", linked, false},
		"another service on the same resource":  {"sts:TagSession", reserved, false},
		"a change of a role of the own account": {"iam:DeleteRole", role, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := ask(user, tt.action, tt.resource)
			q.ResourceAccount = home
			p := eval.Policies{Identity: set(t, policy.Identity, allow)}
			if tt.action == "sts:TagSession" {
				p.Resource = set(t, policy.Trust, trusting(aws(home)))
			}
			if got := mustDecide(t, q, p); !got.Allowed() {
				t.Errorf("the protection is off by default: %s", decision(got))
			}
			q.ProtectAWSManaged = true
			got := mustDecide(t, q, p)
			if got.Allowed() == tt.protected || tt.protected && got.Reason != eval.ByProtection {
				t.Errorf("%s", decision(got))
			}
		})
	}
}

func TestImpossibleRequests(t *testing.T) { // EV-48
	t.Parallel()
	id, bound, sess := set(t, policy.Identity, allow), set(t, policy.Boundary, allow), set(t, policy.Session, allow)
	assumed := ask(root, "sqs:SendMessage", queue)
	assumed.Context = context(t, "aws:AssumedRoot", "true")
	send := func(p string) eval.Query { return ask(p, "sqs:SendMessage", queue) }
	tests := map[string]struct {
		query    eval.Query
		policies eval.Policies
		want     string
	}{
		"session policies of a user":       {send(user), eval.Policies{Session: sess}, "an IAM user cannot have a session policy"},
		"session policies of root":         {send(root), eval.Policies{Session: sess}, "a root user cannot have a session policy"},
		"session policies, AssumeRoot":     {assumed, eval.Policies{Session: sess}, ""},
		"session policies, service-linked": {send(linked), eval.Policies{Session: sess}, "a service-linked role cannot have a session policy"},
		"a boundary of root":               {send(root), eval.Policies{Boundary: bound}, "a root user cannot have a permissions boundary"},
		"a boundary of a service":          {send("x.amazonaws.com"), eval.Policies{Boundary: bound}, "a service principal cannot have a permissions boundary"},
		"a boundary, service-linked":       {send(linked), eval.Policies{Boundary: bound}, "a service-linked role cannot have a permissions boundary"},
		"identity policies of anonymous":   {send("*"), eval.Policies{Identity: id}, "an anonymous caller cannot have an identity-based policy"},
		"identity policies of root":        {send(root), eval.Policies{Identity: id}, "a root user cannot have an identity-based policy"},
		"an empty set of identity policy":  {send(root), eval.Policies{Identity: policy.Compile()}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := eval.NewRequest(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			_, err = eval.Decide(r, &tt.policies)
			_, explained := eval.Explain(r, &tt.policies)
			for _, err := range []error{err, explained} {
				switch {
				case tt.want == "" && err != nil:
					t.Errorf("it is possible: %v", err)
				case tt.want != "" && (!errors.Is(err, eval.ErrImpossible) || !strings.Contains(err.Error(), tt.want)):
					t.Errorf("%v, want an error with %q", err, tt.want)
				}
			}
		})
	}
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*eval.Query)
		want   string
	}{
		"an action without service":    {func(q *eval.Query) { q.Action = "GetObject" }, "is not of the form"},
		"a resource that is no ARN":    {func(q *eval.Query) { q.Resource = "bucket" }, `neither "*" nor an ARN`},
		"a group":                      {func(q *eval.Query) { q.Principal = "arn:aws:iam::111122223333:group/g" }, "a group is never a principal"},
		"a resource account":           {func(q *eval.Query) { q.ResourceAccount = "home" }, "12-digit account id"},
		"the role of another":          {func(q *eval.Query) { q.Principal, q.RoleARN = session, target }, "is not the role of"},
		"the role of a user":           {func(q *eval.Query) { q.RoleARN = role }, "is not the role of"},
		"an issuer of a user":          {func(q *eval.Query) { q.Issuer = user }, "cannot be the issuer"},
		"an issuer of another account": {func(q *eval.Query) { q.Principal, q.Issuer = fed, other }, "cannot be the issuer"},
		"a role as issuer":             {func(q *eval.Query) { q.Principal, q.Issuer = fed, role }, "cannot be the issuer"},
		"an issuer that is nobody":     {func(q *eval.Query) { q.Principal, q.Issuer = fed, "x" }, "no principal can have this name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := ask(user, "s3:GetObject", bucket+"/k")
			tt.change(&q)
			if _, err := eval.NewRequest(q); !errors.Is(err, eval.ErrQuery) || !strings.Contains(err.Error(), tt.want) || strings.Count(err.Error(), "bad request") != 1 {
				t.Errorf("%v, want an error with %q that says once that the request is bad", err, tt.want)
			}
		})
	}
}

func TestDerivedContext(t *testing.T) { // EV-13 to EV-16
	t.Parallel()
	at := time.Date(2026, 11, 21, 13, 0, 0, 0, time.FixedZone("", 3600))
	known := func(q eval.Query, change func(*eval.Query)) eval.Query { change(&q); return q }
	s3 := func(p string) eval.Query { return ask(p, "s3:GetObject", bucket+"/k") }
	tests := map[string]struct {
		query eval.Query
		want  map[string]string
	}{
		"a user": {s3("arn:aws:iam::111122223333:user/dev/alice"), map[string]string{
			"aws:PrincipalArn": "arn:aws:iam::111122223333:user/dev/alice", "aws:PrincipalType": "User", "aws:username": "alice",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"a user with id and time": {known(s3(user), func(q *eval.Query) { q.UniqueID, q.Time = "AIDA00000000000000000", at }), map[string]string{
			"aws:PrincipalArn": user, "aws:PrincipalType": "User", "aws:username": "alice", "aws:userid": "AIDA00000000000000000",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
			"aws:CurrentTime": "2026-11-21T12:00:00Z", "aws:EpochTime": "1795262400",
		}},
		"a session": {known(s3(session), func(q *eval.Query) { q.UniqueID = "AROA00000000000000000" }), map[string]string{
			"aws:PrincipalArn": role, "aws:PrincipalType": "AssumedRole", "aws:userid": "AROA00000000000000000:s1",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"a session with a path": {known(s3(session), func(q *eval.Query) { q.RoleARN = "arn:aws:iam::111122223333:role/ci/app" }), map[string]string{
			"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci/app", "aws:PrincipalType": "AssumedRole",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"a federated user": {s3(fed), map[string]string{
			"aws:PrincipalArn": fed, "aws:PrincipalType": "FederatedUser", "aws:userid": home + ":carol",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"root": {s3(root), map[string]string{
			"aws:PrincipalArn": root, "aws:PrincipalType": "Account", "aws:userid": home,
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"anonymous": {s3("*"), map[string]string{
			"aws:PrincipalAccount": "anonymous", "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous",
		}},
		"a service": {ask("ec2.amazonaws.com", "sqs:SendMessage", queue), map[string]string{
			"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": "ec2.amazonaws.com", "aws:ResourceAccount": home,
		}},
		"a provider": {ask("accounts.google.com", "sts:AssumeRoleWithWebIdentity", target), map[string]string{"aws:ResourceAccount": home}},
		"what is given wins": {known(s3(user), func(q *eval.Query) { q.Context = context(t, "AWS:USERNAME", "bob", "aws:resourceaccount", "1") }), map[string]string{
			"AWS:USERNAME": "bob", "aws:resourceaccount": "1", "aws:PrincipalArn": user, "aws:PrincipalType": "User",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := eval.NewRequest(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for k, seen := range r.Context().All() {
				got[k.String()] = seen.Values[0]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if r.Query().Principal != tt.query.Principal || r.Caller().Name != tt.query.Principal {
				t.Error("the request gives its query and caller back")
			}
		})
	}
}

func TestUniqueIDsFromContext(t *testing.T) { // EV-33
	t.Parallel()
	q := ask(session, "sqs:SendMessage", queue)
	q.Context = context(t, "aws:userid", "AROADBQP57FF2AEXAMPLE:s1")
	p := eval.Policies{Resource: set(t, policy.Resource, grantTo(aws("AROADBQP57FF2AEXAMPLE")))}
	if got := mustDecide(t, q, p); !got.Allowed() {
		t.Error(decision(got))
	}
	q.Principal = user
	if got := mustDecide(t, q, p); got.Allowed() {
		t.Error("a user's id is the whole of aws:userid:", decision(got))
	}
	issued := ask(fed, "sqs:SendMessage", queue)
	issued.Issuer, issued.IssuerID = user, "AIDACKCEVSQ6C2EXAMPLE"
	p = eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", aws("AIDACKCEVSQ6C2EXAMPLE")))}
	if got := mustDecide(t, issued, p); got.Outcome != eval.ExplicitDeny {
		t.Error("denying a user denies the sessions it issued:", decision(got))
	}
	canonical := ask(user, "s3:GetObject", bucket+"/k")
	canonical.CanonicalUserID = strings.Repeat("ab", 32)
	p = eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", `{"CanonicalUser": "`+canonical.CanonicalUserID+`"}`))}
	if got := mustDecide(t, canonical, p); got.Outcome != eval.ExplicitDeny {
		t.Error("a canonical user id names the account:", decision(got))
	}
}

func TestMessages(t *testing.T) { // EV-163, EV-164
	t.Parallel()
	id := set(t, policy.Identity, allow)
	send := ask(user, "sqs:SendMessage", queue)
	const begin = "User: " + user + " is not authorized to perform: sqs:SendMessage on resource: " + queue
	tests := map[string]struct {
		query    eval.Query
		policies eval.Policies
		want     string
	}{
		"allowed":         {send, eval.Policies{Identity: id}, ""},
		"identity":        {send, eval.Policies{}, begin + " because no identity-based policy allows the sqs:SendMessage action"},
		"identity denies": {send, eval.Policies{Identity: set(t, policy.Identity, deny)}, begin + " with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/p"},
		"boundary":        {send, eval.Policies{Identity: id, Boundary: set(t, policy.Boundary, silent)}, begin + " because no permissions boundary allows the sqs:SendMessage action"},
		"boundary denies": {send, eval.Policies{Boundary: set(t, policy.Boundary, deny)}, begin + " with an explicit deny in a permissions boundary: arn:aws:iam::aws:policy/p"},
		"SCP":             {send, eval.Policies{Identity: id, SCP: []*policy.Set{nil}}, begin + " because no service control policy allows the sqs:SendMessage action"},
		"SCP denies":      {send, eval.Policies{SCP: []*policy.Set{set(t, policy.SCP, deny)}}, begin + " with an explicit deny in a service control policy: arn:aws:iam::aws:policy/p"},
		"endpoint":        {send, eval.Policies{Identity: id, Endpoint: set(t, policy.Endpoint, grantTo(aws("999999999999")))}, begin + " because no VPC endpoint policy allows the sqs:SendMessage action"},
		"resource denies": {send, eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", `"*"`))}, begin + " with an explicit deny in a resource-based policy"},
		"RCP denies":      {send, eval.Policies{RCP: []*policy.Set{set(t, policy.RCP, `{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}`)}}, begin + " with an explicit deny in a resource control policy: arn:aws:iam::aws:policy/p"},
		"no resource":     {ask(user, "s3:ListAllMyBuckets", "*"), eval.Policies{}, "User: " + user + " is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action"},
		"session":         {ask(session, "s3:ListAllMyBuckets", "*"), eval.Policies{Identity: id, Session: set(t, policy.Session, silent)}, "User: " + session + " is not authorized to perform: s3:ListAllMyBuckets because no session policy allows the s3:ListAllMyBuckets action"},
		"trust":           {ask(other, "sts:AssumeRole", target), eval.Policies{Identity: id}, "User: " + other + " is not authorized to perform: sts:AssumeRole on resource: " + target + " because no role trust policy allows the sts:AssumeRole action"},
		"trust denies":    {ask(other, "sts:AssumeRole", target), eval.Policies{Resource: set(t, policy.Trust, `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*"}`)}, "User: " + other + " is not authorized to perform: sts:AssumeRole on resource: " + target + " with an explicit deny in the role trust policy"},
		"anonymous":       {ask("*", "s3:GetObject", bucket+"/k"), eval.Policies{}, "User: anonymous is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k because no resource-based policy allows the s3:GetObject action"},
		"credentials":     {ask(fed, "sts:AssumeRole", target), eval.Policies{}, "User: " + fed + " is not authorized to perform: sts:AssumeRole on resource: " + target},
		"a session":       {ask(session, "sts:GetSessionToken", "*"), eval.Policies{}, "Cannot call GetSessionToken with session credentials"},
		"root":            {ask(root, "sts:AssumeRole", target), eval.Policies{}, "Roles may not be assumed by root accounts."},
		"a provider":      {ask("accounts.google.com", "sts:AssumeRoleWithWebIdentity", target), eval.Policies{}, "Not authorized to perform sts:AssumeRoleWithWebIdentity"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := mustDecide(t, tt.query, tt.policies)
			if diff := cmp.Diff(tt.want, d.Message()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAPolicyWithoutARNIsNotNamed(t *testing.T) {
	t.Parallel()
	text := `{"Version": "2012-10-17", "Statement": ` + deny + `}`
	d, _ := policy.Parse(&diag.Source{Name: "p", Text: text}, policy.Options{Kind: policy.Identity})
	got := mustDecide(t, ask(user, "s3:ListAllMyBuckets", ""), eval.Policies{Identity: policy.Compile(policy.Policy{Name: "inline", Document: d})})
	want := "User: " + user + " is not authorized to perform: s3:ListAllMyBuckets with an explicit deny in an identity-based policy"
	if diff := cmp.Diff(want, got.Message()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestMatchedStatements(t *testing.T) { // EV-161
	t.Parallel()
	p := eval.Policies{
		Identity: set(t, policy.Identity, silent, allow),
		Boundary: set(t, policy.Boundary, allow),
		SCP:      []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, silent, allow)},
		Resource: set(t, policy.Resource, grantTo(aws(user))),
	}
	matched := func(p eval.Policies) (out []string) {
		for m := range mustDecide(t, ask(user, "sqs:SendMessage", queue), p).Matched() {
			out = append(out, fmt.Sprintf("%s %d %s", m.Layer, m.Level, m.Statement.Sid))
		}
		return out
	}
	if diff := cmp.Diff([]string{"scp 0 Yes", "scp 1 Yes", "resource 0 Allow", "identity 0 Yes", "boundary 0 Yes"}, matched(p)); diff != "" {
		t.Errorf("allowed: -want +got\n%s", diff)
	}
	p.Boundary = set(t, policy.Boundary, allow, deny)
	if diff := cmp.Diff([]string{"boundary 0 No"}, matched(p)); diff != "" {
		t.Errorf("explicitly denied: -want +got\n%s", diff)
	}
	p.Boundary, p.Resource = set(t, policy.Boundary, silent), nil
	if got := matched(p); got != nil {
		t.Errorf("implicitly denied: %v", got)
	}
	for range mustDecide(t, ask(user, "sqs:SendMessage", queue), eval.Policies{Identity: p.Identity}).Matched() {
		break // an early end is fine
	}
	for r := range (eval.Decision{BlockedBy: 0xffff}).BlockedBy.All() {
		if r == eval.BySCP {
			break
		}
	}
}

func TestExplanation(t *testing.T) {
	t.Parallel()
	r, err := eval.NewRequest(ask(session, "s3:GetObject", bucket+"/k"))
	if err != nil {
		t.Fatal(err)
	}
	near := `{"Sid": "Near", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true", "AWS:securetransport2": "1"}, "StringEquals": {"aws:PrincipalTag/a": "b", "aws:PrincipalTag/A2": "b"}}}`
	far := `{"Sid": "Far", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::x", "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:principaltag/a": "b", "aws:PrincipalTag/A2": "b", "k:k": "x", "k:l": "x"}}}`
	p := eval.Policies{
		Identity: set(t, policy.Identity, far, near, `{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}`),
		SCP:      []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, allow)},
		RCP:      []*policy.Set{policy.Compile()},
		Session:  policy.Compile(),
	}
	e, err := eval.Explain(r, &p)
	if err != nil {
		t.Fatal(err)
	}
	var layers []string
	for i := range e.Layers {
		l, n := &e.Layers[i], 0
		for range l.All() {
			n++
		}
		layers = append(layers, fmt.Sprintf("%s %d: %d of %d statements %s", l.Name, l.Level, len(l.Statements), n, l.Skipped))
	}
	want := []string{"scp 0: 1 of 1 statements ", "scp 1: 1 of 1 statements ", "rcp 0: 0 of 0 statements ", "identity 0: 1 of 3 statements ", "session 0: 0 of 0 statements no policy is attached"}
	if diff := cmp.Diff(want, layers); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"aws:principaltag/a", "aws:PrincipalTag/A2", "aws:SecureTransport", "AWS:securetransport2", "k:k", "k:l"}, e.MissingKeys(), cmp.Transformer("lower", strings.ToLower)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	var nearest []string
	for _, v := range e.Nearest() {
		nearest = append(nearest, v.Statement.Sid)
	}
	if diff := cmp.Diff([]string{"Near", "Far"}, nearest); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if allowed, err := eval.Explain(r, &eval.Policies{Identity: set(t, policy.Identity, allow)}); err != nil || allowed.Nearest() != nil {
		t.Errorf("nothing is near where nothing is missing: %v, %v", allowed.Nearest(), err)
	}
	if got := e.Decision.Warnings(); len(got) != 1 || got[0].Code != policy.CodeTypeMismatchValue {
		t.Errorf("the value that cannot be read is reported: %v", got)
	}
	if got := mustDecide(t, ask(user, "sts:GetCallerIdentity", ""), p).Warnings(); got != nil {
		t.Errorf("policies that have no say are not reported: %v", got)
	}
}

func TestSkippedLayersSayWhy(t *testing.T) {
	t.Parallel()
	level := []*policy.Set{policy.Compile()}
	tests := map[string]struct {
		query    eval.Query
		policies eval.Policies
		want     string
	}{
		"SCPs of a service-linked role": {ask(linked, "sqs:SendMessage", queue), eval.Policies{SCP: level}, "SCPs do not limit a service-linked role"},
		"SCPs of nobody":                {ask("*", "sqs:SendMessage", queue), eval.Policies{SCP: level}, "SCPs do not limit an anonymous caller"},
		"RCPs":                          {ask(user, "ec2:RunInstances", "*"), eval.Policies{RCP: level}, "RCPs do not cover this request"},
		"an endpoint":                   {ask("ec2.amazonaws.com", "sqs:SendMessage", queue), eval.Policies{Endpoint: set(t, policy.Endpoint, grantTo(`"*"`))}, "endpoint policies do not limit a service principal"},
		"a trust policy":                {ask(user, "iam:GetRole", target), eval.Policies{Resource: set(t, policy.Trust, trusting(aws("*")))}, "a trust policy is consulted for STS actions on the role only"},
		"no policies at all":            {ask(user, "sts:GetCallerIdentity", "*"), eval.Policies{Identity: set(t, policy.Identity, deny)}, "the call is decided without policies"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := eval.NewRequest(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			e, err := eval.Explain(r, &tt.policies)
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Layers) != 1 || e.Layers[0].Skipped != tt.want {
				t.Errorf("%+v, want one layer, skipped because %s", e.Layers, tt.want)
			}
		})
	}
}

func TestOpenKeysMakeADecisionConditional(t *testing.T) { // EV-147
	t.Parallel()
	query := ask(user, "sqs:SendMessage", queue)
	if err := query.Context.AddOpen("aws:MultiFactorAuthPresent", false); err != nil {
		t.Fatal(err)
	}
	const mfa = `"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`
	mfaAllow := `{"Effect": "Allow", "Action": "*", "Resource": "*", ` + mfa
	mfaDeny := `{"Effect": "Deny", "Action": "*", "Resource": "*", ` + mfa
	runRows(t, map[string]row{
		"an open Allow":                    {query, eval.Policies{Identity: set(t, policy.Identity, mfaAllow)}, "conditional by identity, blocked by identity"},
		"an open Deny":                     {query, eval.Policies{Identity: set(t, policy.Identity, allow, mfaDeny)}, "conditional by identity, blocked by identity"},
		"an open Allow beside a sure one":  {query, eval.Policies{Identity: set(t, policy.Identity, allow, mfaAllow)}, "allowed by identity"},
		"an open Allow and a sure Deny":    {query, eval.Policies{Identity: set(t, policy.Identity, mfaAllow, deny)}, "explicitDeny by identity, blocked by identity"},
		"an open Deny and nothing allowed": {query, eval.Policies{Identity: set(t, policy.Identity, mfaDeny)}, "implicitDeny by identity, blocked by identity"},
		"an open SCP":                      {query, eval.Policies{Identity: set(t, policy.Identity, allow), SCP: []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, mfaAllow)}}, "conditional by scp, blocked by scp"},
		"an open SCP and a silent one":     {query, eval.Policies{Identity: set(t, policy.Identity, allow), SCP: []*policy.Set{set(t, policy.SCP, mfaAllow), set(t, policy.SCP, silent)}}, "implicitDeny by scp, blocked by scp"},
	})
	d := mustDecide(t, query, eval.Policies{Identity: set(t, policy.Identity, mfaAllow)})
	if d.Message() != "" || d.LayerName(eval.ByRoot) != "" || d.CrossAccount() {
		t.Error("a conditional decision is no denial")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(eval.Outcome(0), eval.Outcome(9), eval.Conditional, eval.Reason(0), eval.Reason(99), eval.ByProtection)
	if want := "outcome(0) outcome(9) conditional reason(0) reason(99) protected"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDecideDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	r, err := eval.NewRequest(ask(session, "sqs:SendMessage", queue))
	if err != nil {
		t.Fatal(err)
	}
	p := eval.Policies{
		Identity: set(t, policy.Identity, deny, allow), Boundary: set(t, policy.Boundary, allow), Session: set(t, policy.Session, allow),
		SCP: []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, allow)}, RCP: []*policy.Set{policy.Compile()},
		Resource: set(t, policy.Resource, grantTo(aws(home))), Endpoint: set(t, policy.Endpoint, grantTo(`"*"`)),
	}
	denied := eval.Policies{Identity: set(t, policy.Identity, silent), Boundary: p.Boundary}
	for name, p := range map[string]*eval.Policies{"every layer": &p, "implicitly denied": &denied, "nothing in force": {}} {
		if n := testing.AllocsPerRun(100, func() { _, _ = eval.Decide(r, p) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}
