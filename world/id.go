package world

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
)

// uniqueID derives the unique id of an identity from its ARN, the same every
// time: a prefix such as AROA and 17 characters of [A-Z2-7], of which the first
// ten hold the account as AWS's own ids do (STS-31 to STS-33).
func uniqueID(prefix, accountID, arn string) string {
	account, _ := strconv.ParseUint(accountID, 10, 64) // 12 digits, as checked
	hash := sha256.Sum256([]byte(arn))
	n := 1<<47 | account<<7 | uint64(hash[0]&0x7f)
	id := make([]byte, 0, 11)
	for shift := 40; shift >= 0; shift -= 8 {
		id = append(id, byte(n>>shift))
	}
	id = append(id, hash[1:6]...)
	return prefix + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(id)[:17]
}
