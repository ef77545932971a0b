package policy

import "strings"

// Grants tells on which resources the Allow statements of a set could allow an
// action, whoever calls in whatever context: on the ones listed, or, with
// others, on further ones. It serves to find the few policies worth a
// decision.
func (s *Set) Grants(service, name string) (resources []string, others bool) {
	if s == nil {
		return nil, false
	}
	for i := range s.statements {
		st := &s.statements[i]
		if st.deny || !st.matchAction(&Request{service: service, name: name}) {
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
