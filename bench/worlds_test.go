package bench

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// size is how large a generated world is. The worlds are the same every time.
type size struct {
	name                   string
	accounts, roles, users int
}

// The worlds: a team's account, a company's organization, and a giant one.
var (
	team    = size{"team", 1, 50, 20}
	company = size{"company", 100, 20_000, 5_000}
	giant   = size{"giant", 2_000, 1_000_000, 100_000}
)

// generator makes a world with a realistic mix of roles: most are for services,
// many trust an account, some exactly one principal or a repository.
type generator struct {
	size
	rand   *rand.Rand
	shared map[string]*policy.Document
}

// describe gives the description of a world.
func (s size) describe() world.Description {
	g := generator{size: s, rand: rand.New(rand.NewPCG(1, 2)), shared: map[string]*policy.Document{}}
	d := world.Description{AWSManagedPolicies: g.managed()}
	root := world.Unit{ID: "r-ex01", Accounts: []string{g.account(0)}}
	const unitSize = 25
	for i := range s.accounts {
		d.Accounts = append(d.Accounts, g.describeAccount(i))
		if i == 0 {
			continue
		}
		if (i-1)%unitSize == 0 {
			id := fmt.Sprintf("ou-ex01-unit%04d", len(root.Units))
			root.Units = append(root.Units, world.Unit{ID: id, Attached: world.OrganizationPolicies{SCPs: g.scps()}})
		}
		unit := &root.Units[len(root.Units)-1]
		unit.Accounts = append(unit.Accounts, g.account(i))
	}
	root.Attached.SCPs = g.scps()
	d.Organization = &world.Organization{ID: "o-exampleorg1", ManagementAccount: g.account(0), Root: root}
	return d
}

func (s size) build(tb testing.TB) *world.World {
	tb.Helper()
	w, problems := world.New(s.describe())
	if w == nil {
		tb.Fatal(problems)
	}
	return w
}

func (g *generator) account(i int) string { return fmt.Sprintf("%012d", 100000000000+i) }

// document parses a text once.
func (g *generator) document(kind policy.Kind, text string) *policy.Document {
	key := kind.String() + text
	if d := g.shared[key]; d != nil {
		return d
	}
	d, problems := policy.Parse(&diag.Source{Name: "generated.json", Text: text}, policy.Options{Kind: kind})
	if d == nil {
		panic(problems)
	}
	g.shared[key] = d
	return d
}

func statement(body string) string {
	return `{"Version":"2012-10-17","Statement":[` + body + `]}`
}

func (g *generator) managed() []world.ManagedPolicy {
	texts := map[string]string{
		"AdministratorAccess": `{"Effect":"Allow","Action":"*","Resource":"*"}`,
		"ReadOnlyAccess":      `{"Effect":"Allow","Action":["s3:Get*","s3:List*","ec2:Describe*","iam:Get*","iam:List*","logs:Get*"],"Resource":"*"}`,
		"S3FullAccess":        `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
		"LambdaBasic":         `{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}`,
		"StsAnywhere":         `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`,
	}
	var list []world.ManagedPolicy
	for _, name := range []string{"AdministratorAccess", "ReadOnlyAccess", "S3FullAccess", "LambdaBasic", "StsAnywhere"} {
		list = append(list, world.ManagedPolicy{
			ARN: managedARN(name), Name: name, Path: "/",
			Versions: []world.PolicyVersion{{ID: "v1", Default: true, Document: g.document(policy.Identity, statement(texts[name]))}},
		})
	}
	return list
}

func managedARN(name string) string { return "arn:aws:iam::aws:policy/" + name }

func (g *generator) scps() []policy.Policy {
	return []policy.Policy{
		{Name: "allow", Document: g.document(policy.SCP, statement(`{"Effect":"Allow","Action":"*","Resource":"*"}`))},
		{Name: "regions", Document: g.document(policy.SCP, statement(`{"Sid":"Regions","Effect":"Deny","NotAction":["iam:*","sts:*","s3:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}}`))},
	}
}

func (g *generator) describeAccount(i int) world.Account {
	id := g.account(i)
	a := world.Account{ID: id, Name: fmt.Sprintf("account-%d", i)}
	const hub = "token.actions.githubusercontent.com"
	a.OIDCProviders = []world.OIDCProvider{{Name: hub, ClientIDs: []string{"sts.amazonaws.com"}}}
	a.SAMLProviders = []world.SAMLProvider{{Name: "corp"}}
	for u := range g.users / g.accounts {
		user := world.User{Name: fmt.Sprintf("user-%d", u), Tags: []world.Tag{{Key: "team", Value: fmt.Sprintf("team-%d", u%7)}}}
		user.Permissions = g.permissions(i)
		a.Users = append(a.Users, user)
	}
	for r := range g.roles / g.accounts {
		role := world.Role{Name: fmt.Sprintf("role-%d", r), Trust: g.document(policy.Trust, statement(g.trust(i)))}
		role.Permissions = g.permissions(i)
		a.Roles = append(a.Roles, role)
	}
	return a
}

// permissions: most identities have managed policies only, some an inline one
// of their own, a tenth may assume roles that it names, a few any.
func (g *generator) permissions(account int) world.Permissions {
	var p world.Permissions
	switch n := g.rand.IntN(100); {
	case n < 2:
		p.Attached = []string{managedARN("AdministratorAccess")}
	case n < 4:
		p.Attached = []string{managedARN("ReadOnlyAccess"), managedARN("StsAnywhere")}
	case n < 40:
		p.Attached = []string{managedARN("LambdaBasic")}
	default:
		p.Attached = []string{managedARN("ReadOnlyAccess")}
	}
	switch n := g.rand.IntN(100); {
	case n < 10:
		p.Inline = []policy.Policy{{Name: "assume", Document: g.document(policy.Identity, statement(
			fmt.Sprintf(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":["%s","%s"]}`, g.role(account), g.role(g.rand.IntN(g.accounts)))))}}
	case n < 40:
		p.Inline = []policy.Policy{{Name: "data", Document: g.document(policy.Identity, statement(
			fmt.Sprintf(`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::data-%d/*"}`, g.rand.IntN(1000))))}}
	}
	return p
}

// role names a role of an account.
func (g *generator) role(account int) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/role-%d", g.account(account), g.rand.IntN(g.roles/g.accounts))
}

// trust is the statement of a trust policy.
func (g *generator) trust(account int) string {
	const allow = `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":`
	switch n := g.rand.IntN(100); {
	case n < 45:
		services := []string{"ec2", "lambda", "ecs-tasks", "codebuild"}
		return allow + `{"Service":"` + services[n%len(services)] + `.amazonaws.com"}}`
	case n < 60:
		return allow + `{"AWS":"arn:aws:iam::` + g.account(account) + `:root"}}`
	case n < 65:
		return allow + `{"AWS":"` + g.account(g.rand.IntN(g.accounts)) + `"},"Condition":{"StringEquals":{"sts:ExternalId":"` + fmt.Sprint(n) + `"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	case n < 66:
		return allow + `{"AWS":"*"},"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg1"}}}`
	case n < 80:
		return allow + `{"AWS":"` + g.role(g.rand.IntN(g.accounts)) + `"}}`
	case n < 95:
		return fmt.Sprintf(`{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::%s:oidc-provider/token.actions.githubusercontent.com"},`+
			`"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:example/app-%d:*"}}}`,
			g.account(account), g.rand.IntN(500))
	default:
		return `{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"arn:aws:iam::` + g.account(account) + `:saml-provider/corp"},"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}`
	}
}
