package celx_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/conditions/celx"
)

// fatal is what a test and a property have in common.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// agree fails unless CEL and the native engine give a block the same truth.
func agree(t fatal, block *conditions.Block, ctx *conditions.Context) {
	t.Helper()
	compiled, err := celx.Compile(block)
	if err != nil {
		t.Fatalf("%v\n%s", err, celx.Expression(block))
	}
	got, err := compiled.Eval(ctx)
	if err != nil {
		t.Fatalf("%v\n%s", err, compiled)
	}
	if want := block.Eval(ctx) == conditions.True; got != want {
		t.Fatalf("CEL says %t, the engine %t:\n%s\n%s\nfor %s", got, want, describe(block), compiled, showContext(ctx))
	}
}

func describe(block *conditions.Block) string {
	var lines []string
	for _, test := range block.Tests() {
		lines = append(lines, fmt.Sprintf("%s %q %q, variables %t", test.Operator(), test.Key(), test.Values(), test.Variables()))
	}
	return strings.Join(lines, "\n")
}

func showContext(ctx *conditions.Context) string {
	var b strings.Builder
	for key, seen := range ctx.All() {
		fmt.Fprintf(&b, "%q: %q, multivalued %t; ", key, seen.Values, seen.Multivalued)
	}
	return b.String()
}

// family draws values for the operators of one kind: of the policy, and of the
// request.
type family struct {
	operators []conditions.Base
	policy    *rapid.Generator[string]
	request   *rapid.Generator[string]
}

func texts(of string) *rapid.Generator[string] { return rapid.StringMatching(of) }

// mixed draws from all of some generators.
func mixed(of ...*rapid.Generator[string]) *rapid.Generator[string] { return rapid.OneOf(of...) }

var (
	// words are made of few characters, so that they often match.
	words     = texts(`[abAB*?$:/\\'" \nſßKkKé日😀İ]{0,4}`)
	any_      = rapid.String()
	variables = rapid.SampledFrom([]string{
		"${k:v}", "${K:V}", "${k:none}", "${k:none, 'a'}", "${k:list}", "${k:list, 'a'}", "${k:v, 'b'}", "${k:empty}", "${k:empty, 'a'}",
		"${*}", "${?}", "${$}", "${}", "${ }", "${k v}", "${k:v,'a'}", "${k:v, a}", "${k:v, 'it's'}", "${k:v, '', 'x'}", "${k:none, ''}", "${, 'a'}",
		"${", "${k:v", "$", "}", "${k:none, 'a:*?b'}", "${k:arn}", "${aws:RequestTag/}", "${aws:RequestTag/, 'a'}", "${\n}", "${k:v, '\n'}", "${k,:v, 'a'}",
	})
	withVariables = rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(mixed(words, variables), 0, 4).Draw(t, "pieces"), "")
	})
	numbers = mixed(texts(`[+-]?[0-9]{1,3}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?`), texts(`[-+]?0*1?0*(\.0*1?0*)?(e[-+]?[0-3])?`),
		rapid.SampledFrom([]string{"10", "10.0", "1e1", "NaN", "0x10", " 1", "1 ", "1_0", "1e99999999999999999999", "-1e99999999999999999999", "1e-99999999999999999999", "10e9999999999999999999", "٣", "", "-0", "1.", ".5"}))
	dates = mixed(texts(`20(24|25|00)(-(0[0-9]|1[0-3])(-([0-2][0-9]|3[0-2])(T([01][0-9]|2[0-4]):[0-6][0-9](:[0-6][0-9](\.[0-9]{1,3})?)?(Z|[+-](0[0-9]|2[34]):[0-6][0-9])?)?)?)?`),
		texts(`[+-]?[0-9]{1,6}`), texts(`2024-0[23]-(28|29|30)(T(00|23):(00|59)(:(00|59)(\.(0|00|5|50|9999999999999))?)?(Z|[+-]00:0[01])?)?`),
		rapid.SampledFrom([]string{"0000", "0000-01-01", "9999-12-31T23:59:59Z", "99999999999999999999", "-99999999999999999999", "99999999999999999998", "2024-02-29T24:00:00Z", "2024-1-1", "2024-01-01t00:00:00Z", "2024-01-01T00:00:00,5Z", "2024-01-01T00:00.5Z", "2024-01-01T1:00:00Z", "2024-01-01 00:00:00Z", "+202", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+00:60", "2024-01-01T00:00:00-0000", "2024-01-01TZ", "2024-13-01", "", "soon"}))
	bools    = rapid.SampledFrom([]string{"true", "false", "TRUE", "False", "yes", "", " true", "falſe", "1"})
	binaries = mixed(texts(`[AQR]{0,5}={0,3}`), texts(`([QR]{4}){14,18}(Q[QR]==)?`), rapid.SampledFrom([]string{"QQ==", "QR==", "QQ=\n=", "Q\r\nQ==", "QQ", "-_==", "+/==", "Q===", "QQ==QQ=="}))
	ips      = mixed(texts(`10\.[01]\.0\.[0-3]`), texts(`::(ffff:)?10\.0\.0\.[0-3]`), texts(`2001:[dD][bB]8::[0-3]?`),
		rapid.SampledFrom([]string{"10.0.0", "10.0.0.01", "fe80::1%eth0", "::", "0.0.0.0", "255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::ffff:0:0", "::fffe:ffff:ffff", "x", "", " 10.0.0.1"}))
	networks = mixed(ips, rapid.Custom(func(t *rapid.T) string {
		return ips.Draw(t, "address") + "/" + fmt.Sprint(rapid.SampledFrom([]int{0, 1, 7, 8, 24, 31, 32, 33, 48, 64, 95, 96, 97, 120, 127, 128, 129}).Draw(t, "bits"))
	}), rapid.SampledFrom([]string{"10.0.0.0/", "10.0.0.0/08", "10.0.0.0/-1", "/8", "10.0.0.0/8/8", "fe80::%a/64"}))
	arns = mixed(texts(`arn:aws:(s3|sqs)::[12]{0,1}:[ab*?:/]{0,4}`), texts(`[a:*?]{0,12}`), rapid.SampledFrom([]string{"arn:aws:s3", ":::::", "*:*:*:*:*:*", "*"}))
	// arnPieces have variables in every part.
	arnPieces = rapid.Custom(func(t *rapid.T) string {
		part := mixed(rapid.SampledFrom([]string{"arn", "aws", "s3", "", "*", "?", "a", "a*", ":", "1"}), variables)
		return strings.Join(rapid.SliceOfN(part, 4, 8).Draw(t, "parts"), ":")
	})
)

var families = map[string]family{
	"String": {[]conditions.Base{
		conditions.StringEquals, conditions.StringNotEquals, conditions.StringEqualsIgnoreCase, conditions.StringNotEqualsIgnoreCase,
		conditions.StringLike, conditions.StringNotLike,
	}, mixed(words, withVariables, any_), mixed(words, any_)},
	"Numeric": {[]conditions.Base{
		conditions.NumericEquals, conditions.NumericNotEquals, conditions.NumericLessThan, conditions.NumericLessThanEquals,
		conditions.NumericGreaterThan, conditions.NumericGreaterThanEquals,
	}, numbers, numbers},
	"Date": {[]conditions.Base{
		conditions.DateEquals, conditions.DateNotEquals, conditions.DateLessThan, conditions.DateLessThanEquals,
		conditions.DateGreaterThan, conditions.DateGreaterThanEquals,
	}, dates, dates},
	"Bool":      {[]conditions.Base{conditions.Bool}, mixed(bools, variables), bools},
	"Binary":    {[]conditions.Base{conditions.BinaryEquals}, binaries, binaries},
	"IpAddress": {[]conditions.Base{conditions.IPAddress, conditions.NotIPAddress}, networks, mixed(ips, networks)},
	"Arn": {[]conditions.Base{
		conditions.ARNEquals, conditions.ARNLike, conditions.ARNNotEquals, conditions.ARNNotLike,
	}, mixed(arns, arnPieces), mixed(arns, arnPieces)},
	"Null": {[]conditions.Base{conditions.Null}, mixed(bools, variables), words},
}

// names are what a test and a request may call the key under test.
var names = []string{"k:k", "K:K", "k:K", "aws:RequestTag/ſ", "aws:requesttag/S", "aws:RequestTag/'", "aws:RequestTag/", "kms:encryptioncontext:"}

func (f family) test(t *rapid.T) conditions.Test {
	op := conditions.Operator{
		Qualifier: rapid.SampledFrom([]conditions.Qualifier{conditions.NoQualifier, conditions.ForAllValues, conditions.ForAnyValue}).Draw(t, "qualifier"),
		Base:      rapid.SampledFrom(f.operators).Draw(t, "operator"),
	}
	op.IfExists = op.Base != conditions.Null && rapid.Bool().Draw(t, "IfExists")
	name := rapid.SampledFrom(names).Draw(t, "key")
	values := rapid.SliceOfN(f.policy, 0, 4).Draw(t, "values")
	return conditions.NewTest(op, name, values, rapid.IntRange(0, 3).Draw(t, "variables") > 0)
}

// context draws a request: keys under test, and those that variables name.
func (f family) context(t *rapid.T) *conditions.Context {
	ctx := conditions.NewContext(8)
	for _, name := range []string{rapid.SampledFrom(names).Draw(t, "key"), "k:k"} {
		switch rapid.IntRange(0, 6).Draw(t, "form") {
		case 0:
		case 1:
			_ = ctx.AddList(name, rapid.SliceOfN(mixed(f.request, rapid.Just("")), 0, 4).Draw(t, "list")) // the name may be there
		default:
			_ = ctx.Add(name, f.request.Draw(t, "single"))
		}
	}
	for _, entry := range [][2]string{{"k:v", "b"}, {"k:empty", ""}, {"k:arn", "arn:aws:s3:::b"}, {"aws:RequestTag/", "b"}, {"k,:v", "a"}} {
		if rapid.IntRange(0, 4).Draw(t, entry[0]) > 0 {
			ctx.AddDefault(entry[0], entry[1])
		}
	}
	ctx.AddDefaultList("k:list", []string{"b"})
	return &ctx
}

func TestOperatorsAgree(t *testing.T) {
	t.Parallel()
	for name, f := range families {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				block := conditions.NewBlock([]conditions.Test{f.test(t)})
				agree(t, &block, f.context(t))
			})
		})
	}
}

func TestCornersAgree(t *testing.T) {
	t.Parallel()
	type row struct {
		operator string
		policy   []string
		request  string
		want     bool
	}
	for name, r := range map[string]row{
		"a network of IPv4 in the form of IPv6":  {"IpAddress", []string{"::ffff:0:0/96"}, "10.0.0.1", true},
		"one that is wider":                      {"IpAddress", []string{"::ffff:0:0/95"}, "10.0.0.1", false},
		"bits behind the prefix":                 {"NotIpAddress", []string{"10.0.0.77/24"}, "10.0.0.1", false},
		"a zone of 24 hours":                     {"DateNotEquals", []string{"2024-01-01"}, "2024-01-01T00:00:00+24:00", false},
		"a zone of 60 minutes":                   {"DateNotEquals", []string{"2024-01-01"}, "2024-01-01T00:00:00+00:60", false},
		"zeros behind a fraction":                {"DateEquals", []string{"2024-01-01T00:00:00.5Z"}, "2024-01-01T00:00:00.500Z", true},
		"a fraction of nothing":                  {"DateEquals", []string{"2024-01-01"}, "2024-01-01T00:00:00.000Z", true},
		"more digits than Go keeps":              {"DateLessThan", []string{"2024-01-01T00:00:00.00000000002Z"}, "2024-01-01T00:00:00.00000000001Z", true},
		"seconds beyond 64 bits":                 {"DateEquals", []string{"99999999999999999999"}, "99999999999999999998", true},
		"zeros behind a number":                  {"NumericEquals", []string{"10.50"}, "10.5", true},
		"a long number":                          {"NumericLessThan", []string{"0.10000000000000000000000001"}, "0.1", true},
		"a huge exponent":                        {"NumericGreaterThan", []string{"1e999999999"}, "1e1000000000", true},
		"a line break in base64":                 {"BinaryEquals", []string{"QQ=="}, "QQ\n==", false},
		"a backslash in a pattern":               {"StringLike", []string{`a\*`}, `a\b`, true},
		"a backslash before a star":              {"StringLike", []string{`a\*`}, `a*`, false},
		"a star that is escaped":                 {"StringLike", []string{"a${*}"}, "ab", false},
		"a malformed variable":                   {"StringLike", []string{"*${}"}, "a", false},
		"a malformed variable, negated":          {"StringNotLike", []string{"*${}"}, "a", true},
		"no value, and no ARN":                   {"ArnNotLike", []string{"arn:aws:s3:::${k:none}"}, "a", false},
		"no value, and an ARN":                   {"ArnNotLike", []string{"arn:aws:s3:::${k:none}"}, "arn:aws:s3:::a", true},
		"a variable alone is no pattern":         {"ArnNotLike", []string{"${k:arn}"}, "arn:aws:s3:::b", false},
		"colons in a value are no borders":       {"ArnLike", []string{"arn:aws:s3::${k:arn}:*"}, "arn:aws:s3:::x", false},
		"a colon in a variable's name is none":   {"ArnLike", []string{"arn:aws:s3:::${k:v}"}, "arn:aws:s3:::b", true},
		"wildcards of a value are literal":       {"StringLike", []string{"${k:star}"}, "ab", false},
		"the default of a missing key":           {"StringEquals", []string{"${k:none, 'it''s \\'}"}, `it''s \`, true},
		"no default for a multivalued key":       {"StringEquals", []string{"${k:list, 'a'}"}, "a", false},
		"no default for an empty value":          {"StringEquals", []string{"x${k:empty, 'a'}"}, "x", true},
		"a sharp s is not two":                   {"StringEqualsIgnoreCase", []string{"STRASSE"}, "straße", false},
		"the Kelvin sign is a k":                 {"StringEqualsIgnoreCase", []string{"\u212a"}, "k", true},
		"a dotted capital I is no i":             {"StringEqualsIgnoreCase", []string{"\u0130"}, "i", false},
		"quotes and controls":                    {"StringEquals", []string{"\"'`\\\x00\x7f\u2028\U0010FFFF\n"}, "\"'`\\\x00\x7f\u2028\U0010FFFF\n", true},
		"many variables":                         {"StringLike", []string{strings.Repeat("${k:v}", 100) + "*"}, strings.Repeat("b", 101), true},
		"an empty value in the middle of a list": {"ForAnyValue:StringEquals", []string{"", "a"}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op, _ := conditions.ParseOperator(r.operator)
			block := conditions.NewBlock([]conditions.Test{conditions.NewTest(op, "k:k", r.policy, true)})
			ctx := conditions.NewContext(8)
			for _, entry := range [][2]string{{"k:k", r.request}, {"k:v", "b"}, {"k:empty", ""}, {"k:arn", "arn:aws:s3:::b"}, {"k:star", "a*"}} {
				ctx.AddDefault(entry[0], entry[1])
			}
			ctx.AddDefaultList("k:list", []string{"b"})
			agree(t, &block, &ctx)
			if got := block.Eval(&ctx) == conditions.True; got != r.want {
				t.Errorf("both say %t", got)
			}
		})
	}
}

func TestWhatCELCannotHold(t *testing.T) {
	t.Parallel()
	block := func(operator, key string, values ...string) *conditions.Block {
		op, _ := conditions.ParseOperator(operator)
		b := conditions.NewBlock([]conditions.Test{conditions.NewTest(op, key, values, true)})
		return &b
	}
	for _, b := range []*conditions.Block{block("StringEquals", "k:k", "a\xff"), block("StringEquals", "k:\xff", "a")} {
		if _, err := celx.Compile(b); !errors.Is(err, celx.ErrText) {
			t.Errorf("a text that is not UTF-8: %v", err)
		}
		if text := celx.Expression(b); !utf8.ValidString(text) || !strings.Contains(text, "\uFFFD") {
			t.Errorf("the expression of it is %q", text)
		}
	}
	compiled, err := celx.Compile(block("StringLike", "k:k", strings.Repeat("*a", 1000)))
	if err != nil {
		t.Fatal(err)
	}
	ctx := conditions.NewContext(1)
	if err := ctx.AddOpen("k:other", false); err != nil {
		t.Fatal(err)
	}
	if _, err := compiled.Eval(&ctx); !errors.Is(err, celx.ErrOpen) {
		t.Errorf("an open key: %v", err)
	}
	long := conditions.NewContext(1)
	long.AddDefault("k:k", strings.Repeat("a", 1<<20))
	if _, err := compiled.Eval(&long); err == nil {
		t.Error("a comparison that takes too long is an error, not a false")
	}
	if _, err := celx.Compile(block("StringEquals", "k:k", strings.Repeat("a${", 1<<19))); err == nil {
		t.Error("an expression that is too long")
	}
	empty := conditions.NewBlock(nil)
	if text := celx.Expression(&empty); text != "true" {
		t.Errorf("no tests are %s", text)
	}
}

func TestKeysWithoutATagAgree(t *testing.T) { // PL-113
	t.Parallel()
	for _, name := range []string{"aws:RequestTag/", "kms:EncryptionContext:", "KMS:encryptioncontext:"} {
		for _, operator := range []string{"Null", "StringEquals", "StringNotEquals", "ForAllValues:StringEquals"} {
			op, _ := conditions.ParseOperator(operator)
			block := conditions.NewBlock([]conditions.Test{conditions.NewTest(op, name, []string{"true"}, true)})
			ctx := conditions.NewContext(1)
			ctx.AddDefault(name, "x")
			agree(t, &block, &ctx)
		}
	}
}
