package scenario

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/world"
)

// calling makes the calls of a test, one after the other.
type calling struct {
	lab     *lab
	service *sts.Service
	now     time.Time
	ctx     context.Context
	device  world.MFADevice
	caller  *sts.Caller
}

// newCalling gets ready for the calls of a test. Keys of the context that tell
// where requests come from are the environment of the calls.
func (l *lab) newCalling(ctx context.Context, t *Test) (*calling, error) {
	service, err := l.at(t.now)
	if err != nil {
		return nil, err
	}
	c := &calling{lab: l, service: service, now: t.now, ctx: sts.WithEnvironment(ctx, environment(&t.context))}
	if t.caller != "" {
		c.caller, c.device, err = l.key(service, t.caller)
	}
	return c, err
}

func environment(keys *conditions.Context) *sts.Environment {
	text := func(name string) string {
		value, _ := keys.Text(name)
		return value
	}
	return &sts.Environment{
		Region: text("aws:RequestedRegion"), SourceIP: text("aws:SourceIp"), UserAgent: text("aws:UserAgent"), Referer: text("aws:Referer"),
		Plain: strings.EqualFold(text("aws:SecureTransport"), "false"),
		VPC:   text("aws:SourceVpc"), VPCEndpoint: text("aws:SourceVpce"), VPCSourceIP: text("aws:VpcSourceIp"),
	}
}

// call makes one call; its session is then the caller of the next. The error is
// an *sts.Error where STS refuses.
func (c *calling) call(s *step) error {
	if err := c.wait(s.after); err != nil {
		return err
	}
	credentials, err := c.credentials(s)
	if err != nil {
		return err
	}
	c.caller, err = c.service.Lookup(credentials.AccessKeyId, credentials.SessionToken)
	return err
}

// wait lets time pass. The service of a later time takes the sessions of an
// earlier one, since all of a lab have the same key.
func (c *calling) wait(d time.Duration) (err error) {
	if d > 0 {
		c.now = c.now.Add(d)
		c.service, err = c.lab.at(c.now)
	}
	return err
}

func (c *calling) credentials(s *step) (sts.Credentials, error) {
	switch {
	case s.token != nil:
		return c.withToken(s)
	case s.response != nil:
		return c.withResponse(s)
	case s.root != nil:
		return c.root(s)
	case s.sessionToken:
		serial, code, err := c.code(s)
		if err != nil {
			return sts.Credentials{}, err
		}
		return credentialsOf(c.service.GetSessionToken(c.ctx, c.caller, &sts.GetSessionTokenInput{
			DurationSeconds: seconds(s.duration), SerialNumber: serial, TokenCode: code,
		}))
	case s.federated != "":
		return credentialsOf(c.service.GetFederationToken(c.ctx, c.caller, &sts.GetFederationTokenInput{
			Name: &s.federated, DurationSeconds: seconds(s.duration), Policy: s.document(), PolicyArns: s.arns(), Tags: s.stsTags(),
		}))
	default:
		return c.assumeRole(s)
	}
}

func (c *calling) assumeRole(s *step) (sts.Credentials, error) {
	serial, code, err := c.code(s)
	if err != nil {
		return sts.Credentials{}, err
	}
	return credentialsOf(c.service.AssumeRole(c.ctx, c.caller, &sts.AssumeRoleInput{
		RoleArn: &s.role, RoleSessionName: &s.sessionName, DurationSeconds: seconds(s.duration), ExternalId: optional(s.externalID),
		Policy: s.document(), PolicyArns: s.arns(), SourceIdentity: optional(s.identity), Tags: s.stsTags(), TransitiveTagKeys: s.transitive,
		SerialNumber: serial, TokenCode: code,
	}))
}

// code gives the serial number of the caller's device and the code that it
// shows, if the step wants MFA.
func (c *calling) code(s *step) (serial, code *string, err error) {
	if !s.mfa {
		return nil, nil, nil
	}
	text, err := sts.MFACode(c.device.Seed, c.now)
	return &c.device.SerialNumber, &text, err
}

func (c *calling) root(s *step) (sts.Credentials, error) {
	task := s.root.task
	if !strings.Contains(task, ":") {
		task = "arn:" + c.lab.world.Partition() + ":iam::aws:policy/root-task/" + task
	}
	return credentialsOf(c.service.AssumeRoot(c.ctx, c.caller, &sts.AssumeRootInput{
		TargetPrincipal: &s.root.account, TaskPolicyArn: &sts.PolicyDescriptorType{Arn: &task}, DurationSeconds: seconds(s.duration),
	}))
}

// withToken mints the token that the step describes and trades it.
func (c *calling) withToken(s *step) (sts.Credentials, error) {
	const lifetime = 10 * time.Minute
	claims := map[string]any{
		"iss": "https://" + s.token.provider, "sub": "subject", "aud": stsAudience,
		"iat": c.now.Unix(), "exp": c.now.Add(lifetime).Unix(),
	}
	if len(s.tags) > 0 {
		principal := map[string][]string{}
		for _, t := range s.tags {
			principal[t.key] = []string{t.value}
		}
		claims["https://aws.amazon.com/tags"] = map[string]any{"principal_tags": principal, "transitive_tag_keys": append([]string{}, s.transitive...)}
	}
	if s.identity != "" {
		claims["https://aws.amazon.com/source_identity"] = s.identity
	}
	for name, value := range s.token.claims {
		claims[name] = value
	}
	key, _ := signer()
	token, err := key.Mint(claims)
	if err != nil {
		return sts.Credentials{}, err
	}
	return credentialsOf(c.service.AssumeRoleWithWebIdentity(c.ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &s.role, RoleSessionName: &s.sessionName, WebIdentityToken: &token, DurationSeconds: seconds(s.duration),
		Policy: s.document(), PolicyArns: s.arns(),
	}))
}

// withResponse has the identity provider assert what the step describes.
func (c *calling) withResponse(s *step) (sts.Credentials, error) {
	account := arn.AccountOf(s.role)
	provider := fmt.Sprintf("arn:%s:iam::%s:saml-provider/%s", c.lab.world.Partition(), account, s.response.provider)
	entity := "https://nobody.example.com"
	if p := c.lab.world.SAMLProvider(account, s.response.provider); p != nil {
		entity = entityOf(p)
	}
	recipient, audience, _ := saml.SignIn(c.lab.world.Partition())
	response, err := identityProvider(entity).Respond(saml.Response{
		Subject: saml.Subject{Name: s.response.name}, Recipient: recipient, Audience: audience, IssueInstant: c.now,
		Attributes: s.samlAttributes(provider),
	})
	if err != nil {
		return sts.Credentials{}, err
	}
	return credentialsOf(c.service.AssumeRoleWithSAML(c.ctx, &sts.AssumeRoleWithSAMLInput{
		RoleArn: &s.role, PrincipalArn: &provider, SAMLAssertion: &response, DurationSeconds: seconds(s.duration),
		Policy: s.document(), PolicyArns: s.arns(),
	}))
}

// samlAttributes gives the attributes of the step, with Role and
// RoleSessionName unless they are given.
func (s *step) samlAttributes(provider string) []saml.Attribute {
	var list []saml.Attribute
	given := map[string]bool{}
	for _, a := range s.response.attributes {
		given[a.name] = true
		if strings.Contains(a.name, "://") || strings.HasPrefix(a.name, "urn:") {
			list = append(list, saml.Attribute{Name: a.name, Values: a.values})
		} else {
			list = append(list, saml.AWSAttribute(a.name, a.values...))
		}
	}
	add := func(name string, values ...string) {
		if !given[name] {
			list = append(list, saml.AWSAttribute(name, values...))
		}
	}
	add("Role", s.role+","+provider)
	add("RoleSessionName", s.sessionName)
	for _, t := range s.tags {
		add("PrincipalTag:"+t.key, t.value)
	}
	if len(s.transitive) > 0 {
		add("TransitiveTagKeys", s.transitive...)
	}
	if s.identity != "" {
		add("SourceIdentity", s.identity)
	}
	return list
}

// output is what an operation of STS answers.
type output interface {
	*sts.AssumeRoleOutput | *sts.AssumeRoleWithSAMLOutput | *sts.AssumeRoleWithWebIdentityOutput | *sts.AssumeRootOutput |
		*sts.GetSessionTokenOutput | *sts.GetFederationTokenOutput
}

func credentialsOf[O output](out O, err error) (sts.Credentials, error) {
	if err != nil {
		return sts.Credentials{}, err
	}
	switch o := any(out).(type) {
	case *sts.AssumeRoleOutput:
		return o.Credentials, nil
	case *sts.AssumeRoleWithSAMLOutput:
		return o.Credentials, nil
	case *sts.AssumeRoleWithWebIdentityOutput:
		return o.Credentials, nil
	case *sts.AssumeRootOutput:
		return o.Credentials, nil
	case *sts.GetSessionTokenOutput:
		return o.Credentials, nil
	default:
		return any(out).(*sts.GetFederationTokenOutput).Credentials, nil
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func seconds(d time.Duration) *int32 {
	if d == 0 {
		return nil
	}
	n := int32(d / time.Second)
	return &n
}

func (s *step) document() *string {
	if s.policy == nil {
		return nil
	}
	return optional(s.policy.String())
}

func (s *step) arns() []sts.PolicyDescriptorType {
	var list []sts.PolicyDescriptorType
	for i := range s.managed {
		list = append(list, sts.PolicyDescriptorType{Arn: &s.managed[i]})
	}
	return list
}

func (s *step) stsTags() []sts.Tag {
	var list []sts.Tag
	for i := range s.tags {
		list = append(list, sts.Tag{Key: &s.tags[i].key, Value: &s.tags[i].value})
	}
	return list
}

// failureOf compares a refusal with what is expected of it.
func (e *expectation) failureOf(err error) (expected, got string) {
	var refused *sts.Error
	if !errors.As(err, &refused) {
		return "an answer of STS", err.Error()
	}
	switch {
	case e.code != "" && e.code != string(refused.Code):
		return e.code, refused.Error()
	case e.action != "" && !strings.EqualFold(e.action, refused.Action):
		return strconv.Quote(e.action) + " refused", strconv.Quote(refused.Action) + " refused"
	case e.message != "" && !strings.Contains(refused.Error(), e.message):
		return fmt.Sprintf("a message with %q", e.message), refused.Error()
	case refused.Decision == nil && e.decision+e.layer+e.sid+e.policy != "":
		return "a decision of the policies", refused.Error()
	case refused.Decision == nil:
		return "", ""
	}
	about := *e
	about.message = ""
	return about.mismatch(*refused.Decision)
}

// decisionOf gives the decision behind a refusal, if there is one.
func decisionOf(err error) *eval.Decision {
	var refused *sts.Error
	if errors.As(err, &refused) {
		return refused.Decision
	}
	return nil
}
