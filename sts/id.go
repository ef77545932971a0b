package sts

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
)

// Prefixes of access key ids (STS-30).
const (
	prefixLongTerm  = "AKIA"
	prefixTemporary = "ASIA"
	prefixBearer    = "ABIA"
)

// accountMark is the bit of an id that tells that it holds an account: its
// fifth character is then Q to Z or 2 to 7.
const accountMark = 1 << 47

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// newAccessKeyID makes the id of a temporary access key of an account: 48 bits
// of a mark, the account and 7 random bits, then 32 random bits (STS-33).
func newAccessKeyID(account string, entropy io.Reader) (string, error) {
	n, err := strconv.ParseUint(account, 10, 40)
	if err != nil {
		return "", fmt.Errorf("the account %q has no number: %w", account, err)
	}
	var id [10]byte
	if _, err := io.ReadFull(entropy, id[5:]); err != nil {
		return "", err
	}
	n = accountMark | n<<7 | uint64(id[5]&0x7f)
	for i := range 6 {
		id[i] = byte(n >> (40 - 8*i))
	}
	return prefixTemporary + idEncoding.EncodeToString(id[:]), nil
}

// accountOf reads the account out of the id of an access key. It reports false
// for an id that is none, and for one from before 2019, which holds no account
// (STS-32, STS-138).
func accountOf(accessKeyID string) (string, bool) {
	const length, prefix = 20, 4
	if len(accessKeyID) != length {
		return "", false
	}
	switch accessKeyID[:prefix] {
	case prefixLongTerm, prefixTemporary, prefixBearer:
	default:
		return "", false
	}
	id, err := idEncoding.DecodeString(accessKeyID[prefix:])
	if err != nil {
		return "", false
	}
	var n uint64
	for _, b := range id[:6] {
		n = n<<8 | uint64(b)
	}
	if n&accountMark == 0 {
		return "", false
	}
	return fmt.Sprintf("%012d", n&0x7fffffffff80>>7), true
}

// newUUID makes a random UUID (version 4).
func newUUID(entropy io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(entropy, b[:]); err != nil {
		return "", err
	}
	return formatUUID(b), nil
}

// formatUUID writes 16 bytes as a UUID of version 4.
func formatUUID(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	text := hex.EncodeToString(b[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
