package load

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/world"
)

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

	// pages are those of authorization details; arnPartition is the partition of
	// their ARNs, and strange holds the unknown keys that were told of.
	pages        []page
	arnPartition struct {
		name string
		at   world.Place
	}
	strange map[string]bool

	// broken tells that a whole document could not be read, so that what other
	// documents refer to may be missing for that reason.
	broken bool
}

func newLoader(fsys fs.FS, prefix string) *loader {
	return &loader{
		files: files{fsys: fsys, prefix: prefix, known: map[string]*file{}},
		given: given{}, accounts: map[string]*account{}, awsManaged: awsManaged{}, strange: map[string]bool{},
	}
}

// path reads a file, or all world files right in a folder. Files that the
// worlds of a folder name are no worlds themselves, so that those which look
// like one are read first.
func (l *loader) path(name string) {
	names, err := l.files.worlds(name)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("the folder %s has no file that ends in .yaml, .yml or .json", l.files.display(name))
	}
	if err != nil {
		l.unread(name, err)
		return
	}
	var later []string
	for _, name := range names {
		f := l.files.open(name)
		if f.err != nil {
			l.unread(name, f.err)
			continue
		}
		if values, list := f.parse(); list == nil && (len(values) != 1 || !isWorld(values[0])) {
			later = append(later, name)
			continue
		}
		l.read(f, path.Dir(name))
	}
	for _, name := range later {
		if f := l.files.open(name); !f.named {
			l.read(f, path.Dir(name))
		}
	}
}

func (l *loader) unread(name string, err error) {
	l.broken = true
	l.refuse(CodeFile, world.Place{Source: &diag.Source{Name: l.files.display(name)}}, err.Error(), "")
}

// text reads a text that is no file.
func (l *loader) text(name, text string) {
	l.read(&file{source: &diag.Source{Name: name, Text: text}}, "")
}

// isWorld tells whether a value has a key of a world.
func isWorld(v jsonpos.Value) bool { return v.Kind() == jsonpos.Object && wraps(v, documentFields) }

// read reads a file that holds a world or pages of authorization details.
func (l *loader) read(f *file, folder string) {
	values, list := f.parse()
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
	l.inOnePartition()
	if l.broken || l.full() {
		return nil, l.problems.list()
	}
	d := world.Description{Partition: l.partition, Organization: l.organization, AWSManagedPolicies: l.awsManaged.list()}
	d.Accounts = make([]world.Account, len(l.order))
	for i, id := range l.order {
		l.accounts[id].complete()
		d.Accounts[i] = l.accounts[id].Account
	}
	if l.tooLarge(&d) {
		return nil, l.problems.list()
	}
	w, list := world.New(d)
	l.problems.add(list)
	if l.problems.failed() {
		w = nil
	}
	return w, l.problems.list()
}

// inOnePartition sets the partition that ARNs tell where no document does.
func (l *loader) inOnePartition() {
	arns := l.arnPartition
	said, ok := l.given["partition"]
	switch {
	case arns.name == "":
	case !ok:
		l.partition = arns.name
	case l.partition != arns.name:
		l.refuse(CodeConflict, arns.at, fmt.Sprintf("the ARN is of the partition %q", diag.Clip(arns.name, 20)),
			"the partition of the world is given at "+said.at.Position().String())
	}
}
