package scenario

import (
	"cmp"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

// defaultNow is the time of tests that say none.
var defaultNow = time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)

// Suite is a test file. It is immutable once loaded.
type Suite struct {
	// Name is the file's, as the user knows it.
	Name string
	// World is what the tests are about.
	World *world.World
	// Tests are in the order of the file, those of a matrix one after the other.
	Tests []*Test
	// Invariants are the properties that the trust graph must have.
	Invariants []*Invariant
	// Warnings are the problems of policies and world that do not prevent a run.
	Warnings diag.List

	finder   *reach.Finder
	now      time.Time
	defaults defaults
}

// defaults are what tests have unless they say otherwise.
type defaults struct {
	as, on  []string
	context conditions.Context
}

// Loader reads test files. A world that several of them name is loaded once. It
// is safe for use by any number of goroutines.
type Loader struct {
	fsys   fs.FS
	prefix string
	mutex  sync.Mutex
	worlds map[string]*named
}

// named is a world that files name by its path.
type named struct {
	once     sync.Once
	world    *world.World
	problems diag.List
}

// NewLoader makes a loader for the files of a file system. The prefix goes
// before their names in messages.
func NewLoader(fsys fs.FS, prefix string) *Loader {
	return &Loader{fsys: fsys, prefix: prefix, worlds: map[string]*named{}}
}

// Load reads a test file. The list holds all problems; with an error among them
// the suite is nil.
func (l *Loader) Load(name string) (*Suite, diag.List) {
	host, problems := load.OpenHost(l.fsys, l.prefix, name)
	if host == nil {
		return nil, problems
	}
	r := &reader{host: host, suite: &Suite{Name: host.Value.Source().Name, now: defaultNow}, seen: map[string]bool{}, compiled: map[int]*celx.Assertion{}}
	r.read(l)
	r.problems.Sort()
	if r.problems.HasErrors() {
		return nil, r.problems
	}
	r.suite.Warnings = r.problems
	return r.suite, r.problems
}

// draft is a test file as it is written.
type draft struct {
	world, policies, now, defaults, tests, invariants jsonpos.Value
}

var suiteFields = []field[draft]{
	keep("world", func(d *draft) *jsonpos.Value { return &d.world }),
	keep("policies", func(d *draft) *jsonpos.Value { return &d.policies }),
	keep("now", func(d *draft) *jsonpos.Value { return &d.now }),
	keep("defaults", func(d *draft) *jsonpos.Value { return &d.defaults }),
	keep("tests", func(d *draft) *jsonpos.Value { return &d.tests }),
	keep("invariants", func(d *draft) *jsonpos.Value { return &d.invariants }),
}

// keep keeps a value to be read when others are known.
func keep[T any](name string, at func(*T) *jsonpos.Value) field[T] {
	return field[T]{name, func(_ *reader, v jsonpos.Value, into *T) { *at(into) = v }}
}

func (r *reader) read(l *Loader) {
	var d draft
	root := r.host.Value
	object(r, root, "a test file", suiteFields, &d)
	switch {
	case r.problems.HasErrors() && root.Kind() != jsonpos.Object:
		return
	case d.world.Exists() && d.policies.Exists():
		r.refuse(CodeConflict, placeOf(d.policies), "the file has both a world and policies", "keep one of them")
	case d.world.Exists():
		r.world(l, d.world)
	case d.policies.Exists():
		r.barePolicies(d.policies)
	case !r.problems.HasErrors():
		r.refuse(CodeMissing, placeOf(root), "the file says neither world nor policies", "world: names a world file, policies: gives policies alone")
	}
	if r.suite.World == nil {
		return
	}
	r.suite.finder = reach.New(r.suite.World)
	if d.now.Exists() {
		r.suite.now = r.instant(d.now, "now")
	}
	if d.defaults.Exists() {
		object(r, d.defaults, "defaults", defaultFields, &r.suite.defaults)
	}
	if d.tests.Exists() {
		r.tests(d.tests)
	}
	if d.invariants.Exists() {
		r.invariants(d.invariants)
	}
	if len(r.suite.Tests)+len(r.suite.Invariants) == 0 && !r.problems.HasErrors() {
		r.refuse(CodeMissing, placeOf(root), "the file has no tests", "tests: is a list of tests, invariants: of properties of the trust graph")
	}
}

var defaultFields = []field[defaults]{
	{"as", func(r *reader, v jsonpos.Value, d *defaults) { d.as = r.texts(v, "as") }},
	{"on", func(r *reader, v jsonpos.Value, d *defaults) { d.on = r.texts(v, "on") }},
	{"context", func(r *reader, v jsonpos.Value, d *defaults) { d.context = r.context(v) }},
}

// world reads the world in place, or loads the one that is named.
func (r *reader) world(l *Loader, v jsonpos.Value) {
	if v.Kind() != jsonpos.String {
		w, problems := r.host.World(v)
		r.add(problems)
		r.suite.World = w
		return
	}
	name, problems := r.host.Path(v)
	if problems != nil {
		r.add(problems)
		return
	}
	n := l.named(name)
	n.once.Do(func() { n.world, n.problems = r.host.NamedWorld(name) })
	r.add(n.problems)
	r.suite.World = n.world
}

func (l *Loader) named(name string) *named {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.worlds[name] == nil {
		l.worlds[name] = &named{}
	}
	return l.worlds[name]
}

// The accounts and names of a world that is made of bare policies.
const (
	bareAccount    = "111122223333"
	bareManagement = "999999999999"
	bareName       = "subject"
)

// bare is the world that is made of policies alone: a user and a role of the
// same name and permissions, in an account of its own.
type bare struct {
	identity, boundary, trust, scp, rcp []policy.Policy
	resources                           []world.Resource
}

var bareFields = []field[bare]{
	{"identity", func(r *reader, v jsonpos.Value, b *bare) { b.identity = r.policies(v, "identity", policy.Identity) }},
	{"boundary", func(r *reader, v jsonpos.Value, b *bare) { b.boundary = r.policies(v, "boundary", policy.Boundary) }},
	{"trust", func(r *reader, v jsonpos.Value, b *bare) { b.trust = r.policies(v, "trust", policy.Trust) }},
	{"scp", func(r *reader, v jsonpos.Value, b *bare) { b.scp = r.policies(v, "scp", policy.SCP) }},
	{"rcp", func(r *reader, v jsonpos.Value, b *bare) { b.rcp = r.policies(v, "rcp", policy.RCP) }},
	{"resource", func(r *reader, v jsonpos.Value, b *bare) {
		for m := range r.members(v, "resource") {
			p := r.policies(m.Value, m.Key, policy.Resource)
			if len(p) != 1 {
				r.refuse(CodeDataType, placeOf(m.Value), "a resource has one policy", "")
				continue
			}
			b.resources = append(b.resources, world.Resource{ARN: m.Key, Policy: p[0].Document, Place: world.Place{Source: m.Value.Source(), Span: m.KeySpan}})
		}
	}},
}

func (r *reader) barePolicies(v jsonpos.Value) {
	var b bare
	object(r, v, "policies", bareFields, &b)
	for _, one := range []struct {
		name string
		list []policy.Policy
	}{{"boundary", b.boundary}, {"trust", b.trust}} {
		if len(one.list) > 1 {
			r.refuse(CodeDataType, placeOf(v), "there can be one "+one.name+" only", "")
			return
		}
	}
	if r.problems.HasErrors() {
		return
	}
	w, problems := world.New(b.description())
	r.add(problems)
	r.suite.World = w
	r.suite.defaults.as = []string{"arn:aws:iam::" + bareAccount + ":user/" + bareName}
}

func (b *bare) description() world.Description {
	a := world.Account{ID: bareAccount, Resources: b.resources}
	permissions := world.Permissions{Inline: b.identity}
	if len(b.boundary) > 0 {
		p := b.boundary[0]
		p.Name = cmp.Or(p.Name, "boundary")
		a.Policies = []world.ManagedPolicy{{Name: p.Name, Versions: []world.PolicyVersion{{ID: "v1", Default: true, Document: p.Document}}}}
		permissions.Boundary = fmt.Sprintf("arn:aws:iam::%s:policy/%s", bareAccount, p.Name)
	}
	a.Users = []world.User{{Name: bareName, Permissions: permissions}}
	if len(b.trust) > 0 {
		a.Roles = []world.Role{{Name: bareName, Trust: b.trust[0].Document, Permissions: permissions, MaxSessionDuration: time.Hour}}
	}
	d := world.Description{Accounts: []world.Account{a}}
	if len(b.scp)+len(b.rcp) > 0 {
		d.Accounts = append(d.Accounts, world.Account{ID: bareManagement})
		d.Organization = &world.Organization{
			ID: "o-exampleorg1", ManagementAccount: bareManagement,
			Root: world.Unit{
				ID: "r-ex01", Accounts: []string{bareAccount, bareManagement},
				Attached: world.OrganizationPolicies{SCPs: b.scp, RCPs: b.rcp},
			},
		}
	}
	return d
}
