package scenario

import (
	"crypto/rsa"
	"sync"

	"github.com/rolecall/rolecall/sts/saml"
)

// samlKey is the key of all SAML providers of a run.
var samlKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := saml.GenerateKey(&stream{name: "the SAML providers of a test run"})
	if err != nil {
		panic("scenario: " + err.Error())
	}
	return key
})
