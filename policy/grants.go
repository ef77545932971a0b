package policy

import "strings"

// Grants tells on which resources the Allow statements of a set could allow an
// action, whoever calls in whatever context: on the ones listed, or, with
// others, on further ones. It serves to find the few policies worth a
// decision. Of what is no action it gives nothing.
func (s *Set) Grants(action string) (resources []string, others bool) {
	var r Request
	if s == nil || r.Set(action, "*") != nil {
		return nil, false
	}
	for i := range s.statements {
		st := &s.statements[i]
		if st.deny || !st.matchAction(&r) {
			continue
		}
		ref := s.ref(st)
		list := ref.Policy.Document.Statements[st.index].Resource
		if list == nil || list.Not {
			others = true
			continue
		}
		for _, item := range list.Items {
			if strings.ContainsAny(item.Value, "*?$") || strings.Count(item.Value, ":") < arnParts-1 {
				others = true
			} else {
				resources = append(resources, item.Value)
			}
		}
	}
	return resources, others
}
