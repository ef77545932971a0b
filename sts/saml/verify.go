package saml

import (
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/rolecall/rolecall/diag"
)

// Times of STS-175.
const (
	// lifetime is how long after its IssueInstant a response is taken.
	lifetime = 5 * time.Minute
	// leeway is how far ahead of the clock an instant may be.
	leeway = 5 * time.Minute
)

// bearer is the method of a subject confirmation that AWS reads.
const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// Verify verifies a response in base64 against the metadata, for a partition
// ("aws", "aws-cn" or "aws-us-gov") at a time, and gives what it asserts. The
// package comment says what is checked, in which order.
//
// A response that is refused gives an [*Error]. Another error means that the
// partition has no sign-in endpoint.
func (m *Metadata) Verify(response, partition string, now time.Time) (*Assertion, error) {
	place, ok := endpoints[partition]
	if !ok {
		return nil, fmt.Errorf("saml: no sign-in endpoint is known for partition %q; known are aws, aws-cn and aws-us-gov", partition)
	}
	msg, err := decode(response)
	if err != nil {
		return nil, err
	}
	signedResponse, signedAssertion, err := m.verified(msg)
	if err != nil {
		return nil, err
	}
	r := &reader{metadata: m, place: place, now: now, out: &Assertion{}}
	if err := r.read(signedResponse, signedAssertion); err != nil {
		return nil, err
	}
	return r.out, nil
}

// reader reads a verified assertion.
type reader struct {
	metadata *Metadata
	place    endpoint
	now      time.Time
	out      *Assertion
	data     *etree.Element // the SubjectConfirmationData
}

func (r *reader) read(response, assertion *etree.Element) error {
	r.out.ID, _ = attr(assertion, "ID")
	steps := []func() error{
		func() error { return checkVersion(assertion) },
		func() error { return r.issuer(response, assertion) },
		func() error { return r.subject(assertion) },
		r.recipient,
		func() error { return r.conditions(assertion) },
		func() error { return r.times(response, assertion) },
		func() error { return r.attributes(assertion) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// issuer: the assertion's Issuer is the entityID (STS-171). A response need
// not have one, but if it has, it must be the same (SAML profiles 4.1.4.2).
func (r *reader) issuer(response, assertion *etree.Element) error {
	issuers := children(assertion, assertionNS, "Issuer")
	if len(issuers) != 1 {
		return refuse(messageIssuer, "the assertion has %d Issuers", len(issuers))
	}
	for _, issuer := range append(issuers, children(response, assertionNS, "Issuer")...) {
		name, _ := identifier(issuer)
		if name != r.metadata.entityID {
			return refuse(messageIssuer, "the Issuer is %q, the entityID of the metadata is %q",
				diag.Clip(name, 200), diag.Clip(r.metadata.entityID, 200))
		}
	}
	r.out.Issuer = r.metadata.entityID
	return nil
}

// subject reads the NameID and finds the bearer confirmation (STS-172).
func (r *reader) subject(assertion *etree.Element) error {
	subjects := children(assertion, assertionNS, "Subject")
	if len(subjects) > 1 {
		return invalid("there are %d Subjects", len(subjects))
	}
	var names, confirmations []*etree.Element
	for _, subject := range subjects {
		names = children(subject, assertionNS, "NameID")
		confirmations = children(subject, assertionNS, "SubjectConfirmation")
	}
	if len(names) > 1 {
		return invalid("there are %d NameIDs", len(names))
	}
	for _, id := range names {
		r.out.Subject.Name, _ = identifier(id)
		r.out.Subject.Format = unspecifiedFormat
		if format, ok := attr(id, "Format"); ok {
			r.out.Subject.Format = format
		}
		r.out.Subject.NameQualifier, _ = attr(id, "NameQualifier")
	}
	if r.out.Subject.Name == "" {
		return notAuthorized("the assertion has no NameID; let the identity provider send one, persistent or transient")
	}
	return r.confirmation(confirmations)
}

func (r *reader) confirmation(confirmations []*etree.Element) error {
	var data []*etree.Element
	bearers := 0
	for _, confirmation := range confirmations {
		if method, _ := attr(confirmation, "Method"); method == bearer {
			bearers++
			data = append(data, children(confirmation, assertionNS, "SubjectConfirmationData")...)
		}
	}
	if bearers != 1 || len(data) != 1 {
		return invalid("the Subject needs one SubjectConfirmation of method bearer with one SubjectConfirmationData")
	}
	r.data = data[0]
	return nil
}

// recipient: STS-173.
func (r *reader) recipient() error {
	recipient, ok := attr(r.data, "Recipient")
	if !ok {
		return invalid("the SubjectConfirmationData has no Recipient")
	}
	if !r.place.takesRecipient(recipient) {
		return invalid("the Recipient is %q, it must be a sign-in URL of the partition such as %s", diag.Clip(recipient, 200), r.place.url)
	}
	r.out.Recipient = recipient
	return nil
}

// conditions reads the audience (STS-174). Of several restrictions each must
// hold, and a condition that is not known makes the assertion worthless (SAML
// core 2.5.1).
func (r *reader) conditions(assertion *etree.Element) error {
	all := children(assertion, assertionNS, "Conditions")
	if len(all) > 1 {
		return invalid("there are %d Conditions", len(all))
	}
	for _, conditions := range all {
		for _, condition := range conditions.ChildElements() {
			switch {
			case is(condition, assertionNS, "AudienceRestriction"):
				if err := r.audience(condition); err != nil {
					return err
				}
			case is(condition, assertionNS, "OneTimeUse"), is(condition, assertionNS, "ProxyRestriction"):
			default:
				return invalid("the condition %s is not known", diag.Clip(condition.FullTag(), 60))
			}
		}
	}
	return nil
}

func (r *reader) audience(restriction *etree.Element) error {
	var audiences []string
	found := false
	for _, audience := range children(restriction, assertionNS, "Audience") {
		name, ok := identifier(audience)
		found = found || ok && r.place.takesAudience(name)
		audiences = append(audiences, name)
	}
	if !found {
		return refuse(messageAudience, "the audience is %q, it must be %s", diag.Clip(listed(audiences), 200), r.place.audience)
	}
	r.out.Audiences = append(r.out.Audiences, audiences...)
	return nil
}

// instant reads an attribute that is a time. It reports false if there is no
// such attribute.
func instant(el *etree.Element, name string) (time.Time, bool, error) {
	value, ok := attr(el, name)
	if !ok {
		return time.Time{}, false, nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.Trim(value, xmlSpace))
	if err != nil {
		return time.Time{}, false, invalid("%s is %q, it must be a time such as 2026-01-02T03:04:05Z", name, diag.Clip(value, 60))
	}
	return t.UTC(), true, nil
}
