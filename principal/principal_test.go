package principal

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	user    = "arn:aws:iam::111122223333:user/dev/alice"
	role    = "arn:aws:iam::111122223333:role/ci/deploy"
	session = "arn:aws:sts::111122223333:assumed-role/deploy/run1"
	fed     = "arn:aws:sts::111122223333:federated-user/carol"
	root    = "arn:aws:iam::111122223333:root"
	oidc    = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
)

func TestParseCaller(t *testing.T) {
	t.Parallel()
	const account = "111122223333"
	tests := map[string]struct {
		name        string
		webIdentity bool
		want        Caller
	}{
		"anonymous":         {"*", false, Caller{Kind: Anonymous}},
		"root":              {root, false, Caller{Kind: Root, Partition: "aws", Account: account}},
		"user with path":    {user, false, Caller{Kind: User, Partition: "aws", Account: account, UserName: "alice"}},
		"role":              {role, false, Caller{Kind: Role, Partition: "aws", Account: account, RoleARN: role, RolePathKnown: true}},
		"role session":      {session, false, Caller{Kind: RoleSession, Partition: "aws", Account: account, RoleARN: "arn:aws:iam::111122223333:role/deploy", SessionName: "run1"}},
		"federated user":    {fed, false, Caller{Kind: FederatedUser, Partition: "aws", Account: account, UserName: "carol"}},
		"OIDC provider":     {oidc, true, Caller{Kind: IdentityProvider, Partition: "aws", Account: account}},
		"SAML provider":     {"arn:aws-cn:iam::111122223333:saml-provider/ADFS", false, Caller{Kind: IdentityProvider, Partition: "aws-cn", Account: account}},
		"built-in provider": {"accounts.google.com", true, Caller{Kind: IdentityProvider}},
		"Cognito, web call": {"cognito-identity.amazonaws.com", true, Caller{Kind: IdentityProvider}},
		"Cognito, other":    {"cognito-identity.amazonaws.com", false, Caller{Kind: Service}},
		"service":           {"ec2.amazonaws.com", false, Caller{Kind: Service}},
		"regional service":  {"s3.ap-east-1.amazonaws.com", true, Caller{Kind: Service}},
		"service in China":  {"ec2.amazonaws.com.cn", false, Caller{Kind: Service}},
		"Alexa":             {"alexa-appkit.amazon.com", false, Caller{Kind: Service}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseCaller(tt.name, tt.webIdentity)
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Name = tt.name
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestParseCallerRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ name, want string }{
		"nothing":                    {"", "give an ARN"},
		"a bare account":             {"111122223333", "give an ARN"},
		"a group":                    {"arn:aws:iam::111122223333:group/dev", "a group is never a principal"},
		"a policy":                   {"arn:aws:iam::111122223333:policy/p", "its type is none of"},
		"a short ARN":                {"arn:aws:iam", "six parts"},
		"no account":                 {"arn:aws:iam:::user/x", "12-digit account"},
		"a region":                   {"arn:aws:iam:us-east-1:111122223333:user/x", "12-digit account"},
		"a strange partition":        {"arn:amazon:iam::111122223333:user/x", "needs a partition"},
		"a user without name":        {"arn:aws:iam::111122223333:user/", "missing or misplaced"},
		"a path without name":        {"arn:aws:iam::111122223333:role/path/", "missing or misplaced"},
		"root with more":             {"arn:aws:iam::111122223333:root/x", "missing or misplaced"},
		"a session without name":     {"arn:aws:sts::111122223333:assumed-role/r", "assumed-role/ROLE/SESSION"},
		"a session with a path":      {"arn:aws:sts::111122223333:assumed-role/a/b/c", "assumed-role/ROLE/SESSION"},
		"a federated user in a path": {"arn:aws:sts::111122223333:federated-user/a/b", "missing or misplaced"},
		"a session of no role":       {"arn:aws:sts::111122223333:assumed-role//s", "assumed-role/ROLE/SESSION"},
		"a built-in provider, else":  {"www.amazon.com", "sts:AssumeRoleWithWebIdentity only"},
		"an upper-case service":      {"EC2.amazonaws.com", "give an ARN"},
		"far too long":               {strings.Repeat("x", maxNameLength+1), "longer than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseCaller(tt.name, false)
			if !errors.Is(err, ErrCaller) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
		})
	}
}

func caller(t testing.TB, name string) Caller {
	t.Helper()
	c, err := ParseCaller(name, true)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRoleOfASession(t *testing.T) {
	t.Parallel()
	c := caller(t, session)
	for _, other := range []string{
		"arn:aws:iam::111122223333:role/other", "arn:aws:iam::999999999999:role/deploy", "arn:aws-cn:iam::111122223333:role/deploy",
		"arn:aws:iam::111122223333:role/Deploy", "arn:aws:iam::111122223333:user/deploy", "deploy",
	} {
		if c.SetRoleARN(other) || c.RolePathKnown {
			t.Errorf("%s is not the role of %s", other, session)
		}
	}
	if !c.SetRoleARN(role) || c.RoleARN != role || c.RoleName() != "deploy" {
		t.Errorf("%s is the role, got %s", role, c.RoleARN)
	}
	u := caller(t, user)
	if u.SetRoleARN(role) {
		t.Error("a user has no role")
	}
}

func TestServiceLinkedRoles(t *testing.T) { // EV-23
	t.Parallel()
	tests := map[string]struct {
		name, roleARN string
		want          bool
	}{
		"by path":              {"arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", "", true},
		"by name of a session": {"arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s", "", true},
		"the path says otherwise": {
			"arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s", "arn:aws:iam::111122223333:role/AWSServiceRoleForX", false,
		},
		"the path says so":    {"arn:aws:sts::111122223333:assumed-role/X/s", "arn:aws:iam::111122223333:role/aws-service-role/x/X", true},
		"another role":        {session, "", false},
		"a role by its name":  {"arn:aws:iam::111122223333:role/AWSServiceRoleForX", "", false},
		"a user of that name": {"arn:aws:iam::111122223333:user/AWSServiceRoleForX", "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := caller(t, tt.name)
			if tt.roleARN != "" && !c.SetRoleARN(tt.roleARN) {
				t.Fatal("not the role")
			}
			if got := c.ServiceLinked(); got != tt.want {
				t.Errorf("ServiceLinked() = %t", got)
			}
		})
	}
}

func TestParseEntry(t *testing.T) {
	t.Parallel()
	ok := map[Type][]string{
		AWS: {
			"*", "111122223333", root, user, role, session, fed, "AIDACKCEVSQ6C2EXAMPLE", "AROADBQP57FF2AEXAMPLE",
			"arn:aws-us-gov:iam::111122223333:root",
			"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL",
		},
		ServicePrincipal: {"ec2.amazonaws.com"},
		Federated:        {oidc, "accounts.google.com"},
		CanonicalUser:    {strings.Repeat("ab", 32)},
	}
	for kind, values := range ok {
		for _, v := range values {
			if _, problem := ParseEntry(kind, v); problem != 0 {
				t.Errorf("%s %q: problem %d", kind, v, problem)
			}
		}
	}
	refused := map[string]struct {
		kind  Type
		value string
		want  Problem
	}{
		"a wildcard in a name":       {AWS, "arn:aws:iam::111122223333:user/*", Wildcard},
		"a wildcard in an account":   {AWS, "arn:aws:iam::*:root", Wildcard},
		"a question mark":            {AWS, "arn:aws:iam::111122223333:user/a?", Wildcard},
		"a wildcard service":         {ServicePrincipal, "*", Wildcard},
		"a wildcard provider":        {Federated, "*", Wildcard},
		"a wildcard canonical user":  {CanonicalUser, "a*", Wildcard},
		"a group":                    {AWS, "arn:aws:iam::111122223333:group/g", Group},
		"nothing":                    {AWS, "", Malformed},
		"no service":                 {ServicePrincipal, "", Malformed},
		"eleven digits":              {AWS, "11112222333", Malformed},
		"a name":                     {AWS, "alice", Malformed},
		"a short unique id":          {AWS, "AIDA", Malformed},
		"a unique id with a dash":    {AWS, "AIDACKCEVSQ6-C2EXAMPLE", Malformed},
		"an access key id":           {AWS, "AKIAIOSFODNN7EXAMPLE", Malformed},
		"a region":                   {AWS, "arn:aws:iam:us-east-1:111122223333:root", Malformed},
		"no account":                 {AWS, "arn:aws:iam:::user/alice", Malformed},
		"another service":            {AWS, "arn:aws:s3:::bucket", Malformed},
		"root with more":             {AWS, root + "/x", Malformed},
		"a user without name":        {AWS, "arn:aws:iam::111122223333:user/", Malformed},
		"a user without slash":       {AWS, "arn:aws:iam::111122223333:user", Malformed},
		"a session without its name": {AWS, "arn:aws:sts::111122223333:assumed-role/r", Malformed},
		"a session of no role":       {AWS, "arn:aws:sts::111122223333:assumed-role//s", Malformed},
		"a federated user in a path": {AWS, "arn:aws:sts::111122223333:federated-user/a/b", Malformed},
		"somebody at CloudFront":     {AWS, "arn:aws:iam::cloudfront:user/somebody", Malformed},
		"a session with an end only": {AWS, "arn:aws:sts::111122223333:assumed-role/r/", Malformed},
		"an impossible type":         {Type(0), "x", Malformed},
	}
	for name, tt := range refused {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, got := ParseEntry(tt.kind, tt.value); got != tt.want {
				t.Errorf("problem %d, want %d", got, tt.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for i, name := range TypeNames {
		kind, ok := ParseType(name)
		if !ok || kind != Type(i+1) || kind.String() != name {
			t.Errorf("%s is %v, %t", name, kind, ok)
		}
	}
	if _, ok := ParseType("aws"); ok {
		t.Error("the case of a key counts (PL-7)")
	}
	if got := []string{Type(0).String(), Kind(0).String(), Kind(99).String(), User.String()}; !cmp.Equal(got, []string{"invalid", "kind(0)", "kind(99)", "IAM user"}) {
		t.Errorf("%q", got)
	}
	if got := []string{Kinds(0).String(), (Direct | Account).String(), (Entity | Everybody).String()}; !cmp.Equal(got, []string{"none", "direct+account", "entity+wildcard"}) {
		t.Errorf("%q", got)
	}
}

func element(t testing.TB, not bool, values ...string) Element {
	t.Helper()
	var entries []Entry
	for _, v := range values {
		kind := AWS
		switch {
		case strings.HasSuffix(v, ".amazonaws.com") && !strings.HasPrefix(v, "cognito"):
			kind = ServicePrincipal
		case strings.Contains(v, "provider/"), builtInProviders[v]:
			kind = Federated
		case len(v) == 64:
			kind = CanonicalUser
		}
		e, problem := ParseEntry(kind, v)
		if problem != 0 {
			t.Fatalf("%q: problem %d", v, problem)
		}
		entries = append(entries, e)
	}
	return NewElement(entries, not)
}

func TestPrincipalMatch(t *testing.T) { // EV-31
	t.Parallel()
	canonical := strings.Repeat("ab", 32)
	tests := map[string]struct {
		caller string
		known  func(*Caller)
		values []string
		want   Kinds
	}{
		"a user by ARN":                     {user, nil, []string{user}, Direct},
		"another user":                      {user, nil, []string{"arn:aws:iam::111122223333:user/alice"}, 0},
		"a user by unique id":               {user, func(c *Caller) { c.UniqueID = "AIDACKCEVSQ6C2EXAMPLE" }, []string{"AIDACKCEVSQ6C2EXAMPLE"}, Direct},
		"a user by another unique id":       {user, func(c *Caller) { c.UniqueID = "AIDAOTHER00000EXAMPLE" }, []string{"AIDACKCEVSQ6C2EXAMPLE"}, 0},
		"a user by account id":              {user, nil, []string{"111122223333"}, Account},
		"a user by root ARN":                {user, nil, []string{root}, Account},
		"a user by another account":         {user, nil, []string{"999999999999"}, 0},
		"a user by several":                 {user, nil, []string{user, root, "*"}, Direct | Account | Everybody},
		"an account id of any partition":    {"arn:aws-cn:iam::111122223333:user/x", nil, []string{"111122223333"}, Account},
		"a root ARN of another partition":   {"arn:aws-cn:iam::111122223333:user/x", nil, []string{root}, 0},
		"root by account id":                {root, nil, []string{"111122223333"}, Direct},
		"root by ARN":                       {root, nil, []string{root}, Direct},
		"root is no user":                   {root, nil, []string{user}, 0},
		"a session by ARN":                  {session, nil, []string{session}, Direct},
		"a session by another session":      {session, nil, []string{"arn:aws:sts::111122223333:assumed-role/deploy/run2"}, 0},
		"a session by its role, any path":   {session, nil, []string{role}, Entity},
		"a session by another role":         {session, nil, []string{"arn:aws:iam::111122223333:role/other"}, 0},
		"a session by role, path known":     {session, func(c *Caller) { c.SetRoleARN(role) }, []string{role}, Entity},
		"a session by role, path differs":   {session, func(c *Caller) { c.SetRoleARN(role) }, []string{"arn:aws:iam::111122223333:role/deploy"}, 0},
		"a session by the role's unique id": {session, func(c *Caller) { c.UniqueID = "AROADBQP57FF2AEXAMPLE" }, []string{"AROADBQP57FF2AEXAMPLE"}, Entity},
		"a role by its ARN":                 {role, nil, []string{role}, Entity},
		"a role by one of its sessions":     {role, nil, []string{session}, 0},
		"a user is in no role":              {user, nil, []string{role, session, fed}, 0},
		"a federated user by ARN":           {fed, nil, []string{fed}, Direct},
		"a federated user by issuer":        {fed, func(c *Caller) { i := caller(t, user); c.Issuer = &i }, []string{user}, Entity},
		"a federated user, issuer unknown":  {fed, nil, []string{user}, 0},
		"a federated user by issuer's id": {
			fed, func(c *Caller) { i := caller(t, user); i.UniqueID = "AIDACKCEVSQ6C2EXAMPLE"; c.Issuer = &i }, []string{"AIDACKCEVSQ6C2EXAMPLE"}, Entity,
		},
		"a federated user of root":        {fed, func(c *Caller) { i := caller(t, root); c.Issuer = &i }, []string{user}, 0},
		"a service by name":               {"ec2.amazonaws.com", nil, []string{"ec2.amazonaws.com"}, Direct},
		"a service by another name":       {"s3.ap-east-1.amazonaws.com", nil, []string{"s3.amazonaws.com"}, 0},
		"a service by star":               {"ec2.amazonaws.com", nil, []string{"*"}, Everybody},
		"a service by account":            {"ec2.amazonaws.com", nil, []string{root, canonical}, 0},
		"a provider by ARN":               {oidc, nil, []string{oidc}, Direct},
		"a provider by its account":       {oidc, nil, []string{"111122223333"}, 0},
		"a built-in provider":             {"accounts.google.com", nil, []string{"accounts.google.com"}, Direct},
		"a user is no provider":           {user, nil, []string{oidc, "ec2.amazonaws.com"}, 0},
		"anonymous by star":               {"*", nil, []string{"*"}, Everybody},
		"anonymous by anything else":      {"*", nil, []string{root, user, "ec2.amazonaws.com"}, 0},
		"a canonical user id":             {user, func(c *Caller) { c.CanonicalUserID = canonical }, []string{canonical}, Account},
		"a canonical user id, root":       {root, func(c *Caller) { c.CanonicalUserID = canonical }, []string{canonical}, Direct},
		"another canonical user id":       {user, nil, []string{canonical}, 0},
		"a CloudFront identity is nobody": {user, nil, []string{"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}, 0},
		"an empty element":                {user, nil, nil, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := caller(t, tt.caller)
			if tt.known != nil {
				tt.known(&c)
			}
			e := element(t, false, tt.values...)
			for _, deny := range []bool{false, true} {
				if got := e.Match(&c, deny, true); got != tt.want {
					t.Errorf("Match(deny %t) = %s, want %s", deny, got, tt.want)
				}
			}
			if e.Not() {
				t.Error("it is a Principal")
			}
		})
	}
}

func TestNotPrincipalMatch(t *testing.T) { // PL-66 to PL-72, EV-37 to EV-39
	t.Parallel()
	tests := map[string]struct {
		caller      string
		values      []string
		boundary    bool
		deny, allow bool
	}{
		"user and account listed":             {user, []string{user, root}, false, false, false},
		"user listed":                         {user, []string{user}, false, true, false},
		"account listed":                      {user, []string{root}, false, true, false},
		"nobody listed":                       {user, nil, false, true, true},
		"others listed":                       {user, []string{"999999999999"}, false, true, true},
		"everybody listed":                    {user, []string{"*"}, false, false, false},
		"listed, with a boundary":             {user, []string{user, root}, true, true, false},
		"everybody listed, with a boundary":   {user, []string{"*"}, true, true, false},
		"session, role and account listed":    {session, []string{session, role, root}, false, false, false},
		"session and account listed":          {session, []string{session, root}, false, true, false},
		"role and account listed":             {session, []string{role, root}, false, true, false},
		"session listed, with a boundary":     {session, []string{session, role, root}, true, true, false},
		"any session of a role is not listed": {role, []string{role, root, session}, false, true, false},
		"federated user and account listed":   {fed, []string{fed, root}, false, false, false},
		"federated user listed":               {fed, []string{fed}, false, true, false},
		"root's account listed":               {root, []string{"111122223333"}, false, false, false},
		"root, with a boundary elsewhere":     {root, []string{root}, true, false, false},
		"service listed":                      {"ec2.amazonaws.com", []string{"ec2.amazonaws.com"}, true, false, false},
		"service not listed":                  {"ec2.amazonaws.com", []string{root}, false, true, true},
		"anonymous not listed":                {"*", []string{root}, false, true, true},
		"anonymous listed":                    {"*", []string{"*"}, false, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := caller(t, tt.caller)
			e := element(t, true, tt.values...)
			want := map[bool]Kinds{true: Everybody, false: 0}
			if got := e.Match(&c, true, tt.boundary); got != want[tt.deny] {
				t.Errorf("with Deny: %s, want it to apply: %t", got, tt.deny)
			}
			if got := e.Match(&c, false, tt.boundary); got != want[tt.allow] {
				t.Errorf("with Allow: %s, want it to apply: %t", got, tt.allow)
			}
		})
	}
}

func TestOrderOfEntriesDoesNotMatter(t *testing.T) {
	t.Parallel()
	all := []string{user, role, session, fed, root, "999999999999", "ec2.amazonaws.com", oidc, "*", "AIDACKCEVSQ6C2EXAMPLE"}
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, 5, rapid.ID[string]).Draw(t, "values")
		name := rapid.SampledFrom([]string{user, role, session, fed, root, oidc, "ec2.amazonaws.com", "*"}).Draw(t, "caller")
		c, err := ParseCaller(name, true)
		if err != nil {
			t.Fatal(err)
		}
		not, deny := rapid.Bool().Draw(t, "not"), rapid.Bool().Draw(t, "deny")
		entries := func(values []string) Element {
			var list []Entry
			for _, v := range values {
				for kind := AWS; kind <= Federated; kind++ {
					if e, problem := ParseEntry(kind, v); problem == 0 {
						list = append(list, e)
						break
					}
				}
			}
			return NewElement(list, not)
		}
		a, b := entries(values), entries(rapid.Permutation(values).Draw(t, "permuted"))
		if a.Match(&c, deny, false) != b.Match(&c, deny, false) {
			t.Fatal("the order of the entries matters")
		}
	})
}

func FuzzParseCaller(f *testing.F) {
	for _, seed := range []string{"*", user, role, session, fed, root, oidc, "ec2.amazonaws.com", "accounts.google.com", "arn:aws:iam::111122223333:role//"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		c, err := ParseCaller(name, true)
		if err != nil {
			return
		}
		if c.Kind == 0 || c.Name != name {
			t.Errorf("%q is %+v", name, c)
		}
		for kind := AWS; kind <= CanonicalUser; kind++ {
			if e, problem := ParseEntry(kind, name); problem == 0 {
				el := NewElement([]Entry{e}, false)
				el.Match(&c, true, false)
			}
		}
	})
}
