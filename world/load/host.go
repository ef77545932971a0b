package load

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// Host is a file of another kind that holds or names worlds and policies, such
// as a test file. It is read as a world file is: YAML or JSON, with places.
//
// What it names may lead up from its folder, but not out of the file system.
// A Host is not safe for use by several goroutines.
type Host struct {
	// Value is what the file holds.
	Value  jsonpos.Value
	fsys   fs.FS
	prefix string
	folder string
	files  *loader
}

// OpenHost reads a file of a file system. The prefix goes before the names of
// files in diagnostics.
func OpenHost(fsys fs.FS, prefix, name string) (*Host, diag.List) {
	l := newLoader(fsys, prefix)
	f := l.files.open(name)
	if f.err != nil {
		l.unread(name, f.err)
		return nil, l.problems.list()
	}
	values, list := f.parse()
	if list == nil && len(values) > 1 {
		l.refuse(CodeDataType, place(values[1]), "a second document begins", "write one document a file")
		list = l.problems.list()
	}
	if list != nil {
		return nil, list
	}
	return &Host{Value: values[0], fsys: fsys, prefix: prefix, folder: path.Dir(name), files: l}, nil
}

// Path gives the name in the file system of what the file names at a value.
func (h *Host) Path(v jsonpos.Value) (string, diag.List) {
	l := newLoader(h.fsys, h.prefix)
	full, _ := h.reader(l).resolve(v, v.Text())
	return full, l.problems.list()
}

// NamedWorld loads a world by its name in the file system, as [FS] does.
func (h *Host) NamedWorld(name string) (*world.World, diag.List) {
	l := newLoader(h.fsys, h.prefix)
	l.path(name)
	return l.world()
}

// World reads a world that stands in the file.
func (h *Host) World(v jsonpos.Value) (*world.World, diag.List) {
	l := newLoader(h.fsys, h.prefix)
	h.reader(l).document(v)
	return l.world()
}

// Policy reads a policy in the forms of a world file. Its name is that of the
// file that holds it, or else the one given. With an error among the problems
// the document has no statements.
func (h *Host) Policy(v jsonpos.Value, name string, kind policy.Kind) (policy.Policy, diag.List) {
	l := h.files
	l.problems = problems{}
	r := h.reader(l)
	if file, ok := r.reference(v); ok {
		name = strings.TrimSuffix(path.Base(file), path.Ext(file))
	}
	p := policy.Policy{Name: name, Document: r.policy(v, diag.WithArticle(kind.String()), kind)}
	return p, l.problems.list()
}

func (h *Host) reader(l *loader) *reader {
	return &reader{loader: l, folder: h.folder, upwards: true}
}

// upward gives the path of a file that a host names.
func (r *reader) upward(v jsonpos.Value, name string) (string, bool) {
	full := path.Join(r.folder, name)
	if name == "" || path.IsAbs(name) || strings.Contains(name, `\`) || !fs.ValidPath(full) {
		r.refuse(CodeFile, place(v), fmt.Sprintf("%q is not a path in the folder that is worked in", diag.Clip(name, 200)),
			"write it relative to this file, with slashes")
		return "", false
	}
	return full, true
}
