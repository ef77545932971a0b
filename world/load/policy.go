package load

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// fileKey is the one key of a mapping that stands for a file.
const fileKey = "file"

// policy reads a policy: in place, as {file: name}, or as a string that holds
// its JSON. A policy that cannot be used leaves one without statements, so that
// its problems are not followed by others.
func (r *reader) policy(v jsonpos.Value, what string, kind policy.Kind) *policy.Document {
	// What AWS stored long ago it would refuse today (PL-5).
	options := policy.Options{Kind: kind, LegacyDuplicates: r.output}
	switch v.Kind() {
	case jsonpos.Object:
		if name, ok := r.reference(v); ok && !r.output {
			return r.policyFile(v, name, kind)
		}
		return r.usable(kind)(policy.Read(v, options))
	case jsonpos.String:
		return r.usable(kind)(policy.Parse(quotedText(v), options))
	default:
		r.wrongType(v, what, "a policy or {file: name}")
		return &policy.Document{Kind: kind}
	}
}

// usable takes up the problems of a policy and gives one that can be used.
func (r *reader) usable(kind policy.Kind) func(*policy.Document, diag.List) *policy.Document {
	return func(d *policy.Document, list diag.List) *policy.Document {
		r.problems.add(list)
		if d == nil {
			return &policy.Document{Kind: kind}
		}
		return d
	}
}

// quotedText makes a source of the text of a string: JSON, URL-encoded or not.
// JSON begins with a brace, which the encoding would have encoded (RFC 3986).
func quotedText(v jsonpos.Value) *diag.Source {
	text := strings.TrimLeft(v.Text(), " \t\r\n")
	if strings.HasPrefix(text, "%") {
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
	}
	return &diag.Source{
		Name: v.Source().Name, Text: text,
		Origin: &diag.Origin{Source: v.Source(), Marks: []diag.Mark{{Original: uint32(v.Span().Start)}}, Shown: true},
	}
}

// reference gives the name of the file that {file: name} stands for, and
// whether the value is of that form.
func (r *reader) reference(v jsonpos.Value) (name string, ok bool) {
	if v.Kind() != jsonpos.Object {
		return "", false
	}
	for m := range v.Members() {
		if m.Key != fileKey {
			return "", false
		}
		if !ok {
			name, ok = r.text(m.Value, fileKey), true
			continue
		}
		r.twice(m)
	}
	return name, ok
}

// resolve gives the path of a file that the document names. It is below the
// folder of the document, unless that is a [Host].
func (r *reader) resolve(v jsonpos.Value, name string) (string, bool) {
	if r.upwards {
		return r.upward(v, name)
	}
	if !fs.ValidPath(name) || name == "." {
		r.refuse(CodeFile, place(v), fmt.Sprintf("%q is not a path below the folder of this document", diag.Clip(name, 200)),
			`write it relative to the document, with slashes and without ".."`)
		return "", false
	}
	return path.Join(r.folder, name), true
}

// file gives the file that the document names.
func (r *reader) file(v jsonpos.Value, name string) (f *file, ok bool) {
	full, ok := r.resolve(v, name)
	if !ok {
		return nil, false
	}
	f = r.files.open(full)
	f.named = true
	if f.err != nil {
		r.refuse(CodeFile, place(v), "cannot read the file: "+f.err.Error(), "")
	}
	return f, f.err == nil
}

// policyFile reads a policy of a file, the first time it is named for a kind
// of use.
func (r *reader) policyFile(v jsonpos.Value, name string, kind policy.Kind) *policy.Document {
	f, ok := r.file(v, name)
	if !ok {
		return &policy.Document{Kind: kind}
	}
	if known := f.documents[kind]; known != nil {
		return known
	}
	values, list := f.parse()
	read := &policy.Document{Kind: kind}
	switch {
	case list != nil:
		r.problems.add(list)
	case len(values) > 1:
		r.refuse(CodeFile, place(values[1]), "the file holds more than one policy", "")
	default:
		read = r.usable(kind)(policy.Read(values[0], policy.Options{Kind: kind}))
	}
	f.documents[kind] = read
	return read
}

// policies reads a mapping of names to policies.
func (r *reader) policies(v jsonpos.Value, what string, kind policy.Kind) []policy.Policy {
	var list []policy.Policy
	r.each(v, what, func(m jsonpos.Member) {
		list = append(list, policy.Policy{Name: m.Key, Document: r.policy(m.Value, "the policy "+diag.Clip(m.Key, 100), kind)})
	})
	return list
}

// attachment is an item of a list of organization policies that says more
// than the policy.
type attachment struct {
	policy.Policy
	file string
	from jsonpos.Value
}

var attachmentFields = []field[attachment]{
	text("name", func(a *attachment) *string { return &a.Name }),
	text("arn", func(a *attachment) *string { return &a.ARN }),
	text(fileKey, func(a *attachment) *string { return &a.file }),
	{"document", func(_ *reader, m jsonpos.Member, a *attachment) { a.from = m.Value }},
}

// organizationPolicies reads the policies attached to a root, unit or account.
// The result is not nil: an empty list attaches nothing (EV-72).
func (r *reader) organizationPolicies(v jsonpos.Value, what string, kind policy.Kind) []policy.Policy {
	list := []policy.Policy{}
	if v.Kind() == jsonpos.Null {
		r.refuse(CodeDataType, place(v), what+" has no value", "write [] if nothing is attached, or leave the key out")
		return list
	}
	r.items(v, what, maxItems, func(item jsonpos.Value) {
		p := r.attachment(item, what, kind)
		if p.Name == "" {
			p.Name = fmt.Sprintf("%s[%d]", what, len(list))
		}
		list = append(list, p)
	})
	return list
}

func (r *reader) attachment(v jsonpos.Value, what string, kind policy.Kind) policy.Policy {
	a := attachment{from: v}
	if v.Kind() == jsonpos.Object && wraps(v, attachmentFields) {
		a.from = jsonpos.Value{}
		object(r, v, "an item of "+what, attachmentFields, &a)
	}
	switch {
	case a.file != "" && a.from.Exists():
		r.refuse(CodeConflict, place(v), "the item has both a file and a document", "keep one of them")
		a.Document = &policy.Document{Kind: kind}
	case a.file != "":
		a.Document = r.policyFile(v, a.file, kind)
		if a.Name == "" {
			a.Name = strings.TrimSuffix(path.Base(a.file), path.Ext(a.file))
		}
	case a.from.Exists():
		a.Document = r.policy(a.from, "an item of "+what, kind)
	default:
		r.refuse(CodeDataType, place(v), "the item has neither a file nor a document", "")
		a.Document = &policy.Document{Kind: kind}
	}
	return a.Policy
}

// wraps tells whether an object has a key of some fields, and so is not a
// policy by itself.
func wraps[T any](v jsonpos.Value, fields []field[T]) bool {
	return hasKey(v, func(key string) bool { return find(fields, key) != nil })
}

// hasKey tells whether one of the first keys of an object is wanted.
func hasKey(v jsonpos.Value, wanted func(key string) bool) bool {
	const most = 100
	n := 0
	for m := range v.Members() {
		if wanted(m.Key) {
			return true
		}
		if n++; n == most {
			break
		}
	}
	return false
}

// textOrFile reads a text that is given as a string or as {file: name}.
func (r *reader) textOrFile(v jsonpos.Value, what string) string {
	if name, ok := r.reference(v); ok {
		if f, ok := r.file(v, name); ok {
			return f.source.Text
		}
		return ""
	}
	if v.Kind() != jsonpos.String {
		r.wrongType(v, what, "a string or {file: name}")
		return ""
	}
	return v.Text()
}
