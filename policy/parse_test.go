package policy

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rolecall/rolecall/diag"
)

func source(text string) *diag.Source { return &diag.Source{Name: "p.json", Text: text} }

// codes lists the problems of a document as "CODE path" and, for warnings,
// "CODE? path".
func codes(list diag.List) []string {
	var out []string
	for _, d := range list {
		mark := ""
		if d.Severity == diag.Warning {
			mark = "?"
		}
		out = append(out, strings.TrimSuffix(d.Code+mark+" "+d.Path, " "))
	}
	return out
}

// with wraps a statement in a document of the current version.
func with(statement string) string {
	return `{"Version": "2012-10-17", "Statement": [` + statement + `]}`
}

func TestParseFindsProblems(t *testing.T) {
	t.Parallel()
	const ok = `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"`
	tests := map[string]struct {
		kind Kind
		text string
		want []string
	}{
		"nothing wrong":                   {Identity, with(`{` + ok + `}`), nil},
		"not an object":                   {Identity, `[]`, []string{"JSON_SYNTAX"}},
		"not JSON":                        {Identity, `{`, []string{"JSON_SYNTAX"}},
		"two documents":                   {Identity, with(`{`+ok+`}`) + with(`{`+ok+`}`), []string{"JSON_SYNTAX"}},
		"an unknown element":              {Identity, `{"Version": "2012-10-17", "Comment": "x", "Statement": {` + ok + `}}`, []string{"UNKNOWN_ELEMENT Comment"}},
		"an element in lower case":        {Identity, `{"version": "2012-10-17", "Statement": {` + ok + `}}`, []string{"MISSING_VERSION?", "UNKNOWN_ELEMENT version"}},
		"a statement's element at top":    {Identity, `{"Version": "2012-10-17", "Effect": "Allow", "Statement": {` + ok + `}}`, []string{"UNKNOWN_ELEMENT Effect"}},
		"Version in a statement":          {Identity, with(`{"Version": "2012-10-17", ` + ok + `}`), []string{"UNKNOWN_ELEMENT Statement[0].Version"}},
		"an operator in a statement":      {Identity, with(`{` + ok + `, "StringEquals": {}}`), []string{"UNKNOWN_ELEMENT Statement[0].StringEquals"}},
		"Version twice":                   {Identity, `{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": {` + ok + `}}`, []string{"DUPLICATE_KEY Version"}},
		"Effect twice":                    {Identity, with(`{` + ok + `, "Effect": "Deny"}`), []string{"DUPLICATE_KEY Statement[0].Effect"}},
		"Action twice, after unescaping":  {Identity, with(`{` + ok + `, "\u0041ction": "s3:PutObject"}`), []string{"DUPLICATE_KEY Statement[0].Action"}},
		"a strange version":               {Identity, `{"Version": "2012-10-18", "Statement": {` + ok + `}}`, []string{"VERSION Version"}},
		"a version that is a number":      {Identity, `{"Version": 2012, "Statement": {` + ok + `}}`, []string{"DATA_TYPE Version"}},
		"no version":                      {Identity, `{"Statement": {` + ok + `}}`, []string{"MISSING_VERSION?"}},
		"an Id that is null":              {Resource, `{"Version": "2012-10-17", "Id": null, "Statement": {"Principal": "*", ` + ok + `}}`, []string{"DATA_TYPE Id"}},
		"no statement":                    {Identity, `{"Version": "2012-10-17"}`, []string{"MISSING_STATEMENT"}},
		"an empty list of statements":     {Identity, `{"Version": "2012-10-17", "Statement": []}`, []string{"MISSING_STATEMENT Statement"}},
		"a statement that is a string":    {Identity, `{"Version": "2012-10-17", "Statement": "x"}`, []string{"DATA_TYPE Statement"}},
		"a list that holds a string":      {Identity, with(`{` + ok + `}, "x"`), []string{"DATA_TYPE Statement[1]"}},
		"no Effect, Action or Resource":   {Identity, with(`{}`), []string{"MISSING_EFFECT Statement[0]", "MISSING_ACTION Statement[0]", "MISSING_RESOURCE Statement[0]"}},
		"an Effect in lower case":         {Identity, with(`{"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"}`), []string{"EFFECT Statement[0].Effect"}},
		"an Effect that is a boolean":     {Identity, with(`{"Effect": true, "Action": "s3:GetObject", "Resource": "*"}`), []string{"DATA_TYPE Statement[0].Effect"}},
		"both forms of everything":        {Resource, with(`{"Principal": "*", "NotPrincipal": "*", "NotAction": "s3:*", "NotResource": "*", ` + ok + `}`), []string{"EXCLUSIVE_ELEMENTS Statement[0].NotPrincipal", "EXCLUSIVE_ELEMENTS Statement[0].NotAction", "EXCLUSIVE_ELEMENTS Statement[0].NotResource"}},
		"a Sid with a hyphen":             {Identity, with(`{"Sid": "a-b", ` + ok + `}`), []string{"SID_CHARACTERS Statement[0].Sid"}},
		"a Sid with a blank in a bucket":  {Resource, with(`{"Sid": "a b", "Principal": "*", ` + ok + `}`), nil},
		"a Sid that is a number":          {Identity, with(`{"Sid": 1, ` + ok + `}`), []string{"DATA_TYPE Statement[0].Sid"}},
		"the same Sid twice":              {Boundary, with(`{"Sid": "a", ` + ok + `}, {"Sid": "a", ` + ok + `}`), []string{"SID_DUPLICATE Statement[1].Sid"}},
		"the same Sid twice in an SCP":    {SCP, with(`{"Sid": "a", ` + ok + `}, {"Sid": "a", ` + ok + `}`), []string{"SID_DUPLICATE? Statement[1].Sid"}},
		"two empty Sids":                  {Identity, with(`{"Sid": "", ` + ok + `}, {"Sid": "", ` + ok + `}`), nil},
		"an Action that is an object":     {Identity, with(`{"Effect": "Allow", "Action": {}, "Resource": "*"}`), []string{"DATA_TYPE Statement[0].Action"}},
		"an Action list with a number":    {Identity, with(`{"Effect": "Allow", "Action": ["s3:Get", 1, null], "Resource": "*"}`), []string{"DATA_TYPE Statement[0].Action[1]", "DATA_TYPE Statement[0].Action[2]"}},
		"an empty Action list":            {Identity, with(`{"Effect": "Allow", "Action": [], "Resource": []}`), []string{"EMPTY_LIST? Statement[0].Action", "EMPTY_LIST? Statement[0].Resource"}},
		"an action without service":       {Identity, with(`{"Effect": "Allow", "Action": ["GetObject", ":x", ""], "Resource": "*"}`), []string{"ACTION_FORMAT Statement[0].Action[0]", "ACTION_FORMAT Statement[0].Action[1]", "ACTION_FORMAT Statement[0].Action[2]"}},
		"an action with two colons":       {Identity, with(`{"Effect": "Allow", "Action": "s3:Get:x", "Resource": "*"}`), []string{"ACTION_FORMAT Statement[0].Action"}},
		"a service with a wildcard":       {Identity, with(`{"Effect": "Allow", "Action": ["s*:Get", "*:Get*"], "Resource": "*"}`), []string{"ACTION_VENDOR Statement[0].Action[0]", "ACTION_VENDOR Statement[0].Action[1]"}},
		"a service with other characters": {Identity, with(`{"Effect": "Allow", "Action": ["s_3:Get", "s3 :Get", "s 3:Get", "s3.x:Get"], "Resource": "*"}`), []string{"ACTION_VENDOR Statement[0].Action[0]", "ACTION_VENDOR Statement[0].Action[1]", "ACTION_VENDOR Statement[0].Action[2]"}},
		"star colon star":                 {Identity, with(`{"Effect": "Allow", "Action": "*:*", "Resource": "*"}`), []string{"ACTION_STAR_STAR? Statement[0].Action"}},
		"actions that match nothing":      {Identity, with(`{"Effect": "Allow", "Action": ["s3:", "s3:Get ", " s3:Get", "s3:A,B"], "Resource": "*"}`), []string{"ACTION_FORMAT? Statement[0].Action[0]", "ACTION_FORMAT? Statement[0].Action[1]", "ACTION_FORMAT? Statement[0].Action[2]", "ACTION_FORMAT? Statement[0].Action[3]"}},
		"a resource that is no ARN":       {Identity, with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": ["bucket", " *", "ARN:aws:s3:::b"]}`), []string{"RESOURCE_FORMAT Statement[0].Resource[0]", "RESOURCE_FORMAT Statement[0].Resource[1]", "RESOURCE_FORMAT Statement[0].Resource[2]"}},
		"a short ARN":                     {Identity, with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": ["arn:aws:sqs", "arn:aws:cloudfront:*"]}`), []string{"SHORT_ARN? Statement[0].Resource[0]"}},
		"a short ARN in a bucket policy":  {Resource, with(`{"Principal": "*", "Effect": "Allow", "Action": "s3:Get", "Resource": ["arn:aws:sqs", "arn:*:sqs"]}`), []string{"SHORT_ARN? Statement[0].Resource[0]", "SHORT_ARN? Statement[0].Resource[1]"}},
		"a short ARN in an SCP":           {SCP, with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": ["arn:aws:sqs", "arn:aws:sqs:*"]}`), []string{"RESOURCE_FORMAT Statement[0].Resource[0]"}},
		"a short ARN in an RCP":           {RCP, with(`{"Principal": "*", "Effect": "Deny", "Action": "s3:Get", "Resource": "arn:aws:sqs:*"}`), []string{"RESOURCE_FORMAT Statement[0].Resource"}},
		"a variable before the resource":  {Identity, with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": "arn:aws:sqs:*:${aws:PrincipalAccount}:q"}`), []string{"VARIABLE_POSITION? Statement[0].Resource"}},
		"malformed variables":             {Identity, with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": ["arn:aws:s3:::${}", "arn:aws:s3:::${a b}", "arn:aws:s3:::${a:b, c}", "arn:aws:s3:::${a"]}`), []string{"VARIABLE_EMPTY? Statement[0].Resource[0]", "VARIABLE_SPACE? Statement[0].Resource[1]", "VARIABLE_QUOTE? Statement[0].Resource[2]", "VARIABLE_BRACE? Statement[0].Resource[3]"}},
		"a variable in an old document":   {Identity, `{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get", "Resource": "arn:aws:s3:::${aws:username}"}}`, []string{"VARIABLE_IN_OLD_VERSION? Statement.Resource"}},
		"Principal in an identity policy": {Identity, with(`{"Principal": "*", ` + ok + `}, {"NotPrincipal": "*", ` + ok + `}`), []string{"PRINCIPAL_NOT_ALLOWED Statement[0].Principal", "PRINCIPAL_NOT_ALLOWED Statement[1].NotPrincipal"}},
		"Principal in an SCP":             {SCP, with(`{"Principal": "*", ` + ok + `}`), []string{"PRINCIPAL_NOT_ALLOWED Statement[0].Principal"}},
		"no Principal in a bucket policy": {Resource, with(`{` + ok + `}`), []string{"MISSING_PRINCIPAL? Statement[0]"}},
		"no Principal in a trust policy":  {Trust, with(`{"Effect": "Allow", "Action": "sts:AssumeRole"}`), []string{"MISSING_PRINCIPAL Statement[0]"}},
		"no Principal at an endpoint":     {Endpoint, with(`{` + ok + `}`), []string{"MISSING_PRINCIPAL Statement[0]"}},
		"no Resource at an endpoint":      {Endpoint, with(`{"Principal": "*", "Effect": "Allow", "Action": "*"}`), []string{"MISSING_RESOURCE Statement[0]"}},
		"a trust policy with a star":      {Trust, with(`{"Principal": "*", "Effect": "Allow", "Action": "sts:AssumeRole"}`), []string{"TRUST_PRINCIPAL_STAR Statement[0].Principal"}},
		"a trust policy with AWS star":    {Trust, with(`{"Principal": {"AWS": "*"}, "Effect": "Allow", "Action": "sts:AssumeRole"}`), nil},
		"NotPrincipal in a trust policy":  {Trust, with(`{"NotPrincipal": {"AWS": "111122223333"}, "Effect": "Allow", "Action": "sts:AssumeRole"}`), []string{"NOTPRINCIPAL_NOT_ALLOWED Statement[0].NotPrincipal"}},
		"Resource in a trust policy":      {Trust, with(`{"Principal": {"AWS": "*"}, "Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": "*"}`), []string{"RESOURCE_NOT_ALLOWED Statement[0].NotResource"}},
		"a Principal string":              {Resource, with(`{"Principal": "111122223333", ` + ok + `}`), []string{"PRINCIPAL_FORMAT Statement[0].Principal"}},
		"a Principal that is a list":      {Resource, with(`{"Principal": ["*"], ` + ok + `}`), []string{"DATA_TYPE Statement[0].Principal"}},
		"an unknown principal key":        {Resource, with(`{"Principal": {"Aws": "111122223333"}, ` + ok + `}`), []string{"PRINCIPAL_KEY Statement[0].Principal.Aws"}},
		"a principal key twice":           {Resource, with(`{"Principal": {"AWS": "111122223333", "AWS": "*"}, ` + ok + `}`), []string{"DUPLICATE_KEY Statement[0].Principal.AWS"}},
		"an empty principal":              {Resource, with(`{"Principal": {}, ` + ok + `}, {"Principal": {"AWS": []}, ` + ok + `}`), []string{"EMPTY_LIST? Statement[0].Principal", "EMPTY_LIST? Statement[1].Principal.AWS"}},
		"principals that nobody can be":   {Resource, with(`{"Principal": {"AWS": ["arn:aws:iam::111122223333:user/*", "arn:aws:iam::111122223333:group/g", "bob"], "Service": "*"}, ` + ok + `}`), []string{"PRINCIPAL_WILDCARD Statement[0].Principal.AWS[0]", "PRINCIPAL_FORMAT Statement[0].Principal.AWS[1]", "PRINCIPAL_FORMAT Statement[0].Principal.AWS[2]", "PRINCIPAL_WILDCARD Statement[0].Principal.Service"}},
		"RCPFullAWSAccess":                {RCP, with(`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`), nil},
		"RCPFullAWSAccess, no test":       {RCP, with(`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {}}}`), nil},
		"an RCP that allows less":         {RCP, with(`{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}`), []string{"RCP_EFFECT Statement[0].Effect"}},
		"an RCP that allows with a test":  {RCP, with(`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a:b": "true"}}}`), []string{"RCP_EFFECT Statement[0].Effect", "RCP_ACTION Statement[0].Action"}},
		"an RCP of two full statements":   {RCP, with(`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "*"], "Resource": "*"}`), []string{"RCP_EFFECT Statement[0].Effect", "RCP_ACTION Statement[0].Action", "RCP_ACTION Statement[1].Action[1]"}},
		"an RCP with a principal map":     {RCP, with(`{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*"}`), []string{"RCP_PRINCIPAL Statement[0].Principal"}},
		"an RCP with NotPrincipal":        {RCP, with(`{"Effect": "Deny", "NotPrincipal": "*", "Action": "s3:*", "Resource": "*"}`), []string{"NOTPRINCIPAL_NOT_ALLOWED Statement[0].NotPrincipal"}},
		"an RCP with NotAction":           {RCP, with(`{"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}`), []string{"NOTACTION_NOT_ALLOWED Statement[0].NotAction"}},
		"an RCP without Principal":        {RCP, with(`{"Effect": "Deny", "Action": "s3:*"}`), []string{"MISSING_PRINCIPAL Statement[0]", "MISSING_RESOURCE Statement[0]"}},
		"an SCP of the old version":       {SCP, `{"Version": "2008-10-17", "Statement": {` + ok + `}}`, []string{"VERSION Version"}},
		"a condition that is a list":      {Identity, with(`{` + ok + `, "Condition": []}`), []string{"DATA_TYPE Statement[0].Condition"}},
		"an operator that is a string":    {Identity, with(`{` + ok + `, "Condition": {"Bool": "x"}}`), []string{"DATA_TYPE Statement[0].Condition.Bool"}},
		"an unknown operator":             {Identity, with(`{` + ok + `, "Condition": {"stringEquals": {"a:b": "c"}}}`), []string{"CONDITION_OPERATOR Statement[0].Condition.stringEquals"}},
		"NullIfExists":                    {Identity, with(`{` + ok + `, "Condition": {"NullIfExists": {"a:b": "true"}}}`), []string{"NULL_IFEXISTS Statement[0].Condition.NullIfExists"}},
		"an operator twice":               {Identity, with(`{` + ok + `, "Condition": {"Bool": {}, "Bool": {}}}`), []string{"DUPLICATE_KEY Statement[0].Condition.Bool"}},
		"a key twice":                     {Identity, with(`{` + ok + `, "Condition": {"Bool": {"a:b": "true", "a:b": "true"}}}`), []string{"DUPLICATE_KEY Statement[0].Condition.Bool.a:b"}},
		"a key twice but for case":        {Identity, with(`{` + ok + `, "Condition": {"Bool": {"a:b": "true", "A:B": "true"}}}`), []string{"DUPLICATE_KEY Statement[0].Condition.Bool.A:B"}},
		"a key without prefix":            {Identity, with(`{` + ok + `, "Condition": {"Bool": {"secure": "true"}}}`), []string{"CONDITION_KEY_FORMAT Statement[0].Condition.Bool.secure"}},
		"condition values of other types": {Identity, with(`{` + ok + `, "Condition": {"StringLike": {"a:b": [null, {}, []], "a:c": {}}}}`), []string{"DATA_TYPE Statement[0].Condition.StringLike.a:b[0]", "DATA_TYPE Statement[0].Condition.StringLike.a:b[1]", "DATA_TYPE Statement[0].Condition.StringLike.a:b[2]", "DATA_TYPE Statement[0].Condition.StringLike.a:c"}},
		"a tag without its key":           {Identity, with(`{` + ok + `, "Condition": {"StringLike": {"aws:RequestTag/": "x"}}}`), []string{"TAG_KEY_MISSING? Statement[0].Condition.StringLike.aws:RequestTag/"}},
		"an empty list of values":         {Identity, with(`{` + ok + `, "Condition": {"StringLike": {"a:b": []}}}`), []string{"EMPTY_LIST? Statement[0].Condition.StringLike.a:b"}},
		"values that cannot be read":      {Identity, with(`{` + ok + `, "Condition": {"NumericEquals": {"a:b": ["1", "x"]}, "Null": {"a:b": "no"}}}`), []string{"TYPE_MISMATCH_VALUE? Statement[0].Condition.NumericEquals.a:b[1]", "TYPE_MISMATCH_VALUE? Statement[0].Condition.Null.a:b"}},
		"a variable where none is read":   {Identity, with(`{` + ok + `, "Condition": {"IpAddress": {"a:b": "${a:c}"}}}`), []string{"VARIABLE_IN_OPERATOR? Statement[0].Condition.IpAddress.a:b", "TYPE_MISMATCH_VALUE? Statement[0].Condition.IpAddress.a:b"}},
		"a condition over an operator":    {Identity, with(`{` + ok + `, "Condition": {"Numeric": {"a:b": "x"}}}`), []string{"CONDITION_OPERATOR Statement[0].Condition.Numeric"}},
		"a managed policy too long":       {Identity, with(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::\"` + strings.Repeat(" ", 7000) + `"}`), []string{"POLICY_SIZE?"}},
		"white space does not count":      {Identity, with(`{` + strings.Repeat(" ", 7000) + ok + `}`), nil},
		"white space in a string does":    {Resource, with(`{"Sid": "\\` + strings.Repeat(" ", 21000) + `", "Principal": "*", ` + ok + `}`), []string{"POLICY_SIZE?"}},
		"white space counts in an SCP":    {SCP, with(`{` + strings.Repeat(" ", 11000) + ok + `}`), []string{"POLICY_SIZE?"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, list := Parse(source(tt.text), Options{Kind: tt.kind})
			if diff := cmp.Diff(tt.want, codes(list)); diff != "" {
				t.Errorf("-want +got\n%s\n%v", diff, list)
			}
			if (d == nil) != list.HasErrors() {
				t.Errorf("a document is given exactly if there is no error: %v", list)
			}
		})
	}
}

func TestEveryProblemIsExplained(t *testing.T) {
	t.Parallel()
	text := "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Efect\": \"Allow\",\n    \"Action\": \"s3:GetObject\"\n  }\n}\n"
	_, list := Parse(source(text), Options{Kind: Identity})
	var out strings.Builder
	if err := diag.Render(&out, list, diag.Style{}); err != nil {
		t.Fatal(err)
	}
	want := `error: a statement needs an Effect [MISSING_EFFECT, PL-21]
  p.json:3:16 at Statement
  3 |   "Statement": {
    |                ^
  hint: add "Effect": "Allow" or "Effect": "Deny"

error: a statement of an identity-based policy needs Resource or NotResource [MISSING_RESOURCE, PL-23]
  p.json:3:16 at Statement
  3 |   "Statement": {
    |                ^
  hint: add "Resource": "*" or an ARN

error: unknown element "Efect" in a statement [UNKNOWN_ELEMENT, PL-3]
  p.json:4:5 at Statement.Efect
  4 |     "Efect": "Allow",
    |     ^^^^^^^
  hint: did you mean "Effect"?
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"an operator":     {with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": "*", "Condition": {"StringEqual": {"a:b": "c"}}}`), `did you mean "StringEquals"?`},
		"its case":        {with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": "*", "Condition": {"foranyvalue:stringlike": {"a:b": "c"}}}`), `did you mean "ForAnyValue:StringLike"?`},
		"an element":      {with(`{"Effect": "Allow", "action": "s3:Get", "Action": "s3:Get", "Resource": "*"}`), `did you mean "Action"?`},
		"its level":       {with(`{"Effect": "Allow", "Version": "x", "Action": "s3:Get", "Resource": "*"}`), `Version belongs in the policy, beside Statement`},
		"an effect":       {with(`{"Effect": "DENY", "Action": "s3:Get", "Resource": "*"}`), `did you mean "Deny"?`},
		"a lost operator": {with(`{"Effect": "Allow", "Action": "s3:Get", "Resource": "*", "StringLike": {}}`), `StringLike belongs inside Condition`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, list := Parse(source(tt.text), Options{Kind: Identity})
			if len(list) != 1 || list[0].Hint != tt.want {
				t.Errorf("hints of %v, want %q", list, tt.want)
			}
		})
	}
}

func TestParseBounds(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"Effect": "maybe"},`, 2000)
	tests := map[string]struct{ text, want string }{
		"a megabyte of brackets": {strings.Repeat("[", 1<<20), "nested more than 32 deep"},
		"brackets in the right place": {
			with(`{"Effect": "Allow", "Action": ` + strings.Repeat("[", 1<<19) + strings.Repeat("]", 1<<19) + `}`), "nested more than 32 deep",
		},
		"too long":          {with(`{"Sid": "` + strings.Repeat("x", 2000) + `"}`), "more than the 1000 that are read"},
		"broken UTF-8":      {with("{\"Sid\": \"\xff\"}"), "not valid UTF-8"},
		"a NUL byte":        {with("{\"Sid\": \"\x00\"}"), "invalid character"},
		"too many problems": {with(many + `{}`), "more than 1000 problems"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := Options{Kind: Identity}
			if name == "too long" {
				opts.MaxBytes = 1000
			}
			d, list := Parse(source(tt.text), opts)
			if d != nil || !strings.Contains(list.Error(), tt.want) {
				t.Errorf("got %.300s, want %q", list.Error(), tt.want)
			}
			if len(list) > maxProblems+1 {
				t.Errorf("%d problems", len(list))
			}
		})
	}
}

func TestKindMustBeSet(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a parse without a kind is a mistake in the program")
		}
	}()
	Parse(source(`{}`), Options{})
}

func TestLegacyDuplicates(t *testing.T) { // PL-5
	t.Parallel()
	text := with(`{"Effect": "Allow", "Action": "s3:Get", "Effect": "Deny", "Action": ["s3:Put", "s3:List"], "Resource": "*", "Resource": "arn:aws:s3:::b"}`)
	d, list := Parse(source(text), Options{Kind: Identity, LegacyDuplicates: true})
	if list != nil {
		t.Fatal(list)
	}
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["s3:Get","s3:Put","s3:List"],"Resource":["*","arn:aws:s3:::b"]}]}`
	if got := d.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	_, list = Parse(source(with(`{"Sid": "a", "Sid": "b", "Effect": "Allow", "Action": "s3:Get", "Resource": "*"}`)), Options{Kind: Identity, LegacyDuplicates: true})
	if diff := cmp.Diff([]string{"DUPLICATE_KEY Statement[0].Sid"}, codes(list)); diff != "" {
		t.Error(diff)
	}
}

func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind       Kind
		text, want string
	}{
		"members get AWS's order": {
			Resource, `{"Statement": {"Resource": ["*"], "Action": ["s3:Get"], "Principal": {"AWS": ["*"], "Service": ["a.amazonaws.com", "b.amazonaws.com"]}, "Effect": "Allow", "Sid": "a b"}, "Id": "x", "Version": "2012-10-17"}`,
			`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a b","Effect":"Allow","Principal":{"AWS":"*","Service":["a.amazonaws.com","b.amazonaws.com"]},"Action":"s3:Get","Resource":"*"}]}`,
		},
		"Not forms and empty lists": {
			Resource, with(`{"NotPrincipal": {"AWS": []}, "Effect": "Deny", "NotAction": [], "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}, {"Principal": "*", "Effect": "Allow", "Action": "*"}`),
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":[]},"NotAction":[],"NotResource":["arn:aws:s3:::a","arn:aws:s3:::b"]},{"Effect":"Allow","Principal":"*","Action":"*"}]}`,
		},
		"numbers and booleans become text": {
			Identity, with(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericLessThan": {"a:b": [1.50, "2"]}, "Bool": {"a:c": true, "a:d": []}, "Null": {}}}`),
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"a:b":["1.50","2"]},"Bool":{"a:c":"true","a:d":[]},"Null":{}}}]}`,
		},
		"escapes": {
			Identity, `{"Statement": [{"Sid": "", "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::\u00e9\"\\\n\t\r\u007f\u0001<>&"}]}`,
			`{"Statement":[{"Sid":"","Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::é\"\\\n\t\r\u007f\u0001<>&"}]}`,
		},
		"an empty condition is none": {
			Identity, with(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}}`),
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, list := Parse(source(tt.text), Options{Kind: tt.kind})
			if list.HasErrors() {
				t.Fatal(list)
			}
			if got := d.String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			marshalled, err := json.Marshal(d)
			if err != nil || !json.Valid(marshalled) {
				t.Errorf("json.Marshal: %s, %v", marshalled, err)
			}
			checkRoundTrip(t, d)
		})
	}
}

// sameDocument compares documents but for where their parts stand.
var sameDocument = cmp.Options{
	cmpopts.IgnoreTypes(diag.Span{}, diag.List{}, &diag.Source{}),
	cmpopts.EquateEmpty(),
}

// checkRoundTrip holds that a document reads back from its canonical form as
// it was, and prints the same again.
func checkRoundTrip(t interface {
	Helper()
	Fatalf(string, ...any)
}, d *Document,
) {
	t.Helper()
	text := d.String()
	again, list := Parse(source(text), Options{Kind: d.Kind})
	if list.HasErrors() {
		t.Fatalf("the canonical form %s is refused: %v", text, list)
	}
	if diff := cmp.Diff(d, again, sameDocument); diff != "" {
		t.Fatalf("-document +read back\n%s", diff)
	}
	if again.String() != text {
		t.Fatalf("prints as %s, then as %s", text, again)
	}
}

func TestNodesKnowTheirPlace(t *testing.T) {
	t.Parallel()
	text := with(`{"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:Get"], "Resource": "*", "Condition": {"Bool": {"a:b": true}}}`)
	d, list := Parse(source(text), Options{Kind: Resource})
	if list != nil {
		t.Fatal(list)
	}
	st := d.Statements[0]
	at := func(s diag.Span) string { return text[s.Start:s.End] }
	got := []string{
		at(d.Version.Span), at(st.Sid.Span), at(st.Principal.Span), at(st.Principal.Types[0].Values[0].Span), at(st.Action.Items[0].Span),
		at(st.Resource.Items[0].Span), at(st.Condition[0].Name.Span), at(st.Condition[0].Keys[0].Name.Span), at(st.Condition[0].Keys[0].Values[0].Span),
	}
	want := []string{`"2012-10-17"`, `"a"`, `{"AWS": ["*"]}`, `"*"`, `"s3:Get"`, `"*"`, `"Bool"`, `"a:b"`, `true`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if whole := at(st.Span); whole[0] != '{' || whole[len(whole)-1] != '}' {
		t.Errorf("the statement is %s", whole)
	}
}

func TestKindAndEffectNames(t *testing.T) {
	t.Parallel()
	for k := Identity; k <= Endpoint; k++ {
		if strings.HasPrefix(k.String(), "kind(") {
			t.Errorf("kind %d has no name", k)
		}
	}
	got := fmt.Sprint(Kind(0), Kind(99), Allow, Deny, Effect(0))
	if want := "kind(0) kind(99) Allow Deny invalid"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for kind := Identity; kind <= Endpoint; kind++ {
		f.Add(uint8(kind), with(`{"Sid": "a", "Effect": "Deny", "Action": ["s3:*"], "Resource": "arn:aws:s3:::${aws:username}/*", "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": ["a", 1, true]}}}`))
		f.Add(uint8(kind), with(`{"Effect": "Allow", "Principal": {"AWS": ["*", "111122223333"], "Service": "ec2.amazonaws.com"}, "NotAction": "sts:AssumeRole"}`))
	}
	f.Add(uint8(RCP), with(`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`))
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		if !Kind(kind).valid() {
			return
		}
		d, list := Parse(source(text), Options{Kind: Kind(kind), LegacyDuplicates: len(text)%2 == 1})
		if (d == nil) != list.HasErrors() {
			t.Fatalf("a document is given exactly if there is no error: %v", list)
		}
		if d == nil {
			return
		}
		checkRoundTrip(t, d)
		Compile(Policy{Name: "p", Document: d})
	})
}
