package saml

import (
	"crypto/rsa"
	"fmt"
	"slices"
	"strconv"

	"github.com/beevik/etree"

	"github.com/rolecall/rolecall/diag"
)

// MaxMetadata is the greatest length of metadata in bytes, as CreateSAMLProvider
// has it in characters.
const MaxMetadata = 10_000_000

// maxKeys bounds the keys that a signature is tried with.
const maxKeys = 20

// maxProblems bounds the problems that are listed.
const maxProblems = 100

var metadataBounds = bounds{bytes: MaxMetadata, elements: 100_000}

// Codes of what can be wrong with metadata.
const (
	// CodeSyntax: not well-formed XML, or beyond a bound.
	CodeSyntax = "SAML_METADATA_SYNTAX"
	// CodeEntity: not the metadata of one identity provider with a name.
	CodeEntity = "SAML_METADATA_ENTITY"
	// CodeKey: a signing key that cannot be read.
	CodeKey = "SAML_METADATA_KEY"
	// CodeNoKey: nothing to verify a signature with.
	CodeNoKey = "SAML_METADATA_NO_KEY"
	// CodeKeyUnused is a warning: a signing key that STS would not use.
	CodeKeyUnused = "SAML_METADATA_KEY_UNUSED"
	// CodeTooManyProblems ends a list that would grow beyond its bound.
	CodeTooManyProblems = "TOO_MANY_PROBLEMS"
)

// Metadata is what is needed of an identity provider's metadata. It is
// immutable and safe for any number of goroutines.
type Metadata struct {
	entityID string
	keys     []*rsa.PublicKey
}

// EntityID gives the name of the identity provider, which is the Issuer of its
// assertions.
func (m *Metadata) EntityID() string { return m.entityID }

// Keys gives the signing keys in the order of the metadata, each once.
func (m *Metadata) Keys() []*rsa.PublicKey { return slices.Clone(m.keys) }

// metadataReader reads one metadata text.
type metadataReader struct {
	source   *diag.Source
	doc      *document
	problems diag.List
	metadata Metadata
}

// ParseMetadata reads the metadata of an identity provider: an
// EntityDescriptor with an entityID and at least one IDPSSODescriptor. Its
// signing keys are those of every KeyDescriptor with use="signing" or without
// a use (STS-169), so that an identity provider that changes its key can have
// the old and the new one there.
//
// Only RSA keys of 1024 to 8192 bits are used; others are warnings. With an
// error among the problems the metadata is nil. A signature on the metadata
// itself is not looked at, nor are dates: whoever gives the metadata is
// trusted.
func ParseMetadata(source *diag.Source) (*Metadata, diag.List) {
	r := &metadataReader{source: source}
	doc, p := read(source.Text, metadataBounds)
	if p != nil {
		return nil, diag.List{{
			Severity: diag.Error, Code: CodeSyntax, Summary: p.what,
			Hint:   "give the XML file that the identity provider offers as its SAML metadata",
			Source: source, Span: diag.Span{Start: p.offset, End: p.offset + 1},
		}}
	}
	r.doc = doc
	r.entity(doc.root)
	if r.problems.HasErrors() {
		return nil, r.problems
	}
	return &r.metadata, r.problems
}

// report adds a problem with the element in which it is.
func (r *metadataReader) report(severity diag.Severity, code string, el *etree.Element, path, summary, hint string) {
	switch {
	case len(r.problems) > maxProblems:
		return
	case len(r.problems) == maxProblems:
		severity, code, path, hint = diag.Error, CodeTooManyProblems, "", "mend those that are listed first"
		summary = fmt.Sprintf("more than %d problems; the rest is not listed", maxProblems)
	}
	r.problems = append(r.problems, diag.Diagnostic{
		Severity: severity, Code: code, Summary: summary, Hint: hint, Path: path,
		Source: r.source, Span: r.doc.span(el),
	})
}

func (r *metadataReader) entity(root *etree.Element) {
	switch {
	case is(root, metadataNS, "EntitiesDescriptor"):
		r.report(diag.Error, CodeEntity, root, "", "the metadata is of several entities",
			"cut out the EntityDescriptor of the one identity provider")
		return
	case !is(root, metadataNS, "EntityDescriptor"):
		r.report(diag.Error, CodeEntity, root, "", fmt.Sprintf("the root element is %s, not an EntityDescriptor of SAML 2.0 metadata",
			diag.Clip(root.FullTag(), 60)), "give the SAML metadata of the identity provider")
		return
	}
	r.metadata.entityID, _ = attr(root, "entityID")
	if r.metadata.entityID == "" {
		r.report(diag.Error, CodeEntity, root, "EntityDescriptor", "the entityID is missing",
			`add entityID="...", the Issuer of the identity provider's assertions`)
	}
	providers := children(root, metadataNS, "IDPSSODescriptor")
	if len(providers) == 0 {
		r.report(diag.Error, CodeEntity, root, "EntityDescriptor", "there is no IDPSSODescriptor",
			"give the metadata of the identity provider, not of a service provider")
		return
	}
	for i, provider := range providers {
		r.descriptors(provider, "EntityDescriptor/IDPSSODescriptor["+strconv.Itoa(i)+"]")
	}
	if len(r.metadata.keys) == 0 && !r.problems.HasErrors() {
		r.report(diag.Error, CodeNoKey, providers[0], "EntityDescriptor", "there is no RSA signing key",
			`add a KeyDescriptor with use="signing" and the certificate of the identity provider`)
	}
}

func (r *metadataReader) descriptors(provider *etree.Element, path string) {
	for i, key := range children(provider, metadataNS, "KeyDescriptor") {
		path := path + "/KeyDescriptor[" + strconv.Itoa(i) + "]"
		switch use, given := attr(key, "use"); {
		case !given || use == "signing":
			r.keyDescriptor(key, path)
		case use != "encryption":
			r.report(diag.Error, CodeKey, key, path, fmt.Sprintf("use is %q", diag.Clip(use, 60)),
				`write use="signing" or use="encryption"`)
		}
	}
}
