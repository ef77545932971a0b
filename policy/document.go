// Package policy is the AWS IAM policy language: documents, what each kind of
// policy may say, and which statements apply to a request.
//
// # Parse
//
// [Parse] reads a JSON document of a given [Kind] into a [Document], in which
// every node knows its place. What AWS would refuse to store is an error,
// what it stores but what has no effect is a warning; all of them are found in
// one pass. A document prints back in canonical form.
//
// # Compile
//
// [Compile] makes a [Set] of the documents of one layer of a decision: what
// needs no request (patterns, networks, dates, the version's meaning of `${`)
// is worked out once. A Set is immutable and shared by any number of
// goroutines.
//
// # Match
//
// [Set.Match] tells which effects the statements of a set have on a request;
// [Set.Explain] tells, for each of them, why. How the layers combine into a
// decision is package eval's business.
package policy

import (
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/principal"
)

// The policy language versions (PL-35). An absent Version means Version2008
// (PL-36).
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

// Document is a parsed policy document. It must not be changed.
type Document struct {
	Kind Kind
	// Version is as written; empty means absent.
	Version Text
	// ID is the Id element; nil means absent.
	ID         *Text
	Statements []Statement
	// Warnings are what the document says without effect, or with another
	// effect than it seems to.
	Warnings diag.List
	// Source is the text that the document stands in, Span its place there.
	Source *diag.Source
	Span   diag.Span
}

// Size gives the length of the document as AWS counts it for the kind, and the
// default quota, both in characters (PL-34). Users, groups and roles have
// smaller quotas for their inline policies.
func (d *Document) Size() (characters, quota int) {
	rules := d.Kind.rules()
	text := d.Source.Text[d.Span.Start:d.Span.End]
	value, problems := jsonpos.Parse(&diag.Source{Text: text}, jsonpos.Limits{Bytes: len(text), Depth: maxDepth})
	if problems != nil {
		return len(text), rules.limit // it parsed before
	}
	return rules.characters(value), rules.limit
}

// HasVariables tells whether the document's version knows policy variables
// (PL-37).
func (d *Document) HasVariables() bool { return d.Version.Value == Version2012 }

// Uninterpreted gives those of the Warnings that tell of something that has no
// effect although it is written.
func (d *Document) Uninterpreted() diag.List {
	var list diag.List
	for _, w := range d.Warnings {
		switch w.Code {
		case CodeMissingVersion, CodePolicySize, CodeSidDuplicate, CodeActionStarStar:
		default:
			list = append(list, w)
		}
	}
	return list
}

// Text is a string and where it stands.
type Text struct {
	Value string
	Span  diag.Span
}

// Effect is what a statement does. The zero value is invalid.
type Effect uint8

// The effects.
const (
	Allow Effect = iota + 1
	Deny
)

// String gives the effect as policies write it.
func (e Effect) String() string {
	switch e {
	case Allow:
		return "Allow"
	case Deny:
		return "Deny"
	default:
		return "invalid"
	}
}

// Statement is one statement of a document.
type Statement struct {
	// Sid is nil where absent; it may be the empty string.
	Sid    *Text
	Effect Effect
	// Principal is the Principal or NotPrincipal element; nil means absent.
	Principal *Principal
	// Action is the Action or NotAction element.
	Action *List
	// Resource is the Resource or NotResource element; nil means absent.
	Resource *List
	// Condition holds the operators in the order of the document.
	Condition []ConditionOperator
	// Span is the place of the statement, braces included.
	Span diag.Span
}

// List is an element that lists strings, or its Not form.
type List struct {
	Not   bool
	Items []Text
}

// Principal is a Principal or NotPrincipal element.
type Principal struct {
	Not bool
	// Everyone is true for the string "*", which has no Types.
	Everyone bool
	Types    []PrincipalType
	Span     diag.Span
}

// PrincipalType is one key of a principal map with its values.
type PrincipalType struct {
	Type   principal.Type
	Values []Text
}

// ConditionOperator is one operator of a Condition element with its keys.
type ConditionOperator struct {
	Name     Text
	Operator conditions.Operator
	Keys     []ConditionKey
}

// ConditionKey is one key under an operator with its values. Numbers and
// booleans of the document are their JSON text (PL-12).
type ConditionKey struct {
	Name   Text
	Values []Text
}
