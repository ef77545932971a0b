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

// attachable gives the layers that the caller can have.
func attachable(r *Request) Reasons {
	layers := allLayers
	hasIdentity := r.caller.Kind == principal.User || r.caller.IsRole() || r.caller.Kind == principal.FederatedUser
	if !hasIdentity {
		layers.remove(ByIdentity)
	}
	if !hasIdentity || r.serviceLinked {
		layers.remove(ByBoundary)
	}
	if !mayHaveSession(r) {
		layers.remove(BySession)
	}
	return layers
}

// impossible refuses policies that the caller cannot have; nil means that there
// are none.
func (r *Request) impossible(p *Policies) error {
	wrong := p.present() &^ r.attachable
	if wrong == 0 {
		return nil
	}
	who := r.caller.Kind.String()
	if r.serviceLinked {
		who = "service-linked role"
	}
	kind := policy.Session
	switch wrong.first() {
	case ByIdentity:
		kind = policy.Identity
	case ByBoundary:
		kind = policy.Boundary
	}
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
	value, _ := r.context.TextOf(keyAssumedRoot)
	return strings.EqualFold(value, "true")
}

// concerned gives the layers that concern the request if they have policies
// (EV-45).
func concerned(r *Request) Reasons {
	layers := allLayers
	if !r.caller.HasAccount() || r.serviceLinked { // EV-46, EV-77
		layers.remove(BySCP)
	}
	if !rcpApplies(r) {
		layers.remove(ByRCP)
	}
	if r.caller.Kind == principal.Service {
		layers.remove(ByEndpoint)
	}
	if r.noTrust {
		layers.remove(ByResource)
	}
	return layers
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
