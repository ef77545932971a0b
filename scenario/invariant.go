package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
)

// Invariant is a property that the graph of who can assume what must have.
type Invariant struct {
	Name    string
	require *celx.Assertion
	at      place
}

// Position is where the invariant stands.
func (i *Invariant) Position() diag.Position { return i.at.position() }

// invariantDraft is an invariant as it is written.
type invariantDraft struct{ name, require jsonpos.Value }

var invariantFields = []field[invariantDraft]{
	keep("name", func(d *invariantDraft) *jsonpos.Value { return &d.name }),
	keep("require", func(d *invariantDraft) *jsonpos.Value { return &d.require }),
}

func (r *reader) invariants(v jsonpos.Value) {
	if v.Kind() != jsonpos.Array {
		r.wrongType(v, "invariants", "a list")
		return
	}
	for item := range v.Items() {
		var d invariantDraft
		object(r, item, "an invariant", invariantFields, &d)
		if !d.require.Exists() {
			r.refuse(CodeMissing, placeOf(item), "the invariant requires nothing", "require: is an expression over edges")
			continue
		}
		i := &Invariant{at: placeOf(item), require: r.compile(graphEnv(), d.require, "require")}
		if i.Name = d.require.Text(); d.name.Exists() {
			i.Name = r.text(d.name, "name")
		}
		r.suite.Invariants = append(r.suite.Invariants, i)
	}
}

// nodeValue is an end of an edge as invariants see it.
type nodeValue struct {
	Arn     string            `cel:"arn"`
	Account string            `cel:"account"`
	Kind    string            `cel:"kind"`
	Name    string            `cel:"name"`
	Tags    map[string]string `cel:"tags"`
}

// requirement is what an edge hinges on.
type requirement struct {
	// MFA and ExternalID tell that there is no way without.
	MFA        bool `cel:"mfa"`
	ExternalID bool `cel:"externalId"`
	// Keys are the keys that every way hinges on.
	Keys []string `cel:"keys"`
}

type edgeValue struct {
	From       nodeValue   `cel:"from"`
	To         nodeValue   `cel:"to"`
	Action     string      `cel:"action"`
	Verdict    string      `cel:"verdict"`
	Conditions requirement `cel:"conditions"`
}

// edges gives the whole graph of a world.
func edges(f *reach.Finder) ([]edgeValue, error) {
	graph, err := f.Graph(reach.Call{}, nil)
	if err != nil {
		return nil, err
	}
	list := make([]edgeValue, len(graph))
	for i, e := range graph {
		list[i] = edgeValue{
			From: node(f.World(), e.From), To: node(f.World(), e.To), Action: e.Action, Verdict: e.Verdict.String(), Conditions: required(e.Alternatives),
		}
	}
	return list, nil
}

func node(w *world.World, name string) nodeValue {
	n := nodeValue{Arn: name, Kind: "service", Name: name, Tags: map[string]string{}}
	a, err := arn.Parse(name)
	switch {
	case name == "*":
		n.Kind = "anyone"
	case err == nil:
		n.Account = a.Account
		kind, rest, _ := strings.Cut(a.Resource, "/")
		n.Kind, n.Name = kind, rest[strings.LastIndexByte(rest, '/')+1:]
		switch kind {
		case "assumed-role":
			n.Kind = "session"
		case "oidc-provider", "saml-provider":
			n.Kind, n.Name = strings.TrimSuffix(kind, "-provider"), rest
		case "root":
			n.Kind, n.Name = "account", a.Account
		}
	}
	n.tags(w)
	return n
}

func (n *nodeValue) tags(w *world.World) {
	var tags []world.Tag
	if u := w.User(n.Arn); u != nil {
		tags = u.Tags
	} else if r := w.Role(n.Arn); r != nil {
		tags = r.Tags
	}
	for _, t := range tags {
		n.Tags[t.Key] = t.Value
	}
}

// required gives the keys that all alternatives have in common. A key of a
// condition that must fail is none that is required.
func required(ways []reach.Alternative) requirement {
	var q requirement
	for i, way := range ways {
		var keys []string
		mfa := false
		for _, c := range way {
			keys = append(keys, c.Key)
			mfa = mfa || requiresMFA(c)
		}
		if i == 0 {
			q.Keys, q.MFA = keys, mfa
		}
		q.MFA = q.MFA && mfa
		q.Keys = slices.DeleteFunc(q.Keys, func(key string) bool { return !contains(keys, key) })
	}
	slices.Sort(q.Keys)
	q.Keys = slices.Compact(q.Keys)
	q.ExternalID = contains(q.Keys, "sts:ExternalId")
	return q
}

// requiresMFA tells whether a condition holds only for calls with MFA.
func requiresMFA(c reach.Condition) bool {
	switch {
	case c.Not:
		return false
	case strings.EqualFold(c.Key, "aws:MultiFactorAuthAge"):
		return c.Operator != "Null" && !strings.HasSuffix(c.Operator, "IfExists")
	default:
		return strings.EqualFold(c.Key, "aws:MultiFactorAuthPresent") && c.Operator == "Bool" && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "true")
	}
}

func contains(keys []string, key string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
}

// mostEdges is how many edges a failure names. partOfEdges is how many an
// invariant of the form edges.all(...) looks at in one go: what one go may cost
// is bounded.
const (
	mostEdges   = 10
	partOfEdges = 500
)

// check evaluates the invariant and names the edges that break it.
func (i *Invariant) check(list []edgeValue) []Failure {
	f := Failure{at: i.at, Check: "invariant", Expected: i.require.String()}
	broken := 0
	for _, part := range i.parts(list) {
		vars := map[string]any{"edges": part}
		holds, err := i.require.Eval(vars)
		if err != nil {
			f.Got = strings.TrimPrefix(err.Error(), i.require.String()+": ")
			return []Failure{f}
		}
		if holds {
			continue
		}
		f.Got = "false"
		breaking, _ := i.require.Breaking(vars)
		for _, item := range breaking {
			if e, ok := item.(edgeValue); ok && broken < mostEdges {
				f.Notes = append(f.Notes, e.String())
			}
			broken++
		}
	}
	if broken > mostEdges {
		f.Notes = append(f.Notes, fmt.Sprintf("and %d more", broken-mostEdges))
	}
	if f.Got == "" {
		return nil
	}
	return []Failure{f}
}

// parts cuts the edges into parts, if the invariant holds of all of them just
// when it holds of each.
func (i *Invariant) parts(list []edgeValue) [][]edgeValue {
	if len(list) <= partOfEdges || !i.require.Splits("edges") {
		return [][]edgeValue{list}
	}
	return slices.Collect(slices.Chunk(list, partOfEdges))
}

// String gives the edge in one line.
func (e edgeValue) String() string {
	line := fmt.Sprintf("%s -> %s by %s", e.From.Arn, e.To.Arn, e.Action)
	if len(e.Conditions.Keys) > 0 {
		line += " if " + strings.Join(e.Conditions.Keys, ", ")
	}
	return line
}
