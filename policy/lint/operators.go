package lint

import (
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
)

// operatorRules look at operators that do not do what they seem to.
var operatorRules = []Rule{
	{
		Code: "FORALLVALUES_ALLOW", Severity: diag.Security, Rule: "PL-126", Page: pageSets, test: forAllValuesAllow,
		Title:   "ForAllValues in an Allow without a test that the key is there",
		Happens: "the test is true for a request without the key, so that leaving it out is a way in",
		Mend:    `add "Null": {"KEY": "false"}, or use ForAnyValue`,
	}, {
		Code: "NULL_WITH_QUALIFIER", Severity: diag.Suggestion, Rule: "PL-134", Page: checks, test: nullWithQualifier,
		Title: "Null with ForAllValues or ForAnyValue", Happens: "the test is always true, or always false", Mend: "use Null by itself",
	}, {
		Code: "IFEXISTS_NEGATED", Severity: diag.Suggestion, Rule: "PL-120", Page: pageOperators, test: ifExistsNegated,
		Title: "IfExists on a negated operator", Happens: "it changes nothing: a negated test is true for a missing key anyway", Mend: "leave IfExists away",
	}, {
		Code: "MFA_BOOL_DENY", Severity: diag.Warning, Rule: "PL-153", Page: pageMFA, test: mfaBoolDeny,
		Title:   "a Deny without MFA that does not look at requests without the key",
		Happens: "long-term access keys carry no aws:MultiFactorAuthPresent, so that they are not denied",
		Mend:    "use BoolIfExists",
	}, {
		Code: "MFA_IFEXISTS_ALLOW", Severity: diag.Security, Rule: "PL-119", Page: pageMFA, test: mfaIfExistsAllow,
		Title:   "an Allow with MFA that lets requests without the key pass",
		Happens: "long-term access keys carry no aws:MultiFactorAuthPresent, so that they are allowed without MFA",
		Mend:    "use Bool",
	}, {
		Code: "PAIRED_KEY", Severity: diag.Security, Rule: "PL-188", Page: pageGlobalKeys, test: pairedKey,
		Title:   "a private address without the VPC that it belongs to",
		Happens: "private addresses repeat in every VPC, so that a stranger's VPC matches as well",
		Mend:    "add a condition on the VPC",
	}, {
		Code: "CALLED_VIA_SOURCE_IP", Severity: diag.Suggestion, Rule: "PL-186", Page: pageGlobalKeys, test: calledViaSourceIP,
		Title:   "a Deny by aws:SourceIp that also meets AWS services",
		Happens: "a service that acts on the caller's behalf comes from an address of its own and is denied",
		Mend:    `add "Bool": {"aws:ViaAWSService": "false"}`,
	},
}

// forAllValuesAllow asks for a test that is false for a missing key: Null, or
// any that holds the key to some values.
func forAllValuesAllow(p *pass, s *statement, t *test) {
	if !s.allows() || t.Qualifier != conditions.ForAllValues || t.Base == conditions.Null {
		return
	}
	for i := range s.tests {
		o := &s.tests[i]
		present := o.Base == conditions.Null && o.isPlain() && o.has("false") && !o.has("true")
		if o.name == t.name && (present || o.limits()) {
			return
		}
	}
	p.report(t.operator.Span, t.operator.Value+" is true where "+quote(t.key.Name.Value)+" is missing",
		`add "Null": {"`+diag.Clip(t.key.Name.Value, 60)+`": "false"}, or use ForAnyValue`)
}

func nullWithQualifier(p *pass, _ *statement, t *test) {
	if t.Base == conditions.Null && t.Qualifier != conditions.NoQualifier {
		always := "true"
		if t.Qualifier == conditions.ForAnyValue {
			always = "false"
		}
		p.report(t.operator.Span, t.operator.Value+" is always "+always, "")
	}
}

func ifExistsNegated(p *pass, _ *statement, t *test) {
	if t.IfExists && t.Base.Negated() && t.Qualifier == conditions.NoQualifier {
		plain := t.Operator
		plain.IfExists = false
		p.report(t.operator.Span, t.operator.Value+" means "+plain.String(), "")
	}
}

const mfaPresent = "aws:multifactorauthpresent"

func mfaBoolDeny(p *pass, s *statement, t *test) {
	if !s.allows() && t.Base == conditions.Bool && t.isPlain() && t.name == mfaPresent && t.has("false") {
		p.report(t.operator.Span, "requests without aws:MultiFactorAuthPresent are not denied", "")
	}
}

func mfaIfExistsAllow(p *pass, s *statement, t *test) {
	if s.allows() && t.Base == conditions.Bool && t.IfExists && t.name == mfaPresent && t.has("true") {
		p.report(t.operator.Span, "requests without aws:MultiFactorAuthPresent are allowed", "")
	}
}

var pairs = map[string]struct{ partner, shown string }{
	"aws:vpcsourceip":                  {"aws:sourcevpc", "aws:SourceVpc"},
	"aws:ec2instancesourceprivateipv4": {"aws:ec2instancesourcevpc", "aws:Ec2InstanceSourceVpc"},
}

func pairedKey(p *pass, s *statement, t *test) {
	pair, ok := pairs[t.name]
	vpce := t.name == "aws:vpcsourceip" && s.mentions("aws:sourcevpce", "aws:sourcevpcarn")
	if ok && !vpce && !s.mentions(pair.partner) {
		p.report(t.key.Name.Span, t.key.Name.Value+" is tested without "+pair.shown, "add a condition on "+pair.shown)
	}
}

func calledViaSourceIP(p *pass, s *statement, t *test) {
	if s.allows() || t.name != "aws:sourceip" || t.Base != conditions.NotIPAddress {
		return
	}
	if !s.mentions("aws:viaawsservice", "aws:principalisawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast") {
		p.report(t.key.Name.Span, "services that act for a caller are denied too", "")
	}
}
