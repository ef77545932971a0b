package sts

import (
	"context"
	"time"
)

// GetSessionTokenInput is the request of GetSessionToken (STS-146).
type GetSessionTokenInput struct {
	// DurationSeconds is 900 to 129600; nil is 43200. For the root user both are
	// 3600 at most.
	DurationSeconds         *int32  `sts:"durationSecondsType"`
	MinimumSessionTokenSize *int32  `sts:"minimumSessionTokenSizeType"`
	SerialNumber            *string `sts:"serialNumberType"`
	TokenCode               *string `sts:"tokenCodeType"`
}

// GetSessionTokenOutput is the answer of GetSessionToken.
type GetSessionTokenOutput struct {
	Credentials Credentials
	TokenSize
}

var getSessionToken = rulesFor[GetSessionTokenInput]("GetSessionToken", User, Root)

// GetSessionToken makes a session of the caller itself, with MFA if it gives a
// code. No policy can forbid it (STS-48).
func (s *Service) GetSessionToken(ctx context.Context, caller *Caller, in *GetSessionTokenInput) (*GetSessionTokenOutput, error) {
	c, err := s.begin(ctx, getSessionToken, caller, in)
	if err != nil {
		return nil, err
	}
	withMFA, err := c.mfa(in.SerialNumber, in.TokenCode)
	if err != nil {
		return nil, err
	}
	if err := c.checkRegion(c.who.account); err != nil {
		return nil, err
	}
	made := &session{kind: UserSession, account: c.who.account}
	if c.who.kind == Root {
		made.kind = RootUserSession
	} else {
		made.uniqueID = c.who.user.ID
	}
	if withMFA {
		made.mfa = second(c.now)
	}
	credentials, size, err := c.issue(made, c.userDuration(in.DurationSeconds), in.MinimumSessionTokenSize)
	if err != nil {
		return nil, err
	}
	return &GetSessionTokenOutput{Credentials: credentials, TokenSize: size}, nil
}

// userDuration gives how long a session lasts that a user makes of itself: 12
// hours unless the call says otherwise. That of a root user lasts an hour at
// most, and a longer one is cut without an error.
func (c *call) userDuration(parameter *int32) time.Duration {
	d := seconds(parameter, 43200)
	if c.who.kind == Root {
		d = min(d, time.Hour)
	}
	return d
}
