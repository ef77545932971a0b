package lint

import (
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
)

// arnRules look at the ARNs of Resource and NotResource.
var arnRules = []Rule{
	{
		Code: "ARN_PARTITION", Severity: diag.Error, Rule: "PL-85", Page: pageARNs, statement: arnPartition,
		Title: "an ARN of an unknown partition", Happens: "it matches no resource", Mend: "write aws, aws-cn, aws-us-gov or *",
	}, {
		Code: "ARN_ACCOUNT", Severity: diag.Error, Rule: "PL-84", Page: checks, statement: arnAccount,
		Title: "an ARN whose account is not 12 digits", Happens: "it matches no resource", Mend: "write the 12 digits of the account, or *",
	}, {
		Code: "ARN_REGION", Severity: diag.Error, Rule: "PL-86", Page: checks, statement: arnRegion,
		Title: "a Region or an account in an ARN that has none, or the other way round", Happens: "it matches no resource",
		Mend: "write the ARN as the service's list of resource types does",
	}, {
		Code: "ARN_SERVICE_CASE", Severity: diag.Error, Rule: "PL-94", Page: checks, statement: arnServiceCase,
		Title: "an ARN whose service is not in lower case", Happens: "it matches no resource", Mend: "write the service in lower case",
	}, {
		Code: "WILDCARD_SERVICE", Severity: diag.Suggestion, Rule: "PL-89", Page: pageResource, statement: wildcardService,
		Title: "a wildcard in the service of an ARN", Happens: "AWS's pages contradict each other on whether it matches anything",
		Mend: `name the service, or write "*" for all resources`,
	}, {
		Code: "WILDCARD_RESOURCE_TYPE", Severity: diag.Error, Rule: "PL-90", Page: pageIdentifiers, statement: wildcardType,
		Title: "a wildcard in the resource type of an IAM or STS ARN", Happens: "AWS does not allow it, and what it matches is not documented",
		Mend: "write the type in full, such as user/ or role/",
	},
}

// eachARN calls a function with each ARN of six parts.
func (s *statement) eachARN(f func(*resource)) {
	for i := range s.resources {
		if r := &s.resources[i]; !r.all && r.parts != nil {
			f(r)
		}
	}
}

func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?") }

func arnPartition(p *pass, s *statement) {
	s.eachARN(func(r *resource) {
		if part := r.part(1); !hasWildcard(part) && !strings.Contains(part, "${") && !arn.IsPartition(part) {
			p.report(r.Span, "there is no partition "+quote(part), "")
		}
	})
}

func arnAccount(p *pass, s *statement) {
	s.eachARN(func(r *resource) {
		account := r.part(4)
		if account == "" || account == "aws" || strings.Contains(account, "${") || hasWildcard(account) || arn.IsAccountID(account) ||
			account == "cloudfront" { // origin access identities
			return
		}
		p.report(r.Span, "the account "+quote(account)+" of the ARN is not 12 digits", "")
	})
}

// arnRegion knows IAM and STS by itself (PL-86); for other services it asks
// the reference.
func arnRegion(p *pass, s *statement) {
	s.eachARN(func(r *resource) {
		region := r.part(3)
		switch service := r.part(2); {
		case (service == "iam" || service == "sts") && region != "" && strings.Trim(region, "*") != "":
			p.report(r.Span, "ARNs of "+service+" have no Region: "+quote(r.Value), "leave the Region empty")
		case (service == "iam" || service == "sts") && r.part(4) == "":
			p.report(r.Span, "ARNs of "+service+" have an account: "+quote(r.Value), "write the account, or *")
		default:
			p.regionByReference(r)
		}
	})
}

// regionByReference reports an ARN that would fit a resource type of its
// service with another Region and account.
func (p *pass) regionByReference(r *resource) {
	service := p.opts.Reference.service(r.part(2))
	if service == nil || len(service.resources) == 0 || service.fits(r) {
		return
	}
	for i := range service.resources {
		for _, f := range service.resources[i].formats {
			if f.overlaps(r, partRegion, partAccount) {
				p.report(r.Span, "no resource of "+r.part(2)+" has such a Region or account: "+quote(r.Value), "it is written "+f.text)
				return
			}
		}
	}
}

func arnServiceCase(p *pass, s *statement) {
	s.eachARN(func(r *resource) {
		if service := r.part(2); strings.ToLower(service) != service && !strings.Contains(service, "${") {
			p.report(r.Span, "the service "+quote(service)+" of the ARN is not in lower case", "write "+strings.ToLower(service))
		}
	})
}

func wildcardService(p *pass, s *statement) {
	s.eachARN(func(r *resource) {
		if hasWildcard(r.part(2)) {
			p.report(r.Span, "a wildcard in the service of the ARN "+quote(r.Value), "")
		}
	})
}

func wildcardType(p *pass, s *statement) {
	s.eachARN(func(r *resource) {
		if service := r.part(2); service != "iam" && service != "sts" {
			return
		}
		kind := r.part(5)
		if i := strings.IndexByte(kind, '/'); i >= 0 {
			kind = kind[:i]
		}
		if hasWildcard(kind) && kind != "*" {
			p.report(r.Span, "a wildcard in the resource type "+quote(kind), "")
		}
	})
}
