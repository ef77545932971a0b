package sts

import (
	"reflect"
	"regexp"
	"strings"
)

// ParameterKind is the type of a parameter. The zero value is invalid.
type ParameterKind uint8

// The kinds of parameters.
const (
	// Text is a field of type *string.
	Text ParameterKind = iota + 1
	// Integer is a field of type *int32.
	Integer
	// List is a slice; nil means that the parameter is absent.
	List
	// Structure is a pointer to a struct, or a struct in a list.
	Structure
)

// Parameter describes a parameter of an operation, or a member of one: what
// the Query protocol sends and what it must satisfy. All of them come from the
// fields of the input structs.
type Parameter struct {
	// Name is the name on the wire.
	Name string
	Kind ParameterKind
	// Field is the index of its field in the struct; of the member of a list -1.
	Field int
	// Required parameters must be there.
	Required bool
	// Members are those of a structure, Member is that of a list.
	Members []Parameter
	Member  *Parameter

	shape *shape
}

// Sensitive tells that the value is a secret, which no message or log repeats.
func (p *Parameter) Sensitive() bool { return p.shape != nil && p.shape.sensitive }

// parametersOf reads the fields of a struct.
func parametersOf(t reflect.Type) []Parameter {
	list := make([]Parameter, 0, t.NumField())
	for i := range t.NumField() {
		field := t.Field(i)
		p := Parameter{Name: field.Name, Field: i}
		name, rest, _ := strings.Cut(field.Tag.Get("sts"), ",")
		for option := range strings.SplitSeq(rest, ",") {
			if option == "required" {
				p.Required = true
			} else if wire, ok := strings.CutPrefix(option, "name="); ok {
				p.Name = wire
			}
		}
		p.of(field.Type, name)
		list = append(list, p)
	}
	return list
}

// of sets what follows from a type and the name of a shape.
func (p *Parameter) of(t reflect.Type, shapeName string) {
	if shapeName != "" {
		s, ok := shapes[shapeName]
		if !ok {
			panic("sts: no shape " + shapeName)
		}
		p.shape = s
	}
	switch {
	case t.Kind() == reflect.Slice:
		p.Kind = List
		p.Member = &Parameter{Field: -1}
		p.Member.of(t.Elem(), p.shape.member)
	case t.Kind() == reflect.String || t == reflect.TypeFor[*string]():
		p.Kind = Text
	case t == reflect.TypeFor[*int32]():
		p.Kind = Integer
	case t.Kind() == reflect.Pointer:
		p.Kind = Structure
		p.Members = parametersOf(t.Elem())
	default:
		p.Kind = Structure
		p.Members = parametersOf(t)
	}
}

// shape is what a type of the service model demands of a value: lengths of
// texts in code points, of lists in members, values of integers.
type shape struct {
	min, max int // max 0: unbounded
	// pattern is as the model has it; the whole text must match.
	pattern   string
	match     *regexp.Regexp
	sensitive bool
	// member is the shape of a list's members.
	member string
}

// The patterns of the service model (STS-38 and the table behind it).
const (
	anyPrintable  = `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`
	policyPattern = `[\u0009\u000A\u000D\u0020-\u00FF]+`
	namePattern   = `[\w+=,.@-]*`
)

// shapes are the types of the service model of STS, API version 2011-06-15.
var shapes = compileShapes(map[string]*shape{
	"arnType":                               {min: 20, max: 2048, pattern: anyPrintable},
	"roleSessionNameType":                   {min: 2, max: 64, pattern: namePattern},
	"sourceIdentityType":                    {min: 2, max: 64, pattern: namePattern},
	"externalIdType":                        {min: 2, max: 1224, pattern: `[\w+=,.@:\/-]*`},
	"serialNumberType":                      {min: 9, max: 256, pattern: `[\w+=/:,.@-]*`},
	"tokenCodeType":                         {min: 6, max: 6, pattern: `[\d]*`},
	"unrestrictedSessionPolicyDocumentType": {min: 1, pattern: policyPattern},
	"sessionPolicyDocumentType":             {min: 1, max: 2048, pattern: policyPattern},
	"policyDescriptorListType":              {max: 10}, // as documented; the model has none
	"tagListType":                           {max: 50},
	"tagKeyListType":                        {max: 50, member: "tagKeyType"},
	"tagKeyType":                            {min: 1, max: 128, pattern: `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`},
	"tagValueType":                          {max: 256, pattern: `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`},
	"ProvidedContextsListType":              {min: 1, max: 5},
	"contextAssertionType":                  {min: 4, max: 2048},
	"minimumSessionTokenSizeType":           {max: 4096},
	"roleDurationSecondsType":               {min: 900, max: 43200},
	"durationSecondsType":                   {min: 900, max: 129600},
	"RootDurationSecondsType":               {max: 900},
	"userNameType":                          {min: 2, max: 32, pattern: namePattern},
	"accessKeyIdType":                       {min: 16, max: 128, pattern: `[\w]*`},
	"encodedMessageType":                    {min: 1, max: 10240},
	"SAMLAssertionType":                     {min: 4, max: 100000, sensitive: true},
	"clientTokenType":                       {min: 4, max: 20000, sensitive: true},
	"urlType":                               {min: 4, max: 2048},
	"TargetPrincipalType":                   {min: 12, max: 2048},
	"tradeInTokenType":                      {sensitive: true},
	"webIdentityTokenAudienceListType":      {min: 1, max: 10, member: "webIdentityTokenAudienceStringType"},
	"webIdentityTokenAudienceStringType":    {min: 1, max: 1000},
	"jwtAlgorithmType":                      {min: 5, max: 5},
	"webIdentityTokenDurationSecondsType":   {min: 60, max: 3600},
})

var unicodeEscape = regexp.MustCompile(`\\u([0-9A-F]{4,6})`)

func compileShapes(list map[string]*shape) map[string]*shape {
	for _, s := range list {
		if s.pattern != "" {
			s.match = regexp.MustCompile(`\A(?:` + unicodeEscape.ReplaceAllString(s.pattern, `\x{$1}`) + `)\z`)
		}
	}
	return list
}
