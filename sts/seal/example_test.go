package seal_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/rolecall/rolecall/sts/seal"
)

func ExampleSealer() {
	key := []byte("an example key, 32 bytes long ..")
	// A service gives crypto/rand.Reader; bytes that are known in advance make
	// every text the same, which is good for tests.
	sealer, err := seal.New(key, bytes.NewReader(make([]byte, 12)))
	if err != nil {
		fmt.Println(err)
		return
	}
	const prefix = "IQoJb3JpZ2luX2Vj"
	token, err := sealer.Seal(seal.SessionToken, prefix, []byte("the session of ASIAQNZGKIQY56JQ7WML"))
	if err != nil {
		fmt.Println(err)
		return
	}
	session, err := sealer.Open(seal.SessionToken, prefix, token)
	fmt.Printf("%s %v\n", session, err)

	altered := token[:40] + "x" + token[41:]
	_, err = sealer.Open(seal.SessionToken, prefix, altered)
	fmt.Println(errors.Is(err, seal.ErrNotAuthentic), err)
	// Output:
	// the session of ASIAQNZGKIQY56JQ7WML <nil>
	// true seal: the text is not authentic
}

func ExampleSealer_Derive() {
	sealer, err := seal.New([]byte("an example key, 32 bytes long .."), bytes.NewReader(nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	bits := sealer.Derive("secret access key", "ASIAQNZGKIQY56JQ7WML")
	fmt.Println(base64.StdEncoding.EncodeToString(bits[:30]))
	// Output: 5Tzkdl46W3Wjc1Nm+07HQjgXriT+snW9ubNHjuhB
}
