package stshttp

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	// dateForm is ISO 8601 in its basic form.
	dateForm = "20060102T150405Z"
)

// authorization is what a request says about its signature.
type authorization struct {
	keyID, token string
	scope        scope
	// date is as it was sent, when what it means.
	date      string
	when      time.Time
	headers   []string // those that are signed, in the order of the request
	signature string
	presigned bool
}

// scope is what a signature is good for.
type scope struct{ day, region, service, terminator string }

func (s *scope) String() string {
	return s.day + "/" + s.region + "/" + s.service + "/" + s.terminator
}

// maxAuthorization bounds the header; real ones have some 400 bytes.
const maxAuthorization = 8 << 10

// authorization reads the header, or the parameters of a presigned URL.
func (c *call) authorization() (*authorization, *sts.Error) {
	header := c.request.Header["Authorization"]
	presigned := slices.ContainsFunc(c.query, func(p pair) bool { return p.name == "X-Amz-Signature" })
	switch {
	case len(header) == 0 && !presigned:
		return nil, failure(http.StatusForbidden, sts.MissingAuthenticationToken, "Request is missing Authentication Token")
	case len(header) > 0 && presigned:
		return nil, incomplete("A request is signed in its 'Authorization' header or in its query string, not in both.")
	case presigned:
		return readPresigned(c.query)
	case len(header) > 1:
		return nil, incomplete("The 'Authorization' header is there more than once.")
	case len(header[0]) > maxAuthorization:
		return nil, incomplete("The 'Authorization' header is too long.")
	}
	for _, name := range []string{"X-Amz-Date", "Date", "X-Amz-Security-Token"} {
		if len(c.request.Header[name]) > 1 {
			return nil, incomplete("The '" + name + "' header is there more than once.")
		}
	}
	return readHeader(header[0], c.request.Header)
}

// readHeader reads an Authorization header with the date and the token that
// belong to it (STS-16).
func readHeader(text string, header http.Header) (*authorization, *sts.Error) {
	named, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if named != algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '" + diag.Clip(named, clip) + "'")
	}
	parts, err := headerParts(rest, text)
	if err != nil {
		return nil, err
	}
	a := &authorization{date: header.Get("X-Amz-Date"), token: header.Get("X-Amz-Security-Token"), signature: parts["Signature"]}
	if a.date == "" {
		a.date = header.Get("Date")
	}
	var missing []string
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if parts[name] == "" {
			missing = append(missing, "Authorization header requires '"+name+"' parameter.")
		}
	}
	if a.date == "" {
		missing = append(missing, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	if missing != nil {
		return nil, incomplete(strings.Join(missing, " ") + " Authorization=" + text)
	}
	return a, a.read(parts["Credential"], parts["SignedHeaders"])
}

// headerParts cuts the part of the header behind the algorithm.
func headerParts(rest, whole string) (map[string]string, *sts.Error) {
	parts := map[string]string{}
	if rest = strings.TrimSpace(rest); rest == "" {
		return parts, nil
	}
	for item := range strings.SplitSeq(rest, ",") {
		item = strings.TrimSpace(item)
		name, value, ok := strings.Cut(item, "=")
		if !ok {
			return nil, incomplete("'" + item + "' not a valid key=value pair (missing equal-sign) in Authorization header: '" + whole + "'.")
		}
		if _, twice := parts[name]; twice {
			return nil, incomplete("'" + name + "' is more than once in Authorization header: '" + whole + "'.")
		}
		parts[name] = value
	}
	return parts, nil
}

// readPresigned reads the parameters of a presigned URL (STS-17).
// X-Amz-Expires has no meaning to STS (STS-25, CONTESTED).
func readPresigned(query []pair) (*authorization, *sts.Error) {
	parts := map[string]string{}
	for _, p := range query {
		parts[p.name] = p.value
	}
	var missing []string
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if parts[name] == "" {
			missing = append(missing, "AWS query-string parameters must include '"+name+"'.")
		}
	}
	if missing != nil {
		return nil, incomplete(strings.Join(missing, " ") + " Re-examine the query-string parameters.")
	}
	if named := parts["X-Amz-Algorithm"]; named != algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '" + diag.Clip(named, clip) + "'")
	}
	a := &authorization{
		date: parts["X-Amz-Date"], token: parts["X-Amz-Security-Token"], signature: parts["X-Amz-Signature"], presigned: true,
	}
	return a, a.read(parts["X-Amz-Credential"], parts["X-Amz-SignedHeaders"])
}

// read reads what both forms have.
func (a *authorization) read(credential, headers string) *sts.Error {
	var err error
	if a.when, err = time.Parse(dateForm, a.date); err != nil || len(a.date) != len(dateForm) {
		return incomplete("Date must be in ISO-8601 'basic format'. Got '" + diag.Clip(a.date, clip) + "'. See http://en.wikipedia.org/wiki/ISO_8601")
	}
	const parts = 5
	p := strings.Split(credential, "/")
	if len(p) != parts {
		return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
			diag.Clip(credential, clip) + "'")
	}
	a.keyID, a.scope = p[0], scope{day: p[1], region: p[2], service: p[3], terminator: p[4]}
	a.headers = strings.Split(headers, ";")
	return nil
}

// isRegion tells whether a text may name a Region (STS-21).
func isRegion(text string) bool {
	const least, most = 2, 32
	return len(text) >= least && len(text) <= most && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
