package saml

import "regexp"

// endpoint is where the users of a partition sign in.
type endpoint struct {
	url       string
	audience  string
	recipient *regexp.Regexp
}

// furtherPath may follow a sign-in URL.
const furtherPath = `(/[A-Za-z0-9._~-]+)*$`

// endpoints of the partitions (STS-173, STS-174).
var endpoints = map[string]endpoint{
	"aws": {
		"https://signin.aws.amazon.com/saml", "urn:amazon:webservices",
		regexp.MustCompile(`^https://(signin\.aws\.amazon\.com/(static/)?saml|` +
			`[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\.signin\.aws\.amazon\.com/saml)` + furtherPath),
	},
	"aws-cn": {
		"https://signin.amazonaws.cn/saml", "urn:amazon:webservices:cn-north-1",
		regexp.MustCompile(`^https://signin\.amazonaws\.cn/saml` + furtherPath),
	},
	"aws-us-gov": {
		"https://signin.amazonaws-us-gov.com/saml", "urn:amazon:webservices:govcloud",
		regexp.MustCompile(`^https://signin\.amazonaws-us-gov\.com/saml` + furtherPath),
	},
}

// SignIn gives the sign-in URL and the audience that identity providers of a
// partition ("aws", "aws-cn", "aws-us-gov") are told to use. It reports false
// for other partitions.
func SignIn(partition string) (recipient, audience string, ok bool) {
	e, ok := endpoints[partition]
	return e.url, e.audience, ok
}

// takesRecipient tells whether a response may be addressed to a URL: the
// sign-in URL of the partition, in aws also the static one and those of the
// Regions, each with or without a further path (STS-173).
func (e endpoint) takesRecipient(url string) bool { return e.recipient.MatchString(url) }

// takesAudience tells whether an assertion for an audience is for AWS: the
// partition's own name or a sign-in URL (STS-174).
func (e endpoint) takesAudience(audience string) bool {
	return audience == e.audience || e.takesRecipient(audience)
}
