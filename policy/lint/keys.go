package lint

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/glob"
)

// keyRules look at the names and types of condition keys.
var keyRules = []Rule{
	{
		Code: "UNKNOWN_CONDITION_KEY", Severity: diag.Error, Rule: "PL-111", Page: pageGlobalKeys, test: unknownKey,
		Title: "a condition key that does not exist", Happens: "no request ever has the key: positive tests are false, negated ones true",
		Mend: "look the key up in the service's list of condition keys",
	}, {
		Code: "TYPE_MISMATCH_OPERATOR", Severity: diag.Warning, Rule: "PL-139", Page: checks, test: typeMismatch,
		Title: "an operator that does not suit the type of its key", Happens: "texts are compared that were meant as something else, or nothing can be read",
		Mend: "use an operator of the key's type",
	}, {
		Code: "MISSING_QUALIFIER", Severity: diag.Error, Rule: "PL-131", Page: pageSets, test: missingQualifier,
		Title: "a multivalued key without ForAllValues or ForAnyValue", Happens: "the test is false for every request that has the key",
		Mend: "say ForAnyValue: or ForAllValues: before the operator",
	}, {
		Code: "FORALLVALUES_SINGLE", Severity: diag.Security, Rule: "PL-130", Page: checks, test: forAllValuesSingle,
		Title: "ForAllValues on a single-valued key", Happens: "the test is true where the key is missing, which the plain operator is not",
		Mend: "leave ForAllValues: away",
	}, {
		Code: "VARIABLE_MULTIVALUED", Severity: diag.Error, Rule: "PL-178", Page: pageVariables, statement: variableMultivalued,
		Title: "a multivalued key as policy variable", Happens: "the variable has no value, so that nothing matches", Mend: "use a single-valued key",
	},
}

// builtInKeys are the known keys by their names in lower case.
var builtInKeys = func() map[string]conditions.KnownKey {
	keys := map[string]conditions.KnownKey{}
	for _, k := range conditions.KnownKeys {
		keys[strings.ToLower(k.Name)] = k
	}
	return keys
}()

// key finds what is known of a key, given in lower case: built in, or in the
// reference.
func (p *pass) key(name string) (conditions.KnownKey, bool) {
	base := keyBase(name)
	if k, ok := builtInKeys[base]; ok && (!k.Named || len(name) > len(base)) {
		return k, true
	}
	prefix, _, _ := strings.Cut(name, ":")
	if s := p.opts.Reference.service(prefix); s != nil {
		if k, ok := s.keys[base]; ok {
			return k, true
		}
		if k, ok := s.keys[name]; ok {
			return k, true
		}
	}
	return conditions.KnownKey{}, false
}

// keyBase cuts the part that the user names (PL-113).
func keyBase(name string) string {
	if i := strings.IndexByte(name, '/'); i >= 0 {
		return name[:i+1]
	}
	if parts := strings.SplitN(name, ":", 3); len(parts) == 3 {
		return parts[0] + ":" + parts[1] + ":"
	}
	return name
}

// unknownKey speaks of prefixes of which every key is known: those built in,
// and the services of the reference.
func unknownKey(p *pass, _ *statement, t *test) {
	if _, ok := p.key(t.name); ok || t.compiled.Key().Nameless() || strings.Contains(t.name, "${") {
		return
	}
	prefix, _, _ := strings.Cut(t.name, ":")
	reference := p.opts.Reference.service(prefix)
	if prefix != "aws" && prefix != "sts" && prefix != "iam" && reference == nil {
		return
	}
	var names []string
	for lower, k := range builtInKeys {
		if strings.HasPrefix(lower, prefix+":") {
			names = append(names, k.Name)
		}
	}
	if reference != nil {
		for _, k := range reference.keys {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	p.report(t.key.Name.Span, "there is no condition key "+quote(t.key.Name.Value), keyHint(t.name, t.key.Name.Value, names))
}

func keyHint(lower, name string, names []string) string {
	if lower == "aws:arn" {
		return `did you mean "aws:PrincipalArn"?`
	}
	base := name
	if i := strings.IndexByte(name, '/'); i >= 0 {
		base = name[:i+1]
	}
	return diag.DidYouMean(base, names, "")
}

// suits tells whether an operator compares values of a type. Text is compared
// with ARNs by habit, which works.
func suits(b conditions.Base, types conditions.KeyTypes) bool {
	switch {
	case b == conditions.Null || types == 0:
		return true
	case b <= conditions.StringNotLike:
		return types&(conditions.StringKey|conditions.ARNKey) != 0
	case b <= conditions.NumericGreaterThanEquals:
		return types&conditions.NumericKey != 0
	case b <= conditions.DateGreaterThanEquals:
		return types&conditions.DateKey != 0
	case b == conditions.Bool:
		return types&conditions.BoolKey != 0
	case b == conditions.BinaryEquals:
		return types&conditions.BinaryKey != 0
	case b <= conditions.NotIPAddress:
		return types&conditions.IPKey != 0
	default:
		return types&conditions.ARNKey != 0
	}
}

var typeNames = []struct {
	types     conditions.KeyTypes
	name, use string
}{
	{conditions.StringKey, "a string", "StringEquals or StringLike"},
	{conditions.ARNKey, "an ARN", "ArnLike"},
	{conditions.BoolKey, "a boolean", "Bool"},
	{conditions.NumericKey, "a number", "NumericEquals and the like"},
	{conditions.DateKey, "a date", "DateLessThan and the like"},
	{conditions.IPKey, "an IP address", "IpAddress"},
	{conditions.BinaryKey, "binary data", "BinaryEquals"},
}

func typeMismatch(p *pass, _ *statement, t *test) {
	k, ok := p.key(t.name)
	if !ok || suits(t.Base, k.Types) {
		return
	}
	for _, n := range typeNames {
		if k.Types&n.types != 0 {
			p.report(t.operator.Span, quote(t.key.Name.Value)+" is "+n.name+", which "+t.operator.Value+" does not compare", "use "+n.use)
			return
		}
	}
}

func missingQualifier(p *pass, _ *statement, t *test) {
	if k, ok := p.key(t.name); ok && k.Multivalued && t.Qualifier == conditions.NoQualifier && t.Base != conditions.Null {
		p.report(t.operator.Span, quote(t.key.Name.Value)+" is multivalued, and "+t.operator.Value+" has no set operator",
			"write ForAnyValue:"+t.operator.Value+" or ForAllValues:"+t.operator.Value)
	}
}

func forAllValuesSingle(p *pass, _ *statement, t *test) {
	if k, ok := p.key(t.name); ok && !k.Multivalued && t.Qualifier == conditions.ForAllValues && t.Base != conditions.Null {
		p.report(t.operator.Span, quote(t.key.Name.Value)+" is single-valued", "write "+strings.TrimPrefix(t.operator.Value, "ForAllValues:"))
	}
}

func variableMultivalued(p *pass, s *statement) {
	if !p.doc.HasVariables() {
		return
	}
	look := func(value string, at diag.Span) {
		pattern := glob.Compile(value, glob.Variables)
		for _, body := range pattern.Slots() {
			name, _, _ := strings.Cut(body, ",")
			if k, ok := p.key(strings.ToLower(name)); ok && k.Multivalued {
				p.report(at, "${"+name+"} is multivalued and cannot be a variable", "")
			}
		}
	}
	for i := range s.resources {
		look(s.resources[i].Value, s.resources[i].Span)
	}
	for i := range s.tests {
		for _, v := range s.tests[i].key.Values {
			if s.tests[i].Base.TakesVariables() {
				look(v.Value, v.Span)
			}
		}
	}
}
