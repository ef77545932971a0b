package load

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/world"
)

// Codes of the problems that this package finds. Those of policies and of the
// world as a whole come from packages policy and world.
const (
	CodeUnknownKey   = "UNKNOWN_KEY"
	CodeDuplicateKey = "DUPLICATE_KEY"
	CodeDataType     = "DATA_TYPE"
	CodeYAML         = "YAML_SYNTAX"
	CodeTooLarge     = "TOO_LARGE"
	CodeFile         = "FILE"
	CodeConflict     = "CONFLICT"
	CodeIncomplete   = "INCOMPLETE"
)

// File loads a world from a file, or from a folder of them, on disk. Files that
// a document names must be below its folder, also where links lead.
func File(name string) (*world.World, diag.List) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fileProblem(name, err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() { // a pipe
		file, err := os.Open(name)
		if err != nil {
			return nil, fileProblem(name, err)
		}
		defer file.Close() //nolint:errcheck // it was only read
		return Reader(name, file)
	}
	folder, base := name, "."
	if !info.IsDir() {
		if name, err = linked(name); err != nil {
			return nil, fileProblem(name, err)
		}
		folder, base = filepath.Split(name)
	}
	root, err := os.OpenRoot(filepath.Clean(folder))
	if err != nil {
		return nil, fileProblem(name, err)
	}
	defer root.Close() //nolint:errcheck // it was only read
	l := newLoader(root.FS(), folder)
	l.path(base)
	return l.world()
}

// linked follows a link, so that the files that a document names are looked
// for beside the document.
func linked(name string) (string, error) {
	if info, err := os.Lstat(name); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return name, err
	}
	return filepath.EvalSymlinks(name)
}

// FS loads a world from a file, or from a folder of them, of a file system.
// Its names are those of package io/fs; "." is the whole of it.
func FS(fsys fs.FS, name string) (*world.World, diag.List) {
	l := newLoader(fsys, "")
	l.path(name)
	return l.world()
}

// Reader loads a world from a stream, which cannot name files. The name is
// what diagnostics call it, and its extension tells JSON from YAML.
func Reader(name string, in io.Reader) (*world.World, diag.List) {
	l := newLoader(nil, "")
	text, err := readAll(in, 0)
	if err != nil {
		return nil, fileProblem(name, err)
	}
	l.text(&diag.Source{Name: name, Text: text}, "")
	return l.world()
}

// Parse loads a world from a text, which cannot name files. The name is what
// diagnostics call it, and its extension tells JSON from YAML.
func Parse(name, text string) (*world.World, diag.List) {
	l := newLoader(nil, "")
	l.text(&diag.Source{Name: name, Text: text}, "")
	return l.world()
}

func fileProblem(name string, err error) diag.List {
	return diag.List{{Severity: diag.Error, Code: CodeFile, Summary: err.Error(), Source: &diag.Source{Name: name}}}
}

// loader gathers a description from documents.
type loader struct {
	files    files
	problems problems
	counted  int // things read, against maxThings

	// partition and organization are given once; see first.
	given        given
	partition    string
	organization *world.Organization
	accounts     map[string]*account
	order        []string // ids of the accounts
	awsManaged   awsManaged
	// broken tells that a whole document could not be read, so that what other
	// documents refer to may be missing for that reason.
	broken bool
}

func newLoader(fsys fs.FS, prefix string) *loader {
	return &loader{
		files: files{fsys: fsys, prefix: prefix, sources: map[string]*file{}, documents: map[documentKey]*document{}},
		given: given{}, accounts: map[string]*account{}, awsManaged: awsManaged{},
	}
}

// path reads a file, or all world files right in a folder.
func (l *loader) path(name string) {
	names, err := l.files.worlds(name)
	if err != nil {
		l.unread(name, err)
		return
	}
	if len(names) == 0 {
		l.unread(name, fmt.Errorf("the folder %s has no file that ends in .yaml, .yml or .json", l.files.display(name)))
	}
	for _, name := range names {
		src, err := l.files.open(name)
		if err != nil {
			l.unread(name, err)
			continue
		}
		l.text(src, path.Dir(name))
	}
}

func (l *loader) unread(name string, err error) {
	l.broken = true
	l.refuse(CodeFile, world.Place{Source: &diag.Source{Name: l.files.display(name)}}, err.Error(), "")
}

// text reads a file that holds a world or pages of authorization details.
func (l *loader) text(src *diag.Source, folder string) {
	values, list := parseText(src)
	if list != nil {
		l.broken = true
		l.problems.add(list)
		return
	}
	for _, v := range values {
		r := reader{loader: l, folder: folder}
		switch {
		case isDetails(v):
			r.details(v, nil)
		case len(values) > 1:
			r.refuse(CodeDataType, place(v), "a file holds one world", "only pages of authorization details may follow each other; put worlds into files of one folder")
		default:
			r.document(v)
		}
	}
}

// world makes the world of what was read.
func (l *loader) world() (*world.World, diag.List) {
	l.incomplete()
	d := world.Description{Partition: l.partition, Organization: l.organization, AWSManagedPolicies: l.awsManaged.list()}
	for _, id := range l.order {
		d.Accounts = append(d.Accounts, l.accounts[id].Account)
	}
	if l.broken {
		return nil, l.problems.list()
	}
	w, list := world.New(d)
	failed := l.problems.failed()
	l.problems.add(list)
	if failed {
		w = nil
	}
	return w, l.problems.list()
}
