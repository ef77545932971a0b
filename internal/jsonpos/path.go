package jsonpos

import "strconv"

// Paths gives the JSON path below v of the value that stands at each offset,
// such as "Statement[2].Condition.StringEquals". The offsets must be sorted.
// An offset in the name of a member means the member, one in the punctuation
// of an object or array means that object or array; v itself has the path "".
//
// It takes one walk over v, so that nobody has to carry paths along while all
// is well.
func (v Value) Paths(offsets []int) []string {
	w := pathWalker{offsets: offsets, paths: make([]string, 0, len(offsets))}
	w.value(v, "")
	w.upTo(int(^uint(0)>>1), "")
	return w.paths
}

type pathWalker struct {
	offsets []int
	paths   []string // of the offsets that were reached
}

// upTo gives path to the offsets below limit.
func (w *pathWalker) upTo(limit int, path string) {
	for len(w.paths) < len(w.offsets) && w.offsets[len(w.paths)] < limit {
		w.paths = append(w.paths, path)
	}
}

// before tells whether an offset that was not reached is below limit.
func (w *pathWalker) before(limit int) bool {
	return len(w.paths) < len(w.offsets) && w.offsets[len(w.paths)] < limit
}

func (w *pathWalker) value(v Value, path string) {
	span := v.Span()
	switch v.Kind() {
	case Object:
		for m := range v.Members() {
			w.upTo(m.KeySpan.Start, path)
			if end := m.Value.Span().End; w.before(end) {
				name := m.Key
				if path != "" {
					name = path + "." + m.Key
				}
				w.upTo(m.Value.Span().Start, name)
				w.value(m.Value, name)
			}
		}
	case Array:
		n := 0
		for item := range v.Items() {
			itemSpan := item.Span()
			w.upTo(itemSpan.Start, path)
			if w.before(itemSpan.End) {
				w.value(item, path+"["+strconv.Itoa(n)+"]")
			}
			n++
		}
	}
	w.upTo(span.End, path)
}
