package lint

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// valueRules look at the values of conditions.
var valueRules = []Rule{
	{
		Code: "WILDCARD_WITHOUT_LIKE", Severity: diag.Warning, Rule: "PL-144", Page: checks, test: wildcardWithoutLike,
		Title:   "a wildcard under StringEquals or its kin",
		Happens: "* and ? are plain characters there: a positive test is false for everything else, a negated one true",
		Mend:    "use StringLike or StringNotLike",
	}, {
		Code: "SENSITIVE_KEY_WILDCARD", Severity: diag.Security, Rule: "PL-185", Page: pageGlobalKeys, test: sensitiveWildcard,
		Title:   "a wildcard for a key that identifies an account, an organization or a network",
		Happens: "ids of strangers match as well", Mend: "write each id in full",
	}, {
		Code: "MULTIPLE_BOOLEAN", Severity: diag.Error, Rule: "PL-155", Page: checks, test: multipleBoolean,
		Title: "both true and false under Bool", Happens: "every value of the key matches, so that only its presence counts", Mend: "keep one of them",
	}, {
		Code: "DATE_FORMAT", Severity: diag.Warning, Rule: "PL-151", Page: checks, test: dateFormat,
		Title: "a date that is not ISO 8601 with a zone", Happens: "it is read as seconds since 1970, or as UTC",
		Mend: "write it as 2026-01-31T12:00:00Z",
	}, {
		Code: "IP_HOST_BITS", Severity: diag.Suggestion, Rule: "PL-160", Page: checks, test: ipHostBits,
		Title: "an IP range with bits behind its prefix", Happens: "they are ignored: the range may be larger than it looks", Mend: "write the range by its first address",
	}, {
		Code: "PRIVATE_IP", Severity: diag.Error, Rule: "PL-162", Page: checks, test: privateIP,
		Title: "a private address for aws:SourceIp", Happens: "aws:SourceIp holds public addresses only, so that it never matches",
		Mend: "use aws:VpcSourceIp together with aws:SourceVpc, or the public address",
	}, {
		Code: "VPC_FORMAT", Severity: diag.Error, Rule: "PL-188", Page: checks, test: vpcFormat,
		Title: "a value of aws:SourceVpc that is no id of a VPC", Happens: "it never matches", Mend: "write vpc- and 8 or 17 hexadecimal digits",
	}, {
		Code: "VPCE_FORMAT", Severity: diag.Error, Rule: "PL-188", Page: checks, test: vpceFormat,
		Title: "a value of aws:SourceVpce that is no id of a VPC endpoint", Happens: "it never matches", Mend: "write vpce- and 8 or 17 hexadecimal digits",
	}, {
		Code: "SERVICE_PRINCIPAL_FORMAT", Severity: diag.Error, Rule: "PL-52", Page: checks, statement: servicePrincipalFormat,
		Title: "a service principal that is not name.amazonaws.com in lower case", Happens: "no service has the name, so that it never matches",
		Mend: "write it as in the service's documentation, such as ec2.amazonaws.com",
	},
}

func wildcardWithoutLike(p *pass, _ *statement, t *test) {
	if !t.text() {
		return
	}
	for _, v := range t.key.Values {
		if strings.Contains(withoutVariables(v.Value, p.doc.HasVariables()), "*") {
			hint := "use " + likeOf(t.Operator).String()
			p.report(v.Span, "the * in "+quote(v.Value)+" is a plain character under "+t.operator.Value, hint)
		}
	}
}

// withoutVariables removes `${...}`, of which `${*}` is meant as a character.
func withoutVariables(s string, variables bool) string {
	for variables {
		before, rest, ok := strings.Cut(s, "${")
		_, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			break
		}
		s = before + after
	}
	return s
}

// likeOf gives the operator that takes wildcards instead.
func likeOf(op conditions.Operator) conditions.Operator {
	if op.Base.Negated() {
		op.Base = conditions.StringNotLike
	} else {
		op.Base = conditions.StringLike
	}
	return op
}

var sensitiveKeys = []string{
	"aws:principalaccount", "aws:principalorgid", "aws:resourceaccount", "aws:resourceorgid", "aws:sourceaccount",
	"aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid",
}

func sensitiveWildcard(p *pass, _ *statement, t *test) {
	if !t.wild() || !t.about(sensitiveKeys) {
		return
	}
	for _, v := range t.key.Values {
		if hasWildcard(withoutVariables(v.Value, p.doc.HasVariables())) {
			p.report(v.Span, "a wildcard in a value of "+t.key.Name.Value, "")
		}
	}
}

func multipleBoolean(p *pass, _ *statement, t *test) {
	if t.Base == conditions.Bool && t.has("true") && t.has("false") {
		p.report(t.key.Name.Span, t.key.Name.Value+" may be true and may be false", "")
	}
}

var (
	epochSeconds = regexp.MustCompile(`^-?[0-9]{5,}$`)
	noZone       = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+$`)
)

func dateFormat(p *pass, _ *statement, t *test) {
	if t.Base < conditions.DateEquals || t.Base > conditions.DateGreaterThanEquals || t.name == "aws:epochtime" {
		return
	}
	for _, v := range t.key.Values {
		switch {
		case epochSeconds.MatchString(v.Value) && len(v.Value) >= 12:
			p.report(v.Span, quote(v.Value)+" looks like milliseconds, and is read as seconds since 1970", "")
		case epochSeconds.MatchString(v.Value):
			p.report(v.Span, quote(v.Value)+" is read as seconds since 1970", "")
		case noZone.MatchString(v.Value):
			p.report(v.Span, quote(v.Value)+" has no zone", "write a Z behind it, if UTC is meant")
		}
	}
}

func isNetwork(t *test) bool {
	return t.Base == conditions.IPAddress || t.Base == conditions.NotIPAddress
}

func ipHostBits(p *pass, _ *statement, t *test) {
	if !isNetwork(t) {
		return
	}
	for _, v := range t.key.Values {
		if n, err := netip.ParsePrefix(v.Value); err == nil && n != n.Masked() {
			p.report(v.Span, quote(v.Value)+" means "+n.Masked().String(), "write "+n.Masked().String()+", or "+n.Addr().String()+" if only that address is meant")
		}
	}
}

func privateIP(p *pass, _ *statement, t *test) {
	if !isNetwork(t) || t.name != "aws:sourceip" {
		return
	}
	for _, v := range t.key.Values {
		if n, ok := network(v.Value); ok && isPrivate(n) {
			p.report(v.Span, quote(v.Value)+" is private", "")
		}
	}
}

func network(s string) (netip.Prefix, bool) {
	if n, err := netip.ParsePrefix(s); err == nil {
		return n.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// privateRanges are those of RFC 1918, RFC 6598, RFC 4193, loopback and link
// local.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128"),
}

func isPrivate(n netip.Prefix) bool {
	for _, r := range privateRanges {
		if r.Contains(n.Addr()) && n.Bits() >= r.Bits() {
			return true
		}
	}
	return false
}

var (
	vpcID  = regexp.MustCompile(`^vpc-([0-9a-f]{8}|[0-9a-f]{17})$`)
	vpceID = regexp.MustCompile(`^vpce-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

func vpcFormat(p *pass, _ *statement, t *test)  { p.idFormat(t, "aws:sourcevpc", vpcID) }
func vpceFormat(p *pass, _ *statement, t *test) { p.idFormat(t, "aws:sourcevpce", vpceID) }

func (p *pass) idFormat(t *test, key string, form *regexp.Regexp) {
	if t.name != key || !t.isString() {
		return
	}
	for _, v := range t.key.Values {
		if !form.MatchString(v.Value) && !hasWildcard(v.Value) && !strings.Contains(v.Value, "${") {
			p.report(v.Span, quote(v.Value)+" is no id of "+t.key.Name.Value, "")
		}
	}
}

// servicePrincipalKeys hold service principals.
var servicePrincipalKeys = []string{
	"aws:principalservicename", "aws:principalservicenameslist", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast",
	"iam:passedtoservice", "iam:awsservicename",
}

// serviceName takes the domains that service principals are documented with;
// alexa-appkit.amazon.com is one.
var serviceName = regexp.MustCompile(`^[a-z0-9.*?-]+\.(amazonaws\.com|amazonaws\.com\.cn|amazon\.com|amazonaws\.eu|aws\.internal|c2s\.ic\.gov|sc2s\.sgov\.gov)$`)

func servicePrincipalFormat(p *pass, s *statement) {
	for _, n := range s.principals {
		if isService(n) && !serviceName.MatchString(n.Value) {
			p.report(n.Span, quote(n.Value)+" is no service principal", serviceHint(n.Text))
		}
	}
	for i := range s.tests {
		t := &s.tests[i]
		if !t.isString() || !t.about(servicePrincipalKeys) {
			continue
		}
		for _, v := range t.key.Values {
			open := t.wild() && hasWildcard(v.Value) || strings.Contains(v.Value, "${")
			if !open && !serviceName.MatchString(v.Value) {
				p.report(v.Span, quote(v.Value)+" is no service principal", serviceHint(v))
			}
		}
	}
}

// serviceHint says how the name is written, where that can be told.
func serviceHint(t policy.Text) string {
	lower := strings.ToLower(t.Value)
	switch {
	case lower != t.Value && serviceName.MatchString(lower):
		return "write " + lower
	case serviceName.MatchString(lower + ".amazonaws.com"):
		return `did you mean "` + lower + `.amazonaws.com"?`
	default:
		return ""
	}
}
