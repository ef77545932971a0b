package stshttp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall/rolecall/sts"
)

// authenticate finds the caller and verifies the signature, in the order of
// STS-28.
func (c *call) authenticate() *sts.Error {
	a, err := c.authorization()
	if err != nil {
		return err
	}
	if err := a.checkScope(c.api.service); err != nil {
		return err
	}
	c.env.Region, c.keyID = a.scope.region, a.keyID
	caller, unknown := c.handler.service.Lookup(a.keyID, a.token)
	if unknown != nil {
		return asError(unknown)
	}
	now := c.handler.service.Now()
	if err := a.checkTime(now); err != nil {
		return err
	}
	if err := c.verify(a, caller.Secret()); err != nil {
		return err
	}
	c.caller = caller
	if expires, temporary := caller.Expiration(); temporary && !expires.After(now) {
		return failure(http.StatusForbidden, sts.ExpiredToken, "The security token included in the request is expired")
	}
	return nil
}

// checkScope holds the scope to the service and to the date (STS-20).
func (a *authorization) checkScope(service string) *sts.Error {
	s := &a.scope
	switch day := a.date[:len(s20060102)]; {
	case s.service != service:
		return mismatch("Credential should be scoped to correct service: '" + service + "'. ")
	case s.terminator != terminator:
		return mismatch("Credential should be scoped with a valid terminator: '" + terminator + "', not '" + s.terminator + "'.")
	case !isRegion(s.region):
		return mismatch("Credential should be scoped to a valid Region, not '" + s.region + "'. ")
	case s.day != day:
		return mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			s.day + "' != '" + day + "', from '" + a.date + "'.")
	default:
		return nil
	}
}

// s20060102 has the length of a day.
const s20060102 = "20060102"

// window is how far the date of a request may be from now (STS-24).
const window = 15 * time.Minute

// checkTime refuses a request of another time.
func (a *authorization) checkTime(now time.Time) *sts.Error {
	switch {
	case now.Sub(a.when) > window:
		return mismatch("Signature expired: " + a.date + " is now earlier than " + now.Add(-window).Format(dateForm) +
			" (" + now.Format(dateForm) + " - 15 min.)")
	case a.when.Sub(now) > window:
		return mismatch("Signature not yet current: " + a.date + " is still later than " + now.Add(window).Format(dateForm) +
			" (" + now.Format(dateForm) + " + 15 min.)")
	default:
		return nil
	}
}

// verify works out the signature of the request as it came, and compares it in
// constant time (STS-18, STS-26).
func (c *call) verify(a *authorization, secret string) *sts.Error {
	if !slices.Contains(a.headers, "host") {
		return mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	const different = "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	canonical, err := c.canonicalRequest(a)
	if err != nil {
		e := mismatch(different)
		e.Detail = err.Error()
		return e
	}
	want := hex.EncodeToString(sign(a.signingKey(secret), a.stringToSign(canonical)))
	if !hmac.Equal([]byte(want), []byte(a.signature)) {
		e := mismatch(different)
		e.Detail = "the signature is of another request, or made with another secret"
		return e
	}
	return nil
}

// canonicalRequest writes a request the way that is signed.
func (c *call) canonicalRequest(a *authorization) ([]byte, error) {
	const usual = 1024
	b := make([]byte, 0, usual)
	b = append(b, c.request.Method...)
	b = append(b, "\n/\n"...)
	b = appendCanonicalQuery(b, c.query)
	b = append(b, '\n')
	for _, name := range a.headers {
		values, err := c.signedHeader(name)
		if err != nil {
			return nil, err
		}
		b = append(b, name...)
		b = append(b, ':')
		for i, value := range values {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendFolded(b, value)
		}
		b = append(b, '\n')
	}
	b = append(b, '\n')
	b = append(b, strings.Join(a.headers, ";")...)
	b = append(b, '\n')
	digest := sha256.Sum256(c.body)
	return hex.AppendEncode(b, digest[:]), nil
}

// signedHeader gives the values of a header. What net/http keeps apart from the
// headers is found there.
func (c *call) signedHeader(name string) ([]string, error) {
	if name == "host" {
		return []string{c.request.Host}, nil
	}
	if values := c.request.Header[http.CanonicalHeaderKey(name)]; len(values) > 0 && name == strings.ToLower(name) {
		return values, nil
	}
	if name == "content-length" && c.request.ContentLength >= 0 {
		return []string{strconv.FormatInt(c.request.ContentLength, 10)}, nil
	}
	return nil, errors.New("a signed header is not in the request")
}

// appendFolded writes the value of a header without blanks around it, and with
// one for a run of them.
func appendFolded(b []byte, value string) []byte {
	blank := false
	for _, c := range []byte(strings.Trim(value, " \t")) {
		if c != ' ' || !blank {
			b = append(b, c)
		}
		blank = c == ' '
	}
	return b
}

// appendCanonicalQuery writes the query string, all but the signature itself,
// each part encoded anew and sorted.
func appendCanonicalQuery(b []byte, query []pair) []byte {
	items := make([]pair, 0, len(query))
	for _, p := range query {
		if p.name != "X-Amz-Signature" {
			items = append(items, pair{escape(p.name), escape(p.value)})
		}
	}
	slices.SortFunc(items, func(a, b pair) int {
		if a.name != b.name {
			return strings.Compare(a.name, b.name)
		}
		return strings.Compare(a.value, b.value)
	})
	for i, p := range items {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, p.name...)
		b = append(b, '=')
		b = append(b, p.value...)
	}
	return b
}

// escape encodes all but the unreserved characters of RFC 3986.
func escape(text string) string {
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, len(text)+len(text)/2)
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', digits[c>>4], digits[c&0xf])
		}
	}
	return string(b)
}

// stringToSign is what a canonical request is reduced to.
func (a *authorization) stringToSign(canonical []byte) string {
	digest := sha256.Sum256(canonical)
	return algorithm + "\n" + a.date + "\n" + a.scope.String() + "\n" + hex.EncodeToString(digest[:])
}

// signingKey derives the key of a scope from a secret.
func (a *authorization) signingKey(secret string) []byte {
	key := []byte("AWS4" + secret)
	for _, part := range []string{a.scope.day, a.scope.region, a.scope.service, a.scope.terminator} {
		key = sign(key, part)
	}
	return key
}

func sign(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(text)) // never fails
	return mac.Sum(nil)
}
