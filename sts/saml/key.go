package saml

// Key is a condition key that a response puts into the request context.
type Key struct {
	// Name is the key as AWS writes it; case does not count in it.
	Name string
	// Values has one value, or any number if List says that the key is
	// multivalued.
	Values []string
	List   bool
	// Lasting says that the key is in every later request of the session too
	// (STS-70). Others are in the call alone.
	Lasting bool
}

// Keys gives the condition keys of the response for the call, those that every
// response fills first, then [Assertion.Attributes]. account and provider name
// the SAML provider: its account's id and its name without the ARN around it.
func (a *Assertion) Keys(account, provider string) []Key {
	one := func(name, value string, lasting bool) Key {
		return Key{Name: name, Values: []string{value}, Lasting: lasting}
	}
	keys := []Key{
		one("saml:aud", a.Recipient, false),
		one("saml:iss", a.Issuer, false),
		one("saml:sub", a.Subject.Name, true),
		one("saml:sub_type", SubjectType(a.Subject.Format), true),
		one("saml:namequalifier", NameQualifier(a.Issuer, account, provider), true),
		one("saml:doc", account+"/"+provider, false),
	}
	return append(keys, a.Attributes...)
}

// keyRule says which attribute fills which key.
type keyRule struct {
	attribute string
	key       string
	list      bool
}

const (
	eduPerson  = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
	eduOrg     = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
	claims2005 = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	claims     = "http://schemas.xmlsoap.org/claims/"
	claims2008 = "http://schemas.microsoft.com/ws/2008/06/identity/claims/"
	// AWS prints the arc of the pilot directory in both ways; the second is
	// the registered one.
	pilotPrinted = "0.9.2342.19200300100.1."
	pilot        = "0.9.2342.19200300.100.1."
)

// keyRules is the table of STS-178. Where an identifier is printed in two ways
// both are taken.
var keyRules = []keyRule{
	{eduPerson + "1", "saml:edupersonaffiliation", true},
	{eduPerson + "2", "saml:edupersonnickname", true},
	{eduPerson + "3", "saml:edupersonorgdn", false},
	{eduPerson + "4", "saml:edupersonorgunitdn", true},
	{eduPerson + "5", "saml:edupersonprimaryaffiliation", false},
	{eduPerson + "6", "saml:edupersonprincipalname", false},
	{eduPerson + "7", "saml:edupersonentitlement", true},
	{eduPerson + "8", "saml:edupersonprimaryorgunitdn", false},
	{eduPerson + "9", "saml:edupersonscopedaffiliation", true},
	{eduPerson + "10", "saml:edupersontargetedid", true},
	{eduPerson + "11", "saml:edupersonassurance", true},
	{eduOrg + "2", "saml:eduorghomepageuri", true},
	{eduOrg + "3", "saml:eduorgidentityauthnpolicyuri", true},
	{eduOrg + "4", "saml:eduorglegalname", true},
	{eduOrg + "5", "saml:eduorgsuperioruri", true},
	{eduOrg + "6", "saml:eduorgwhitepagesuri", true},
	{"urn:oid:2.5.4.3", "saml:cn", true},
	{claims2005 + "name", "saml:name", false},
	{claims2005 + "givenname", "saml:givenName", false},
	{claims2005 + "surname", "saml:surname", false},
	{claims2005 + "emailaddress", "saml:mail", false},
	{claims + "CommonName", "saml:commonName", false},
	{claims2008 + "primarygroupsid", "saml:primaryGroupSID", false},
	{"2.5.4.3", "saml:commonName", false},
	{"2.5.4.4", "saml:surname", false},
	{"2.5.4.42", "saml:givenName", false},
	{"2.4.5.42", "saml:givenName", false},
	{"2.5.4.45", "saml:x500UniqueIdentifier", false},
	{pilotPrinted + "1", "saml:uid", false},
	{pilot + "1", "saml:uid", false},
	{pilotPrinted + "3", "saml:mail", false},
	{pilot + "3", "saml:mail", false},
	{pilotPrinted + "45", "saml:organizationStatus", false},
	{pilot + "45", "saml:organizationStatus", false},
}

// fillsKey tells whether an attribute of this name fills a key.
func fillsKey(name string) bool {
	for _, rule := range keyRules {
		if rule.attribute == name {
			return true
		}
	}
	return false
}

// keys gives the keys that attributes fill, in the order of the table. The
// first attribute for a key counts, and of a key with a single value the first
// value; AWS does not say what it does (CONTESTED).
func (s *attributeSet) keys() []Key {
	var keys []Key
	filled := map[string]bool{}
	for _, rule := range keyRules {
		values := s.values[rule.attribute]
		if len(values) == 0 || filled[rule.key] {
			continue
		}
		if !rule.list {
			values = values[:1]
		}
		filled[rule.key] = true
		keys = append(keys, Key{Name: rule.key, Values: values, List: rule.list})
	}
	return keys
}
