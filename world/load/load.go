package load

import (
	"io"
	"io/fs"
	"os"
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
	l.text(name, text)
	return l.world()
}

// Parse loads a world from a text, which cannot name files. The name is what
// diagnostics call it, and its extension tells JSON from YAML.
func Parse(name, text string) (*world.World, diag.List) {
	l := newLoader(nil, "")
	l.text(name, text)
	return l.world()
}

func fileProblem(name string, err error) diag.List {
	return diag.List{{Severity: diag.Error, Code: CodeFile, Summary: err.Error(), Source: &diag.Source{Name: name}}}
}
