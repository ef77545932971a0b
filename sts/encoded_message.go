package sts

import (
	"fmt"
	"strings"
	"time"

	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/sts/seal"
)

// MessageLifetime is how long an encoded authorization message can be decoded.
// AWS's is not public.
const MessageLifetime = 24 * time.Hour

// encodedMessage is what an encoded authorization message holds.
type encodedMessage struct {
	account  string
	made     time.Time
	document string
}

// EncodeAuthorizationMessage seals a decision for
// [Service.DecodeAuthorizationMessage]: base64url, authenticated (STS-135).
// Services such as EC2 put such a message into their answers; STS itself never
// does. It fails for a principal without account, whom nobody could decode
// for, and for a decision that is too large to be told in 10240 characters.
func (s *Service) EncodeAuthorizationMessage(d eval.Decision) (string, error) {
	if d.Request() == nil {
		return "", newError(ValidationError, "there is no decision to encode")
	}
	caller := d.Request().Caller()
	if !caller.HasAccount() {
		return "", newError(ValidationError, fmt.Sprintf("%q is of no account, so that nobody could decode the message", caller.Name))
	}
	document, err := decisionDocument(d)
	if err != nil {
		return "", internal(err)
	}
	packed, err := deflate(document)
	if err != nil {
		return "", internal(err)
	}
	var e encoder
	e.text(caller.Account)
	e.time(second(s.options.Now().UTC()))
	e.text(string(packed))
	text, err := s.sealer.Seal(seal.AuthorizationMessage, "", e.b)
	if err != nil {
		return "", internal(err)
	}
	return text, nil
}

// openMessage opens an encoded message (STS-134).
func (s *Service) openMessage(text string, now time.Time) (encodedMessage, *Error) {
	sealed, err := s.sealer.Open(seal.AuthorizationMessage, "", text)
	if err != nil {
		return encodedMessage{}, errMessage(strings.TrimPrefix(err.Error(), "seal: "))
	}
	m, err := decodeMessage(sealed)
	switch {
	case err != nil:
		return encodedMessage{}, errMessage(err.Error())
	case now.Sub(m.made) > MessageLifetime:
		return encodedMessage{}, errMessage("the message is older than " + MessageLifetime.String())
	default:
		return m, nil
	}
}

// decodeMessage reads what EncodeAuthorizationMessage sealed.
func decodeMessage(b []byte) (encodedMessage, error) {
	d := decoder{b: b}
	m := encodedMessage{account: d.text(), made: d.time()}
	packed := d.text()
	if d.failed || len(d.b) > 0 {
		return encodedMessage{}, errToken
	}
	document, err := inflate(packed)
	m.document = string(document)
	return m, err
}

func errMessage(why string) *Error {
	e := newError(InvalidAuthorizationMessage, "Message is not valid")
	e.Detail = why
	return e
}
