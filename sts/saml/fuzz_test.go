package saml

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
)

// FuzzResponse: nobody but the identity provider can say anything. The seeds
// hold what it signed for Alice; whatever else is made of them is refused or
// says the same.
func FuzzResponse(f *testing.F) {
	both, response := good(), good()
	both.Signed, response.Signed = SignedAssertion|SignedResponse, SignedResponse
	want, err := trusted().Verify(respond(f, honest(), good()), "aws", now)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range []Response{good(), both, response} {
		f.Add(xmlOf(f, respond(f, honest(), r)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := trusted().Verify(pack(text), "aws", now)
		var refused *Error
		if err != nil && (!errors.As(err, &refused) || got != nil) {
			t.Fatalf("not a refusal: %v, %v", got, err)
		}
		if err != nil {
			return
		}
		got.Expires = want.Expires // an unsigned IssueInstant of the response may bring it forward
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// FuzzMetadata: what is read is whole, or refused with a place.
func FuzzMetadata(f *testing.F) {
	f.Add(honest().Metadata())
	f.Add(entityDescriptor(keyDescriptor("", bareKey(honest()))))
	f.Fuzz(func(t *testing.T, text string) {
		metadata, problems := ParseMetadata(&diag.Source{Name: "idp.xml", Text: text})
		if (metadata == nil) != problems.HasErrors() {
			t.Fatalf("got %v, %v", metadata, problems)
		}
		for _, p := range problems {
			if p.Code == "" || p.Summary == "" || p.Hint == "" || p.Span.Start > len(text) {
				t.Errorf("got %+v", p)
			}
		}
		if metadata != nil && (metadata.EntityID() == "" || len(metadata.Keys()) == 0 || len(metadata.Keys()) > maxKeys) {
			t.Errorf("got %q with %d keys", metadata.EntityID(), len(metadata.Keys()))
		}
	})
}
