package load

import (
	"go.yaml.in/yaml/v3"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

// member is a member of a mapping.
type member struct {
	key    *yaml.Node
	name   string
	value  *yaml.Node
	merged bool // it comes from a merge key
}

// members gives the members of a mapping, those of its merge keys behind its
// own. Own members win over merged ones, and of those the first.
func (t *transcoder) members(n *yaml.Node, depth int) []member {
	list := make([]member, 0, len(n.Content)/2)
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !t.spend(key) {
			return nil
		}
		if key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
			merges = append(merges, value)
			continue
		}
		list = append(list, member{key: key, name: t.name(key), value: value})
	}
	if merges == nil {
		return list
	}
	known := make(map[string]bool, len(list))
	for _, m := range list {
		known[m.name] = true
	}
	for _, value := range merges {
		for _, m := range t.merge(value, depth+1) {
			if !known[m.name] {
				known[m.name] = true
				m.merged = true
				list = append(list, m)
			}
		}
	}
	return list
}

// merge gives the members that the value of a merge key stands for: a mapping,
// an alias of one, or a list of these.
func (t *transcoder) merge(value *yaml.Node, depth int) []member {
	n := value
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch {
	case !t.spend(value):
		return nil
	case depth > maxDepth || t.open[n]:
		t.fail(t.places.scalar(value), CodeYAML, "a mapping is merged into itself", "")
		return nil
	}
	t.open[n] = true
	defer delete(t.open, n)
	var list []member
	switch n.Kind {
	case yaml.MappingNode:
		return t.members(n, depth)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			list = append(list, t.merge(item, depth+1)...)
		}
	default:
		t.fail(t.places.scalar(value), CodeYAML, "a merge key needs a mapping or a list of mappings", "")
	}
	return list
}

// name gives the text of a key.
func (t *transcoder) name(key *yaml.Node) string {
	n := key
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		at := t.places.node(key)
		t.fail(diag.Span{Start: at, End: at + 1}, jsonpos.Code, "a key must be text, not a list or a mapping", "")
		return ""
	}
	return n.Value
}
