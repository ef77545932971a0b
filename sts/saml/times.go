package saml

import (
	"time"

	"github.com/beevik/etree"
)

// times checks every instant of a response (STS-175). The response's own
// IssueInstant may be unsigned, so it can only make it older.
func (r *reader) times(response, assertion *etree.Element) error {
	issued, ok, err := instant(assertion, "IssueInstant")
	if err != nil {
		return err
	}
	if !ok {
		return invalid("the assertion has no IssueInstant")
	}
	r.out.IssueInstant, r.out.Expires = issued, issued.Add(lifetime)
	if err := r.ahead("IssueInstant", issued); err != nil {
		return err
	}
	if sent, ok, err := instant(response, "IssueInstant"); err != nil {
		return err
	} else if ok {
		r.until(sent.Add(lifetime))
	}
	if _, ok := attr(r.data, "NotOnOrAfter"); !ok {
		return invalid("the SubjectConfirmationData has no NotOnOrAfter")
	}
	for _, el := range append(children(assertion, assertionNS, "Conditions"), r.data) {
		if err := r.window(el); err != nil {
			return err
		}
	}
	if r.now.After(r.out.Expires) {
		return expired("it could be redeemed until %s, now is %s", r.out.Expires.Format(time.RFC3339Nano), r.now.UTC().Format(time.RFC3339Nano))
	}
	return r.session(assertion)
}

// until brings the end forward.
func (r *reader) until(t time.Time) {
	if t.Before(r.out.Expires) {
		r.out.Expires = t
	}
}

// ahead refuses an instant that is too far in the future.
func (r *reader) ahead(name string, t time.Time) error {
	if t.After(r.now.Add(leeway)) {
		return invalid("%s is %s, more than 5 minutes ahead", name, t.Format(time.RFC3339Nano))
	}
	return nil
}

// window reads NotBefore and NotOnOrAfter of an element.
func (r *reader) window(el *etree.Element) error {
	start, ok, err := instant(el, "NotBefore")
	if err != nil {
		return err
	}
	if ok {
		if err := r.ahead("NotBefore", start); err != nil {
			return err
		}
	}
	end, ok, err := instant(el, "NotOnOrAfter")
	if ok {
		r.until(end.Add(-time.Nanosecond)) // that instant itself is too late
	}
	return err
}

// session reads when the user's session at the identity provider ends: the
// earliest of all statements. A session that has ended can be used for nothing.
func (r *reader) session(assertion *etree.Element) error {
	for _, statement := range children(assertion, assertionNS, "AuthnStatement") {
		end, ok, err := instant(statement, "SessionNotOnOrAfter")
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if !end.After(r.now) {
			return expired("the session at the identity provider ended at %s", end.Format(time.RFC3339Nano))
		}
		if r.out.SessionNotOnOrAfter.IsZero() || end.Before(r.out.SessionNotOnOrAfter) {
			r.out.SessionNotOnOrAfter = end
		}
	}
	return nil
}
