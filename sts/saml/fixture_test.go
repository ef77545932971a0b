package saml

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/diag"
)

const (
	entity   = "https://idp.example.com/saml"
	role     = "arn:aws:iam::111122223333:role/ci/deploy"
	provider = "arn:aws:iam::111122223333:saml-provider/corp"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// maker makes an identity provider of the name entity with the n-th key.
func maker(n byte) func() *IdentityProvider {
	return sync.OnceValue(func() *IdentityProvider {
		key, err := GenerateKey(rand.NewChaCha8([32]byte{n}))
		if err != nil {
			panic(err)
		}
		// The certificate has expired by now, which is not looked at.
		idp, err := NewIdentityProvider(entity, key, now.AddDate(-20, 0, 0))
		if err != nil {
			panic(err)
		}
		return idp
	})
}

// The identity providers of the tests: the right one, one with its next key,
// and one that only pretends.
var (
	honest   = maker(1)
	rotated  = maker(2)
	imposter = maker(3)
)

func parse(tb testing.TB, text string) *Metadata {
	tb.Helper()
	metadata, problems := ParseMetadata(&diag.Source{Name: "idp.xml", Text: text})
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	return metadata
}

var trusted = sync.OnceValue(func() *Metadata {
	metadata, problems := ParseMetadata(&diag.Source{Text: honest().Metadata()})
	if len(problems) > 0 {
		panic(problems)
	}
	return metadata
})

// good is a response that is taken.
func good() Response {
	return Response{
		ID:           "_a1",
		Subject:      Subject{Name: "alice@example.com"},
		IssueInstant: now,
		Attributes: []Attribute{
			AWSAttribute("Role", role+","+provider),
			AWSAttribute("RoleSessionName", "alice"),
			AWSAttribute("PrincipalTag:team", "blue"),
		},
	}
}

// with is good with attributes added.
func with(attributes ...Attribute) Response {
	r := good()
	r.Attributes = append(r.Attributes, attributes...)
	return r
}

func respond(tb testing.TB, idp *IdentityProvider, r Response) string {
	tb.Helper()
	response, err := idp.Respond(r)
	if err != nil {
		tb.Fatal(err)
	}
	return response
}

// xmlOf gives the text of a response.
func xmlOf(tb rapid.TB, response string) string {
	tb.Helper()
	raw, err := base64.StdEncoding.DecodeString(response)
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}

func pack(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// signing gives a response whose assertion was edited before it was signed:
// what an identity provider can say.
func signing(tb testing.TB, r Response, edit func(assertion *etree.Element)) string {
	tb.Helper()
	r = r.withDefaults(entity)
	assertion := r.assertion()
	edit(assertion)
	signed, err := honest().sign(assertion, r.Hash)
	if err != nil {
		tb.Fatal(err)
	}
	response, err := encode(r.envelope(signed))
	if err != nil {
		tb.Fatal(err)
	}
	return response
}

// tampering gives a response that was edited after it was signed: what an
// attacker can send.
func tampering(tb testing.TB, r Response, edit func(response *etree.Element)) string {
	tb.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(xmlOf(tb, respond(tb, honest(), r))); err != nil {
		tb.Fatal(err)
	}
	edit(doc.Root())
	response, err := encode(doc.Root())
	if err != nil {
		tb.Fatal(err)
	}
	return response
}

// find gives the first element of a name, of whatever namespace.
func find(tb testing.TB, root *etree.Element, tag string) *etree.Element {
	tb.Helper()
	var found *etree.Element
	walk(root, func(el *etree.Element) {
		if found == nil && el.Tag == tag {
			found = el
		}
	})
	if found == nil {
		tb.Fatalf("no element %s", tag)
	}
	return found
}

// refusal is what a test wants to be told.
type refusal struct {
	code    Code
	message string
	detail  string // a part of it
}

// signatureRefusal is the refusal of a signature, for a reason.
func signatureRefusal(detail string) refusal {
	return refusal{InvalidIdentityToken, "Response signature invalid", detail}
}

func (want refusal) check(tb testing.TB, assertion *Assertion, err error) {
	tb.Helper()
	var got *Error
	if !errors.As(err, &got) {
		tb.Fatalf("got %+v, %v; want %s: %s", assertion, err, want.code, want.message)
	}
	status := 400
	if want.code == AccessDenied {
		status = 403
	}
	if assertion != nil || got.Code != want.code || got.Status != status || got.Message != want.message || !strings.Contains(got.Detail, want.detail) {
		tb.Errorf("got %d %v\nwant %d %s: %s (%s)", got.Status, got, status, want.code, want.message, want.detail)
	}
}
