package policy

// actionTable tells which statements of a small set name the action of a
// request. An item that several statements spell out is compared once: w4a of
// BenchmarkDecide, in which four of six statements say sts:AssumeRole, takes an
// eighth less than by asking each statement.
type actionTable struct {
	exact, wild []tableItem
	// not is the statements with NotAction.
	not members
}

// members is a set of statements, a bit each.
type members uint32

type tableItem struct {
	key     uint64
	members members
	pattern *actionPattern
}

// maxTableItems bounds the items of a table, since equal ones are looked for
// one by one.
const maxTableItems = 64

// newActionTable makes the table of a set of fewer than [leastIndexed]
// statements, or nil if they have too many items.
func newActionTable(statements []statement) *actionTable {
	n := 0
	for i := range statements {
		n += len(statements[i].actions)
	}
	if n > maxTableItems {
		return nil
	}
	t := &actionTable{exact: make([]tableItem, 0, n)}
	for i := range statements {
		st := &statements[i]
		if st.notAction {
			t.not |= 1 << i
		}
		for j := range st.actions {
			if a := &st.actions[j]; a.exact {
				t.exact = addItem(t.exact, a, 1<<i)
			} else {
				t.wild = addItem(t.wild, a, 1<<i)
			}
		}
	}
	return t
}

func addItem(items []tableItem, a *actionPattern, member members) []tableItem {
	for i := range items {
		if item := &items[i]; item.key == a.key && item.pattern.text == a.text {
			item.members |= member
			return items
		}
	}
	return append(items, tableItem{key: a.key, members: member, pattern: a})
}

// match gives the statements of which the Action matches.
func (t *actionTable) match(r *Request) members {
	var named members
	for i := range t.exact {
		if item := &t.exact[i]; item.key == r.actionKey && item.pattern.text == r.action {
			named |= item.members
		}
	}
	for i := range t.wild {
		if item := &t.wild[i]; item.pattern.match(r) {
			named |= item.members
		}
	}
	return named ^ t.not
}
