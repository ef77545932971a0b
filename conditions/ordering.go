package conditions

// ordering is how V must stand to P, V on the left, for a positive operator of
// the Numeric and Date families, or for the one that a negated operator
// negates.
type ordering uint8

const (
	equal ordering = iota + 1
	less
	lessOrEqual
	greater
	greaterOrEqual
)

var orderings = [...]ordering{
	NumericEquals: equal, NumericNotEquals: equal,
	NumericLessThan: less, NumericLessThanEquals: lessOrEqual,
	NumericGreaterThan: greater, NumericGreaterThanEquals: greaterOrEqual,
	DateEquals: equal, DateNotEquals: equal,
	DateLessThan: less, DateLessThanEquals: lessOrEqual,
	DateGreaterThan: greater, DateGreaterThanEquals: greaterOrEqual,
}

// holds tells whether the outcome of a comparison, as cmp.Compare gives it,
// fits.
func (o ordering) holds(c int) bool {
	switch o {
	case less:
		return c < 0
	case lessOrEqual:
		return c <= 0
	case greater:
		return c > 0
	case greaterOrEqual:
		return c >= 0
	default:
		return c == 0
	}
}

// ordered holds the policy values of a Numeric or Date operator.
type ordered[T any] struct {
	ordering ordering
	values   []T
	bad      bool // a policy value could not be read
	parse    func(string) (T, bool)
	compare2 func(a, b T) int
}

func newOrdered[T any](b Base, values []string, parse func(string) (T, bool), compare func(a, b T) int) *ordered[T] {
	o := &ordered[T]{ordering: orderings[b], parse: parse, compare2: compare}
	for _, text := range values {
		v, ok := parse(text)
		if !ok {
			o.bad = true
			continue
		}
		o.values = append(o.values, v)
	}
	return o
}

func (o *ordered[T]) compare(text string, _ *Context) (m match) {
	if o.bad {
		m = malformed
	}
	v, ok := o.parse(text)
	if !ok {
		if len(o.values) > 0 {
			m |= malformed
		}
		return m
	}
	for i := range o.values {
		if o.ordering.holds(o.compare2(v, o.values[i])) {
			return m | matched
		}
	}
	return m
}

func (o *ordered[T]) reachable() bool { return len(o.values) > 0 }
