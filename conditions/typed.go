package conditions

// typed compares values of a type that a text may fail to be: numbers, dates,
// addresses, ARNs, base64. P is what a policy value is read as, V what a value
// of the request is read as.
type typed[P, V any] struct {
	values []P
	// bad: a policy value could not be read. It matches nothing (PL-137).
	bad     bool
	canFit  bool
	read    func(string) (V, bool)
	matches func(V, *P, *Context) Truth
}

func newTyped[P, V any](texts []string, readPolicy func(string) (P, bool), read func(string) (V, bool), matches func(V, *P, *Context) Truth) *typed[P, V] {
	t := &typed[P, V]{read: read, matches: matches}
	for _, text := range texts {
		p, ok := readPolicy(text)
		if !ok {
			t.bad = true
			continue
		}
		t.values = append(t.values, p)
	}
	t.canFit = len(t.values) > 0
	return t
}

// compare: a comparison of which one side cannot be read is malformed
// (PL-138, CONTESTED).
func (t *typed[P, V]) compare(text string, ctx *Context) (m match) {
	if t.bad {
		m = malformed
	}
	v, ok := t.read(text)
	if !ok {
		if len(t.values) > 0 {
			m |= malformed
		}
		return m
	}
	for i := range t.values {
		if m |= matchOf(t.matches(v, &t.values[i], ctx)); m&matched != 0 {
			return m
		}
	}
	return m
}

func (t *typed[P, V]) reachable() bool { return t.canFit }
