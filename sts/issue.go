package sts

import (
	"strconv"
	"time"

	"github.com/rolecall/rolecall/sts/seal"
)

// nominalSize is what a token takes besides what is passed, in bytes before
// base64 (STS-83).
const nominalSize = 320

// packedSize gives the size in bytes of the token of a session that is passed
// things of so many bytes, deflated (STS-83). AWS's own packing is not public.
func packedSize(packed int) int { return 4 * ((nominalSize + packed + 2) / 3) }

// percent gives the share of 4096 bytes, rounded up.
func percent(size int) int {
	return (100*size + seal.MaxSessionToken - 1) / seal.MaxSessionToken
}

// issue makes the credentials of a session: the one place where any are made.
// The session's key id and issue time are set here; minimum is
// MinimumSessionTokenSize.
func (c *call) issue(s *session, duration time.Duration, minimum *int32) (Credentials, TokenSize, *Error) {
	id, err := newAccessKeyID(s.account, c.service.entropy)
	if err != nil {
		return Credentials{}, TokenSize{}, internal(err)
	}
	s.accessKeyID = id
	s.issued = second(c.now)
	s.expires = s.issued.Add(duration)
	token, failed := c.seal(s, minimum)
	if failed != nil {
		return Credentials{}, TokenSize{}, failed
	}
	credentials := Credentials{AccessKeyId: id, SecretAccessKey: c.service.secretOf(token), SessionToken: token, Expiration: s.expires}
	return credentials, TokenSize{SessionTokenSize: int32(len(token)), SessionTokenUtilization: int32(percent(len(token)))}, nil
}

// seal makes the token of a session, of the size that STS-83 gives it: padded,
// since it takes less, so that the sizes in the answer are those of the token.
func (c *call) seal(s *session, minimum *int32) (string, *Error) {
	packed, err := s.passed.pack()
	if err != nil {
		return "", internal(err)
	}
	message := s.encode(packed)
	prefix := c.tokenPrefix(s.account)
	size := func() int { return seal.Length(seal.SessionToken, prefix, len(message)) }
	want := max(packedSize(len(packed)), size())
	if want > seal.MaxSessionToken {
		return "", tooLarge(&s.passed, want)
	}
	if minimum != nil {
		want = max(want, int(*minimum))
	}
	for size() < want {
		message = append(message, make([]byte, max(1, (want-size())/4*3))...)
	}
	token, err := c.service.sealer.Seal(seal.SessionToken, prefix, message)
	if err != nil {
		return "", internal(err)
	}
	return token, nil
}

// tokenPrefix tells the tokens of the global endpoint apart, as far as the
// account has not switched to version 2 of them (STS-35, STS-36).
func (c *call) tokenPrefix(account string) string {
	if a := c.world().Account(account); c.env.region() == globalRegion && (a == nil || a.GlobalEndpointTokenVersion != 2) {
		return globalTokenPrefix
	}
	return tokenPrefix
}

// tooLarge is the error for a token that would be too large; it blames the tags
// if they alone are too much (STS-80).
func tooLarge(p *passed, size int) *Error {
	if packed, err := p.packTags(); err == nil && packedSize(len(packed)) > seal.MaxSessionToken {
		return newError(PackedPolicyTooLarge, "Packed size of session tags consumes "+strconv.Itoa(percent(packedSize(len(packed))))+"% of allotted space.")
	}
	return policyTooLarge(percent(size))
}

func policyTooLarge(percent int) *Error {
	return newError(PackedPolicyTooLarge, "Packed policy consumes "+strconv.Itoa(percent)+"% of allotted space, please use smaller policy.")
}

// checkRegion refuses to make credentials where STS is switched off for their
// account (STS-179).
func (c *call) checkRegion(account string) *Error {
	if a := c.world().Account(account); a != nil {
		for _, region := range a.DisabledRegions {
			if region == c.env.region() {
				return newError(RegionDisabled, "STS is not activated in the requested region for the account that is being asked to generate credentials.")
			}
		}
	}
	return nil
}

// seconds gives a parameter in seconds as a duration.
func seconds(parameter *int32, otherwise int32) time.Duration {
	if parameter != nil {
		otherwise = *parameter
	}
	return time.Duration(otherwise) * time.Second
}
