package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAttackOnTheForm(t *testing.T) {
	t.Parallel()
	k := keys()
	good := mint(t, k.es256, with(nil))
	header, payload, signature := parts(good)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	// 64 bytes end in two characters of which the last has four stray bits.
	stray := good[:len(good)-1] + string(alphabet[strings.IndexByte(alphabet, good[len(good)-1])|1])
	signed := func(payload string) string {
		return raw(t, k.es256, text(t, fields{"alg": "ES256", "kid": k.es256.ID()}), payload)
	}
	deep := func(n int) string {
		return `{"x":` + strings.Repeat(`{"x":`, n) + "1" + strings.Repeat("}", n+1)
	}
	claims := text(t, with(nil))
	huge := text(t, with(fields{"x": strings.Repeat("y", MaxToken)}))
	runAttacks(t, map[string]attack{
		"nothing":                  {"", badForm("it does not have three parts")},
		"an access token":          {"ya29.a0AfH6SMBx", badForm("it does not have three parts")},
		"two parts":                {header + "." + payload, badForm("it does not have three parts")},
		"four parts":               {good + "." + signature, badForm("it does not have three parts")},
		"five parts, as JWE":       {good + "." + signature + ".x", badForm("it does not have three parts")},
		"a million dots":           {strings.Repeat(".", 1<<20), badForm("it has 1048576 bytes, more than 20000")},
		"JSON serialization":       {text(t, fields{"payload": payload, "protected": header, "signature": signature}), badForm("it does not have three parts")},
		"empty parts":              {"..", badForm("the header: not valid JSON")},
		"a huge token":             {signed(huge), badForm(fmt.Sprintf("it has %d bytes, more than 20000", len(signed(huge))))},
		"stray last bits":          {stray, badForm("part 3: not base64url without padding")},
		"padding":                  {good + "==", badForm("part 3: not base64url without padding")},
		"standard base64":          {header + "." + payload + "." + "+" + signature[1:], badForm("part 3: not base64url without padding")},
		"a line break":             {good + "\n", badForm("part 3: a line break")},
		"a line break inside":      {header + "." + payload[:8] + "\r\n" + payload[8:] + "." + signature, badForm("part 2: a line break")},
		"a blank":                  {" " + good, badForm("part 1: not base64url without padding")},
		"a payload that is text":   {signed("claims"), badForm("the payload: not valid JSON")},
		"a payload that is null":   {signed("null"), badForm("the payload: not a JSON object")},
		"a payload that is a list": {signed("[]"), badForm("the payload: not a JSON object")},
		"two payloads":             {signed(claims + claims), badForm("the payload: not valid JSON")},
		"broken UTF-8":             {signed(`{"x":"` + "\xff" + `"}`), badForm("the payload: not valid UTF-8")},
		"nested too deep":          {signed(deep(MaxDepth)), badForm("the payload: arrays and objects are nested more than 20 deep")},
		"as deep as may be":        {signed(deep(MaxDepth - 1)), refused("Missing a required claim: iss", "")},
		"nested without end":       {signed(strings.Repeat("[", 12000)), badForm("the payload: not valid JSON")},
		"nested beyond all reason": {signed(strings.Repeat("[", 7000) + strings.Repeat("]", 7000)), badForm("the payload: arrays and objects are nested more than 20 deep")},
		"a claim twice":            {signed(`{"sub":"admin",` + claims[1:]), badForm(`the payload: the name "sub" occurs twice in an object`)},
		"a claim twice, escaped":   {signed(`{"\u0073ub":"admin",` + claims[1:]), badForm(`the payload: the name "sub" occurs twice in an object`)},
		"a tag twice":              {signed(`{"https://aws.amazon.com/tags":{"principal_tags":{"a":["1"],"a":["2"]}},` + claims[1:]), badForm(`the payload: the name "a" occurs twice in an object`)},
		"a claim twice in a list":  {signed(`{"x":[{"a":1},{"a":1,"b":[],"a":2}],` + claims[1:]), badForm(`the payload: the name "a" occurs twice in an object`)},
	})
}

func TestAttackOnTheClaims(t *testing.T) {
	t.Parallel()
	k := keys()
	token := func(changes fields) string { return mint(t, k.es256, with(changes)) }
	want := func(claim, kind string) Error {
		return refused("The claim "+claim+" of the ID Token must be "+kind, "")
	}
	strange := func(issuer string) attack {
		return attack{token(fields{"iss": issuer}), refused("No OpenIDConnect provider found in your account for "+issuer, `the provider is "idp.example.com/tenant"`)}
	}
	audience := func(seen string) Error {
		return refused("Incorrect token audience", "no client id of the provider is among "+seen)
	}
	future := func(claim string, at int) Error {
		return refused(fmt.Sprintf("Token is not valid yet: current date/time %d is more than 5 minutes before the %s date/time %d", nowEpoch, claim, at), "")
	}
	lost := func(claim string) Error { return refused("Missing a required claim: "+claim, "") }
	null := json.RawMessage("null")
	runAttacks(t, map[string]attack{
		"another issuer":            strange("https://attacker.example.com"),
		"an issuer below ours":      strange(issuer + "/x"),
		"an issuer above ours":      strange("https://idp.example.com"),
		"a slash at the end":        strange(issuer + "/"),
		"our issuer in other case":  strange("https://IDP.example.com/tenant"),
		"our issuer over http":      strange("http://idp.example.com/tenant"),
		"https in other case":       strange("HTTPS://idp.example.com/tenant"),
		"a port":                    strange("https://idp.example.com:443/tenant"),
		"a user":                    strange("https://idp.example.com@attacker.example.com/tenant"),
		"no issuer":                 {token(fields{"iss": nil}), lost("iss")},
		"an empty issuer":           {token(fields{"iss": ""}), lost("iss")},
		"an issuer that is null":    {token(fields{"iss": null}), want("iss", "a string")},
		"no subject":                {token(fields{"sub": nil}), lost("sub")},
		"an empty subject":          {token(fields{"sub": ""}), lost("sub")},
		"a subject that is null":    {token(fields{"sub": null}), want("sub", "a string")},
		"a subject that is a list":  {token(fields{"sub": []string{subject}}), want("sub", "a string")},
		"Sub instead of sub":        {token(fields{"sub": nil, "Sub": subject}), lost("sub")},
		"no audience":               {token(fields{"aud": nil}), lost("aud")},
		"an empty list of audience": {token(fields{"aud": []string{}}), lost("aud")},
		"an empty audience":         {token(fields{"aud": ""}), audience(`[""]`)},
		"another audience":          {token(fields{"aud": "sts.example.com"}), audience(`["sts.example.com"]`)},
		"our audience in upper":     {token(fields{"aud": strings.ToUpper(client)}), audience(`["STS.AMAZONAWS.COM"]`)},
		"an audience within ours":   {token(fields{"aud": client[:3]}), audience(`["sts"]`)},
		"audiences, none of ours":   {token(fields{"aud": []string{"a", "b"}}), audience(`["a" "b"]`)},
		"an audience of numbers":    {token(fields{"aud": []any{client, 1}}), want("aud", "a string or a list of strings")},
		"another azp":               {token(fields{"azp": "attacker"}), audience(`["attacker"]`)},
		"an empty azp":              {token(fields{"azp": ""}), audience(`[""]`)},
		"an azp that is null":       {token(fields{"azp": null}), want("azp", "a string")},
		"an azp that is a list":     {token(fields{"azp": []string{client}}), want("azp", "a string")},
		"no expiry":                 {token(fields{"exp": nil}), lost("exp")},
		"expired a day ago":         {token(fields{"exp": nowEpoch - 86400}), tokenExpired(nowEpoch - 86400)},
		"expired a second ago":      {token(fields{"exp": nowEpoch - 1}), tokenExpired(nowEpoch - 1)},
		"expired now":               {token(fields{"exp": nowEpoch}), tokenExpired(nowEpoch)},
		"expired before the epoch":  {token(fields{"exp": -1}), tokenExpired(-1)},
		"an expiry in a string":     {token(fields{"exp": fmt.Sprint(nowEpoch + 60)}), want("exp", "an integer")},
		"an expiry with a fraction": {token(fields{"exp": nowEpoch + 60.5}), want("exp", "an integer")},
		"an expiry with exponent":   {token(fields{"exp": json.RawMessage("9e18")}), want("exp", "an integer")},
		"an expiry beyond 64 bits":  {token(fields{"exp": json.RawMessage("99999999999999999999")}), want("exp", "an integer")},
		"an expiry that is null":    {token(fields{"exp": null}), want("exp", "an integer")},
		"no time of issue":          {token(fields{"iat": nil}), lost("iat")},
		"issued in the future":      {token(fields{"iat": nowEpoch + 301, "exp": nowEpoch + 900}), future("iat", nowEpoch+301)},
		"not valid yet":             {token(fields{"nbf": nowEpoch + 301, "exp": nowEpoch + 900}), future("nbf", nowEpoch+301)},
		"nbf in a string":           {token(fields{"nbf": "0"}), want("nbf", "an integer")},
		"an amr that is an object":  {token(fields{"amr": fields{}}), want("amr", "a string or a list of strings")},
		"a token of STS itself":     {token(fields{"iss": "https://0a1b.tokens.sts.global.api.aws"}), refused(messageOutbound, "")},
		"roles without ours":        {token(fields{rolesClaim: []string{roleARN + "x"}}), refused(messageRoles, "")},
		"a role in other case":      {token(fields{rolesClaim: strings.ToUpper(roleARN)}), refused(messageRoles, "")},
		"a role with a wildcard":    {token(fields{rolesClaim: "arn:aws:iam::111122223333:role/*"}), refused(messageRoles, "")},
		"no roles":                  {token(fields{rolesClaim: []string{}}), refused(messageRoles, "")},
		"roles that are null":       {token(fields{rolesClaim: null}), want(rolesClaim, "a string or a list of strings")},
		"roles that are an object":  {token(fields{rolesClaim: fields{roleARN: true}}), want(rolesClaim, "a string or a list of strings")},
		"aws: as source identity":   {token(fields{sourceClaim: "aws:root"}), refused(messageSource, "")},
		"a line break at its end":   {token(fields{sourceClaim: "alice\n"}), refused(messageSource, "")},
		"a source identity of one":  {token(fields{sourceClaim: "a"}), refused(messageSource, "")},
		"a source identity of 65":   {token(fields{sourceClaim: strings.Repeat("a", 65)}), refused(messageSource, "")},
		"a source identity of none": {token(fields{sourceClaim: ""}), refused(messageSource, "")},
		"source identity in a list": {token(fields{sourceClaim: []string{"alice"}}), refused(messageSource, "")},
		"source identity null":      {token(fields{sourceClaim: null}), refused(messageSource, "")},
		"source identity in Greek":  {token(fields{sourceClaim: "αλίκη"}), refused(messageSource, "")},
	})
}

// TestChecksComeInTheirOrder holds the order of STS-155 to STS-164: each token
// has every fault from some check on.
func TestChecksComeInTheirOrder(t *testing.T) {
	t.Parallel()
	k := keys()
	bad := fields{
		"iss": "https://other.example.com", "aud": "x", "exp": 1, rolesClaim: "x", tagsClaim: 1, sourceClaim: "x",
	}
	p := provider(t)
	var got []string
	note := func(token string) {
		_, err := verify(p, token)
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%v is no *Error", err)
		}
		got = append(got, strings.SplitN(e.Message, " ", 4)[0]+" "+strings.SplitN(e.Message, " ", 4)[2])
	}
	note(mint(t, k.unpublished, with(bad)))
	bad["iss"] = issuer
	note(mint(t, k.unpublished, with(bad)))
	bad["aud"] = client
	note(mint(t, k.unpublished, with(bad)))
	note(mint(t, rename(t, k.unpublished, k.es256.ID()), with(bad)))
	note(mint(t, k.es256, with(bad)))
	bad["exp"] = nowEpoch + 1
	note(mint(t, k.es256, with(bad)))
	bad[rolesClaim] = roleARN
	note(mint(t, k.es256, with(bad)))
	delete(bad, tagsClaim)
	note(mint(t, k.es256, with(bad)))
	want := []string{"No provider", "Incorrect audience", "Couldn't verification", "Token invalid", "Token current", "The role", "The https://aws.amazon.com/tags", "Source must"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAMissingProviderIsAnError(t *testing.T) {
	t.Parallel()
	k := keys()
	token := mint(t, k.es256, with(nil))
	good := provider(t)
	for name, tt := range map[string]struct {
		provider *Provider
		want     Error
	}{
		"no provider":   {nil, refused("No OpenIDConnect provider found in your account for https://idp.example.com/tenant", "")},
		"no client ids": {&Provider{Name: good.Name, Keys: good.Keys}, refused(messageAudience, `no client id of the provider is among ["sts.amazonaws.com"]`)},
		"no JWK set":    {&Provider{Name: good.Name, ClientIDs: good.ClientIDs}, badKey("no keys of the provider are known")},
		"no keys":       {&Provider{Name: good.Name, ClientIDs: good.ClientIDs, Keys: &KeySet{}}, badKey("no keys of the provider are known")},
		"no key fits":   {&Provider{Name: good.Name, ClientIDs: good.ClientIDs, Keys: keySet(t, k.es384)}, badKey("no key has the kid %q", k.es256.ID())},
	} {
		_, err := verify(tt.provider, token)
		var got *Error
		if !errors.As(err, &got) {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tt.want, *got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestAnErrorIsOneLine(t *testing.T) {
	t.Parallel()
	for want, changes := range map[string]fields{
		`InvalidIdentityToken: Incorrect token audience (no client id of the provider is among ["x"])`: {"aud": "x"},
		"InvalidIdentityToken: Missing a required claim: sub":                                          {"sub": ""},
	} {
		if _, err := verify(provider(t), mint(t, keys().es256, with(changes))); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
