package saml

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawResponse draws a response that is taken.
func drawResponse(t *rapid.T) Response {
	word := rapid.StringMatching(`[a-zA-Z0-9+=,.@-]{2,20}`)
	r := with(AWSAttribute("SourceIdentity", word.Draw(t, "source identity")))
	r.ID = ""
	r.Subject.Name = word.Draw(t, "name")
	r.Signed = rapid.SampledFrom([]Part{SignedAssertion, SignedResponse, SignedAssertion | SignedResponse}).Draw(t, "signed")
	r.IssueInstant = now.Add(time.Duration(rapid.IntRange(-299, 299).Draw(t, "issued")) * time.Second)
	for i, value := range rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`[ \t\r\n<>&"'a\]-]{0,9}`)), 0, 3).Draw(t, "tags") {
		if allowed(value) {
			r.Attributes = append(r.Attributes, AWSAttribute("PrincipalTag:t"+string(rune('0'+i)), value))
		}
	}
	return r
}

// allowed tells whether XML can hold a text.
func allowed(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && !strings.ContainsRune(xmlSpace, r) || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError
	})
}

func TestWhatIsSaidIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawResponse(t)
		response, err := honest().Respond(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := trusted().Verify(response, "aws", now)
		if err != nil {
			t.Fatal(err)
		}
		var want []Tag
		for _, a := range r.Attributes {
			if key, ok := strings.CutPrefix(a.Name, attributeTag); ok {
				want = append(want, Tag{key, a.Values[0]})
			}
		}
		if diff := cmp.Diff(want, got.Tags); diff != "" || got.Subject.Name != r.Subject.Name {
			t.Errorf("subject %q; tags: -want +got\n%s", got.Subject.Name, diff)
		}
		if !got.Expires.After(now.Add(-time.Nanosecond)) || got.Expires.After(now.Add(2*lifetime)) {
			t.Errorf("it expires at %v", got.Expires)
		}
		if _, err := trusted().Verify(response, "aws", got.Expires); err != nil {
			t.Errorf("not taken at the last instant: %v", err)
		}
		if _, err := trusted().Verify(response, "aws", got.Expires.Add(1)); err == nil {
			t.Error("taken after the last instant")
		}
	})
}

// place is a text or the value of an attribute.
type place struct {
	get func() string
	set func(string)
}

// places gives every text and every value of an attribute of an element, but
// for those of its signature, and of namespace declarations, of which
// canonical XML leaves out those that mean nothing.
func places(root *etree.Element) []place {
	var found []place
	var visit func(el *etree.Element)
	visit = func(el *etree.Element) {
		if el.NamespaceURI() == signatureNS {
			return
		}
		for i := range el.Attr {
			if a := &el.Attr[i]; a.Space != "xmlns" && a.Key != "xmlns" {
				found = append(found, place{func() string { return a.Value }, func(s string) { a.Value = s }})
			}
		}
		for _, token := range el.Child {
			switch token := token.(type) {
			case *etree.CharData:
				found = append(found, place{func() string { return token.Data }, func(s string) { token.Data = s }})
			case *etree.Element:
				visit(token)
			}
		}
	}
	visit(root)
	return found
}

// TestNoCharacterOfSignedContentCanBeChanged: one character of a text or a
// value replaced, put in or taken out, and the response is refused.
func TestNoCharacterOfSignedContentCanBeChanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawResponse(t)
		response, err := honest().Respond(r)
		if err != nil {
			t.Fatal(err)
		}
		doc := etree.NewDocument()
		if err := doc.ReadFromString(xmlOf(t, response)); err != nil {
			t.Fatal(err)
		}
		signed := doc.Root()
		if r.Signed&SignedResponse == 0 {
			signed = children(signed, assertionNS, "Assertion")[0]
		}
		p := rapid.SampledFrom(places(signed)).Draw(t, "place")
		before := p.get()
		runes := []rune(before)
		i := rapid.IntRange(0, len(runes)).Draw(t, "at")
		put := rapid.SampledFrom([]string{"", "a", "A", "0", ".", "@", ":", "/", " ", "é", "<"}).Draw(t, "put")
		replaced := min(i+rapid.IntRange(0, 1).Draw(t, "taken"), len(runes))
		after := string(runes[:i]) + put + string(runes[replaced:])
		if after == before {
			return
		}
		p.set(after)
		changed, err := encode(doc.Root())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := trusted().Verify(changed, "aws", now); err == nil {
			t.Fatalf("%q instead of %q is taken: %+v", after, before, got)
		}
	})
}

// TestAChangedByteIsRefusedOrMeansTheSame: whatever byte of the XML is
// changed, nothing else is ever read than what was signed.
func TestAChangedByteIsRefusedOrMeansTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawResponse(t)
		response, err := honest().Respond(r)
		if err != nil {
			t.Fatal(err)
		}
		want, err := trusted().Verify(response, "aws", now)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(xmlOf(t, response))
		i := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[i] = rapid.SampledFrom([]byte(" \t\n\r!\"#&'/0:;<=>?AZ_az-.\x00\x7f\x80\xff")).Draw(t, "byte")
		got, err := trusted().Verify(pack(string(text)), "aws", now)
		var refused *Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("not a refusal: %v", err)
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
