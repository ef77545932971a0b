package policy

// room is memory for items of one type that is taken in pieces: a document has
// many lists of few items, and an allocation each makes reading it take an
// eighth longer (BenchmarkParse). The zero value is empty.
type room[T any] struct {
	free []T
	last int // how many items were made room for last
}

// mostRoom bounds the items that room is made for in advance.
const mostRoom = 32

// take gives an empty list with room for n items.
func (r *room[T]) take(n int) []T {
	if len(r.free) < n {
		r.last = max(n, min(2*r.last, mostRoom))
		r.free = make([]T, r.last)
	}
	list := r.free[:0:n]
	r.free = r.free[n:]
	return list
}

// one gives a place for an item.
func (r *room[T]) one(item T) *T {
	list := append(r.take(1), item)
	return &list[0]
}
