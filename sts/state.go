package sts

import (
	"fmt"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/world"
)

// state is a world with what is made of it once.
type state struct {
	world *world.World
	// keySets and metadata are what the providers sign with; nil for one whose
	// keys the world does not have.
	keySets  map[*world.OIDCProvider]*oidc.KeySet
	metadata map[*world.SAMLProvider]*saml.Metadata
	// trades are the delegations by trade-in token.
	trades map[string]*delegation
}

// delegation is a delegation of the world with its account.
type delegation struct {
	account string
	*world.Delegation
}

// newState reads the keys of all identity providers. Equal texts are read once:
// many accounts have the same provider.
func newState(w *world.World) (*state, error) {
	st := &state{
		world: w, keySets: map[*world.OIDCProvider]*oidc.KeySet{}, metadata: map[*world.SAMLProvider]*saml.Metadata{},
		trades: map[string]*delegation{},
	}
	keySets, metadata := map[string]*oidc.KeySet{}, map[string]*saml.Metadata{}
	for a := range w.Accounts() {
		for i := range a.OIDCProviders {
			p := &a.OIDCProviders[i]
			set, err := once(keySets, p.JWKS, readKeySet)
			if err != nil {
				return nil, fmt.Errorf("the OIDC provider %s of account %s: %w", p.Name, a.ID, err)
			}
			st.keySets[p] = set
		}
		for i := range a.SAMLProviders {
			p := &a.SAMLProviders[i]
			read, err := once(metadata, p.Metadata, readMetadata)
			if err != nil {
				return nil, fmt.Errorf("the SAML provider %s of account %s: %w", p.Name, a.ID, err)
			}
			st.metadata[p] = read
		}
		for i := range a.Delegations {
			d := &a.Delegations[i]
			st.trades[d.TradeInToken] = &delegation{account: a.ID, Delegation: d}
		}
	}
	return st, nil
}

// once reads a text unless it was read before; an empty one is nothing.
func once[T any](known map[string]*T, text string, read func(string) (*T, error)) (*T, error) {
	if value := known[text]; value != nil || text == "" {
		return value, nil
	}
	value, err := read(text)
	known[text] = value
	return value, err
}

func readKeySet(text string) (*oidc.KeySet, error) { return oidc.ParseKeySet([]byte(text)) }

func readMetadata(text string) (*saml.Metadata, error) {
	m, problems := saml.ParseMetadata(&diag.Source{Name: "metadata", Text: text})
	if m == nil {
		return nil, problems
	}
	return m, nil
}
