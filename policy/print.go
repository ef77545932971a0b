package policy

import "github.com/rolecall/rolecall/internal/jsonpos"

// String gives the document in canonical form: see [Document.AppendJSON].
func (d *Document) String() string { return string(d.AppendJSON(nil)) }

// AppendJSON writes the document in canonical form behind dst: elements in the
// order of AWS's grammar, statements always as an array, a list of one string
// as the bare string, and no white space. Reading it back gives an equal
// document.
func (d *Document) AppendJSON(dst []byte) []byte {
	w := writer{out: append(dst, '{')}
	if d.Version.Value != "" {
		w.member("Version")
		w.quote(d.Version.Value)
	}
	if d.ID != nil {
		w.member("Id")
		w.quote(d.ID.Value)
	}
	w.member("Statement")
	w.list(len(d.Statements), false, func(i int) { w.statement(&d.Statements[i]) })
	return append(w.out, '}')
}

// MarshalJSON gives the canonical form.
func (d *Document) MarshalJSON() ([]byte, error) { return d.AppendJSON(nil), nil }

// writer prints members and lists.
type writer struct{ out []byte }

func (w *writer) quote(s string) { w.out = jsonpos.AppendQuote(w.out, s) }

// member begins a member of an object.
func (w *writer) member(name string) {
	w.comma()
	w.quote(name)
	w.out = append(w.out, ':')
}

// comma separates an item from one before it.
func (w *writer) comma() {
	if last := w.out[len(w.out)-1]; last != '{' && last != '[' {
		w.out = append(w.out, ',')
	}
}

// list writes n items as an array, or one as itself if bare.
func (w *writer) list(n int, bare bool, item func(i int)) {
	if bare && n == 1 {
		item(0)
		return
	}
	w.out = append(w.out, '[')
	for i := range n {
		w.comma()
		item(i)
	}
	w.out = append(w.out, ']')
}

func (w *writer) texts(texts []Text) {
	w.list(len(texts), true, func(i int) { w.quote(texts[i].Value) })
}

func (w *writer) statement(st *Statement) {
	w.out = append(w.out, '{')
	if st.Sid != nil {
		w.member("Sid")
		w.quote(st.Sid.Value)
	}
	w.member("Effect")
	w.quote(st.Effect.String())
	if st.Principal != nil {
		w.principal(st.Principal)
	}
	w.element("Action", st.Action)
	if st.Resource != nil {
		w.element("Resource", st.Resource)
	}
	if len(st.Condition) > 0 {
		w.condition(st.Condition)
	}
	w.out = append(w.out, '}')
}

func (w *writer) element(name string, l *List) {
	if l.Not {
		name = "Not" + name
	}
	w.member(name)
	w.texts(l.Items)
}

func (w *writer) principal(p *Principal) {
	if p.Not {
		w.member("NotPrincipal")
	} else {
		w.member("Principal")
	}
	if p.Everyone {
		w.quote("*")
		return
	}
	w.out = append(w.out, '{')
	for _, t := range p.Types {
		w.member(t.Type.String())
		w.texts(t.Values)
	}
	w.out = append(w.out, '}')
}

func (w *writer) condition(operators []ConditionOperator) {
	w.member("Condition")
	w.out = append(w.out, '{')
	for _, op := range operators {
		w.member(op.Name.Value)
		w.out = append(w.out, '{')
		for _, key := range op.Keys {
			w.member(key.Name.Value)
			w.texts(key.Values)
		}
		w.out = append(w.out, '}')
	}
	w.out = append(w.out, '}')
}
