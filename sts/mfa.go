package sts

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238, and what AWS's devices compute
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/rolecall/rolecall/world"
)

// Texts of MFA failures, blanks as AWS has them (STS-104).
const (
	mfaWrongCode   = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
	mfaWrongSerial = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."
	mfaHalf        = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
)

// Codes are those of the step of the moment and of codeWindow steps before and
// after it (STS-102).
const (
	codeStep   = 30 * time.Second
	codeWindow = 1
)

func stepOf(t time.Time) int64 { return t.Unix() / int64(codeStep/time.Second) }

// mfa checks the code of a device of the calling user. It reports whether one
// was given. A wrong one fails even if no policy asks for MFA (STS-104).
func (c *call) mfa(serialNumber, tokenCode *string) (bool, *Error) {
	switch {
	case serialNumber == nil && tokenCode == nil:
		return false, nil
	case serialNumber == nil || tokenCode == nil:
		return false, newError(AccessDenied, mfaHalf)
	}
	device := c.device(*serialNumber)
	if device == nil {
		return false, newError(AccessDenied, mfaWrongSerial)
	}
	seed, err := decodeSeed(device.Seed)
	if err != nil {
		e := newError(AccessDenied, mfaWrongSerial)
		e.Detail = "the seed of " + device.SerialNumber + " is not base32"
		return false, e
	}
	now := stepOf(c.now)
	for step := now - codeWindow; step <= now+codeWindow; step++ {
		if subtle.ConstantTimeCompare([]byte(totp(seed, step)), []byte(*tokenCode)) != 1 {
			continue
		}
		if c.service.options.CodesAgain || c.service.codes.use(c.who.account+"/"+device.SerialNumber, step, c.now) {
			return true, nil
		}
		e := newError(AccessDenied, mfaWrongCode)
		e.Detail = "the code was used before; wait for the next one"
		return false, e
	}
	return false, newError(AccessDenied, mfaWrongCode)
}

// device finds a device of the caller: of the user, also for its sessions, or
// of the root user. A role session has none (STS-101, CONTESTED).
func (c *call) device(serialNumber string) *world.MFADevice {
	var devices []world.MFADevice
	switch {
	case c.who.user != nil && c.who.kind != DelegatedSession:
		devices = c.who.user.MFADevices
	case c.who.kind == Root:
		devices = c.world().Account(c.who.account).RootMFADevices
	}
	for i := range devices {
		if devices[i].SerialNumber == serialNumber {
			return &devices[i]
		}
	}
	return nil
}

// MFACode gives the code that a virtual MFA device shows at a time. The seed is
// the base32 secret of the device; the error is that of a seed that is none.
func MFACode(seed string, at time.Time) (string, error) {
	secret, err := decodeSeed(seed)
	if err != nil {
		return "", fmt.Errorf("the seed is not base32: %w", err)
	}
	return totp(secret, stepOf(at)), nil
}

// decodeSeed reads the base32 seed of a device: blanks, small letters and
// missing padding are as good.
func decodeSeed(seed string) ([]byte, error) {
	seed = strings.TrimRight(strings.ToUpper(strings.ReplaceAll(seed, " ", "")), "=")
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
}

// totp gives the code of a step: six digits of HMAC-SHA-1 (RFC 6238, RFC 4226).
func totp(seed []byte, step int64) string {
	mac := hmac.New(sha1.New, seed)
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	code := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%06d", code%1_000_000)
}
