package diag

import "sort"

// Origin says what a text was made from, so that whatever points into the made
// text shows what the user wrote: YAML that was rewritten as JSON, or a policy
// that stood encoded in a string.
type Origin struct {
	// Source is the text that the user knows. It may have an origin itself.
	Source *Source
	// Marks tell where parts of the made text come from, in the order of Made.
	// Between two marks both texts are taken to run side by side.
	Marks []Mark
	// Shown tells that the made text is what people can read: snippets show it
	// and not the origin, and every place in it is the one of the first mark.
	Shown bool
}

// Mark says that a byte of a made text comes from a byte of its origin.
type Mark struct{ Made, Original uint32 }

// Offset gives the byte of the origin that a byte of the made text comes from.
func (o *Origin) Offset(made int) int {
	after := sort.Search(len(o.Marks), func(i int) bool { return int(o.Marks[i].Made) > made })
	switch {
	case len(o.Marks) == 0:
		return 0
	case o.Shown || after == 0:
		return int(o.Marks[0].Original)
	}
	mark := o.Marks[after-1]
	at := int(mark.Original) + made - int(mark.Made)
	if after < len(o.Marks) {
		if next := int(o.Marks[after].Original); at > next {
			at = max(next, int(mark.Original))
		}
	}
	return at
}

// Shown gives the text and the span in it that a snippet shows for a span of
// s.
func (s *Source) Shown(span Span) (*Source, Span) {
	for s.Origin != nil && !s.Origin.Shown {
		start := s.Origin.Offset(span.Start)
		span = Span{Start: start, End: max(s.Origin.Offset(span.End), start)}
		s = s.Origin.Source
	}
	return s, span
}

// rank is where a diagnostic belongs in the order of its file: a text that was
// taken out of another stands where that one held it.
func (s *Source) rank(offset int) (name string, firstLine, place, within int) {
	switch {
	case s == nil:
		return "", 0, offset, 0
	case s.Origin != nil && s.Origin.Shown:
		outer := s.Origin.Source
		return outer.Name, outer.FirstLine, s.Origin.Offset(0), offset
	default:
		return s.Name, s.FirstLine, offset, 0
	}
}
