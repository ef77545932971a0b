package eval

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// ErrImpossible is wrapped by the error for policies that cannot be attached
// to the caller (EV-48, CONTESTED: one could ignore them, and would hide a
// mistake of whoever asks).
var ErrImpossible = errors.New("impossible request")

// checkPossible refuses policies that the caller cannot have.
func checkPossible(r *Request, p *Policies) error {
	c := &r.caller
	who := c.Kind.String()
	if r.serviceLinked {
		who = "service-linked role"
	}
	hasIdentity := c.Kind == principal.User || c.IsRole() || c.Kind == principal.FederatedUser
	switch {
	case hasPolicies(p.Identity) && !hasIdentity:
		return impossible(who, policy.Identity)
	case p.Boundary != nil && (!hasIdentity || r.serviceLinked):
		return impossible(who, policy.Boundary)
	case hasPolicies(p.Session) && !mayHaveSession(r):
		return impossible(who, policy.Session)
	default:
		return nil
	}
}

func impossible(who string, kind policy.Kind) error {
	return fmt.Errorf("%w: %s cannot have %s", ErrImpossible, diag.WithArticle(who), diag.WithArticle(kind.String()))
}

func mayHaveSession(r *Request) bool {
	c := &r.caller
	return c.IsRole() && !r.serviceLinked || c.Kind == principal.FederatedUser || r.assumedRoot || r.delegatedUser()
}

// assumedRoot tells whether the caller is a session of AssumeRoot, which shows
// by aws:AssumedRoot (EV-96).
func assumedRoot(r *Request) bool {
	if r.caller.Kind != principal.Root {
		return false
	}
	value, _ := r.context.Text("aws:AssumedRoot")
	return strings.EqualFold(value, "true")
}

// layerApplies tells whether a layer has policies and concerns the request
// (EV-45).
func layerApplies(l Reason, r *Request, p *Policies) bool {
	switch l {
	case BySCP:
		return len(p.SCP) > 0 && r.caller.HasAccount() && !r.serviceLinked // EV-46, EV-77
	case ByRCP:
		return len(p.RCP) > 0 && r.rcp
	case ByEndpoint:
		return p.Endpoint != nil && r.caller.Kind != principal.Service
	case ByResource:
		return p.Resource != nil && !r.noTrust
	case ByIdentity:
		return hasPolicies(p.Identity)
	case ByBoundary:
		return p.Boundary != nil
	default:
		return hasPolicies(p.Session)
	}
}

// rcpServices are the services whose resources RCPs protect, by action prefix,
// as AWS listed them in September 2026 (EV-47).
var rcpServices = func() map[string]bool {
	const list = `aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch
		cloudtrail-data codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend
		comprehendmedical compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose fis
		fms gamelift health inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor notifications opensearch
		pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3 secretsmanager servicediscovery
		signin sqs sts support swf textract timestream-influxdb transcribe transfer translate wafv2 workspaces xray`
	services := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		services[name] = true
	}
	return services
}()

// rcpApplies: RCPs spare actions without a resource (EV-86, CONTESTED),
// services not on the list, AWS managed keys, kms:RetireGrant, service-linked
// roles, and a service that assumes its service-linked role (EV-47).
func rcpApplies(r *Request) bool {
	switch {
	case r.resource.Service == "" || !rcpServices[r.match.Service()]:
		return false
	case r.query.AWSManagedKey || r.isAction("kms", "retiregrant"):
		return false
	case r.serviceLinked:
		return false
	case r.trust && r.caller.Kind == principal.Service:
		return !strings.HasPrefix(r.resource.Resource, serviceLinkedPath)
	default:
		return true
	}
}

const serviceLinkedPath = "role/aws-service-role/"

// s3RootLockout tells whether the root user works on the policy of a bucket of
// the account, which the bucket's own policy cannot forbid (EV-95).
func s3RootLockout(r *Request) bool {
	return r.caller.Kind == principal.Root && !r.CrossAccount() &&
		r.isAction("s3", "getbucketpolicy", "putbucketpolicy", "deletebucketpolicy")
}
