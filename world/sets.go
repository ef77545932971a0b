package world

import (
	"fmt"
	"slices"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// sets compiles lists of policies, each different list once. It is filled
// while a world is built and only read afterwards.
type sets struct {
	known map[string]*policy.Set
	base  *sets  // of the world that this one was made of
	key   []byte // reused
}

func newSets(base *sets) *sets { return &sets{known: map[string]*policy.Set{}, base: base} }

// of gives the compiled form of a list of policies. Two lists are the same if
// they hold the same documents under the same names.
func (s *sets) of(policies []policy.Policy) *policy.Set {
	s.key = s.key[:0]
	for i := range policies {
		s.key = fmt.Appendf(s.key, "%p %s\x00", policies[i].Document, policies[i].Name)
	}
	for known := s; known != nil; known = known.base {
		if set := known.known[string(s.key)]; set != nil {
			return set
		}
	}
	set := policy.Compile(slices.Clone(policies)...)
	s.known[string(s.key)] = set
	return set
}

// fullAWSAccess is the SCP that AWS attaches wherever nothing else is said.
var fullAWSAccess = policy.Policy{
	Name: "FullAWSAccess", ARN: "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
	Document: mustParse("FullAWSAccess", policy.SCP, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
}

// mustParse reads a document that is part of the program.
func mustParse(name string, kind policy.Kind, text string) *policy.Document {
	d, problems := policy.Parse(&diag.Source{Name: name, Text: text}, policy.Options{Kind: kind})
	if d == nil {
		panic("world: " + problems.Error())
	}
	d.Source = nil // it stands in no file
	return d
}
