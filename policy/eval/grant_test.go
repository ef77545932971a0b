package eval_test

import (
	"testing"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

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
