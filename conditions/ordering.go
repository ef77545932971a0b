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

// newOrdered compiles the values of a Numeric or Date operator.
func newOrdered[T any](b Base, texts []string, read func(string) (T, bool), compare func(a, b T) int) comparison {
	o := orderings[b]
	return newTyped(texts, read, read, func(v T, p *T, _ *Context) Truth {
		return Of(o.holds(compare(v, *p)))
	})
}
