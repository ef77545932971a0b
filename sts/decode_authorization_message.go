package sts

import "context"

// DecodeAuthorizationMessageInput is the request of DecodeAuthorizationMessage
// (STS-133).
type DecodeAuthorizationMessageInput struct {
	// EncodedMessage is what [Service.EncodeAuthorizationMessage] gave.
	EncodedMessage *string `sts:"encodedMessageType,required"`
}

// DecodeAuthorizationMessageOutput is the answer of
// DecodeAuthorizationMessage.
type DecodeAuthorizationMessageOutput struct {
	// DecodedMessage is a JSON text (STS-136).
	DecodedMessage string
}

var decodeAuthorizationMessage = rulesFor[DecodeAuthorizationMessageInput]("DecodeAuthorizationMessage", User, Root, RoleSession, DelegatedSession)

// DecodeAuthorizationMessage reads an encoded message. Callers of the account of
// the denied principal may (STS-135, CONTESTED), if they are permitted.
func (s *Service) DecodeAuthorizationMessage(ctx context.Context, caller *Caller, in *DecodeAuthorizationMessageInput) (*DecodeAuthorizationMessageOutput, error) {
	c, err := s.begin(ctx, decodeAuthorizationMessage, caller, in)
	if err != nil {
		return nil, err
	}
	if err := c.ask(c.rules.action, "*", c.context()); err != nil {
		return nil, err
	}
	message, err := s.openMessage(*in.EncodedMessage, c.now)
	if err != nil {
		return nil, err
	}
	if message.account != c.who.account {
		e := newError(AccessDenied, refusal(c.who.arn, c.rules.action, "*"))
		e.Action, e.Detail = c.rules.action, "the message is about a principal of another account"
		return nil, e
	}
	return &DecodeAuthorizationMessageOutput{DecodedMessage: message.document}, nil
}
