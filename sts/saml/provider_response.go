package saml

import (
	"crypto"
	"time"

	"github.com/beevik/etree"
)

// withDefaults fills in what was left out.
func (r Response) withDefaults(entityID string) Response {
	fill := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	recipient, audience, _ := SignIn("aws")
	fill(&r.Issuer, entityID)
	fill(&r.Recipient, recipient)
	fill(&r.Audience, audience)
	fill(&r.Subject.Format, formatPrefix+"persistent")
	if r.NotOnOrAfter.IsZero() {
		r.NotOnOrAfter = r.IssueInstant.Add(lifetime)
	}
	if r.Hash == 0 {
		r.Hash = crypto.SHA256
	}
	return r
}

// assertion makes the Assertion.
func (r Response) assertion() *etree.Element {
	el := etree.NewElement("saml:Assertion")
	el.CreateAttr("xmlns:saml", assertionNS)
	el.CreateAttr("ID", r.ID)
	el.CreateAttr("Version", "2.0")
	el.CreateAttr("IssueInstant", stamp(r.IssueInstant))
	el.CreateElement("saml:Issuer").SetText(r.Issuer)
	r.subject(el.CreateElement("saml:Subject"))

	conditions := el.CreateElement("saml:Conditions")
	conditions.CreateAttr("NotBefore", stamp(r.IssueInstant))
	conditions.CreateAttr("NotOnOrAfter", stamp(r.NotOnOrAfter))
	conditions.CreateElement("saml:AudienceRestriction").CreateElement("saml:Audience").SetText(r.Audience)

	statement := el.CreateElement("saml:AuthnStatement")
	statement.CreateAttr("AuthnInstant", stamp(r.IssueInstant))
	if !r.SessionNotOnOrAfter.IsZero() {
		statement.CreateAttr("SessionNotOnOrAfter", stamp(r.SessionNotOnOrAfter))
	}
	statement.CreateElement("saml:AuthnContext").CreateElement("saml:AuthnContextClassRef").
		SetText("urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified")
	r.attributes(el)
	return el
}

func (r Response) subject(el *etree.Element) {
	if r.Subject.Name != "" {
		id := el.CreateElement("saml:NameID")
		id.CreateAttr("Format", r.Subject.Format)
		if r.Subject.NameQualifier != "" {
			id.CreateAttr("NameQualifier", r.Subject.NameQualifier)
		}
		id.SetText(r.Subject.Name)
	}
	confirmation := el.CreateElement("saml:SubjectConfirmation")
	confirmation.CreateAttr("Method", bearer)
	data := confirmation.CreateElement("saml:SubjectConfirmationData")
	data.CreateAttr("NotOnOrAfter", stamp(r.NotOnOrAfter))
	data.CreateAttr("Recipient", r.Recipient)
}

func (r Response) attributes(el *etree.Element) {
	if len(r.Attributes) == 0 {
		return
	}
	statement := el.CreateElement("saml:AttributeStatement")
	for _, a := range r.Attributes {
		attribute := statement.CreateElement("saml:Attribute")
		attribute.CreateAttr("Name", a.Name)
		for _, value := range a.Values {
			attribute.CreateElement("saml:AttributeValue").SetText(value)
		}
	}
}

// envelope puts an assertion into a Response.
func (r Response) envelope(assertion *etree.Element) *etree.Element {
	el := etree.NewElement("samlp:Response")
	el.CreateAttr("xmlns:samlp", protocolNS)
	el.CreateAttr("ID", "r"+r.ID)
	el.CreateAttr("Version", "2.0")
	el.CreateAttr("IssueInstant", stamp(r.IssueInstant))
	el.CreateAttr("Destination", r.Recipient)
	issuer := el.CreateElement("saml:Issuer")
	issuer.CreateAttr("xmlns:saml", assertionNS)
	issuer.SetText(r.Issuer)
	code := el.CreateElement("samlp:Status").CreateElement("samlp:StatusCode")
	code.CreateAttr("Value", statusSuccess)
	el.AddChild(assertion)
	return el
}

// stamp writes a time as SAML has it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
