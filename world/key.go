package world

// KeyOwner is whose access key it is.
type KeyOwner struct {
	AccountID string
	// User is nil for a key of the root user.
	User *User
	Key  AccessKey
}

// AccessKey finds a long-term access key by its id, and reports false if there
// is none. An inactive key is found.
func (w *World) AccessKey(id string) (KeyOwner, bool) {
	owner, ok := w.keys[id]
	return owner, ok
}

// takeKeys adds the keys of an account to the world's.
func (b *builder) takeKeys(a *account) {
	take := func(at Place, u *User, keys []AccessKey) {
		for _, key := range keys {
			if key.ID == "" {
				b.refuse(CodeMissing, at, "an access key has no id", "")
				continue
			}
			if _, used := b.world.keys[key.ID]; used {
				b.refuse(CodeDuplicate, at, "the access key "+key.ID+" is used twice", "")
			}
			b.world.keys[key.ID] = KeyOwner{AccountID: a.ID, User: u, Key: key}
		}
	}
	take(a.Place, nil, a.RootAccessKeys)
	for i := range a.Users {
		take(a.Users[i].Place, &a.Users[i], a.Users[i].AccessKeys)
	}
}
