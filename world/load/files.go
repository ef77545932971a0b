package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// Bounds of what is read.
const (
	maxFile  = 256 << 20 // bytes of a file
	maxTotal = 1 << 30   // bytes of all files
	maxFiles = 10_000    // files of a folder
	maxDepth = 64        // of nested lists and mappings
	maxNodes = 16 << 20  // values of a file
)

// files reads the files of a world, each once.
type files struct {
	fsys   fs.FS  // nil where there are none
	prefix string // goes before names in diagnostics
	known  map[string]*file
	total  int
}

// file is a file that was read.
type file struct {
	source *diag.Source
	err    error
	// named tells that a document names it, so that it is not a world by itself.
	named bool
	// parsed tells that values and problems are set.
	parsed   bool
	values   []jsonpos.Value
	problems diag.List
	// documents are the policy that it holds, as read for each kind of use.
	documents map[policy.Kind]*policy.Document
}

// parse reads the values of the file, once.
func (f *file) parse() ([]jsonpos.Value, diag.List) {
	if !f.parsed {
		f.values, f.problems = parseText(f.source)
		f.parsed = true
	}
	return f.values, f.problems
}

var errNoFiles = errors.New("a text that is no file cannot name files")

// display gives the name of a file as the user knows it.
func (f *files) display(name string) string {
	if f.prefix != "" {
		return filepath.Join(f.prefix, filepath.FromSlash(name))
	}
	return name
}

// worlds gives the names of the files that a name stands for: its own, or those
// of the world files right in the folder that it is.
func (f *files) worlds(name string) ([]string, error) {
	if f.fsys == nil {
		return nil, errNoFiles
	}
	info, err := fs.Stat(f.fsys, name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	entries, err := fs.ReadDir(f.fsys, name)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && format(e.Name()) != 0 {
			names = append(names, path.Join(name, e.Name()))
		}
	}
	if len(names) > maxFiles {
		return nil, fmt.Errorf("the folder has %d world files, more than the %d that are read", len(names), maxFiles)
	}
	return names, nil
}

// open reads a file, the first time it is asked for.
func (f *files) open(name string) *file {
	if known := f.known[name]; known != nil {
		return known
	}
	text, err := f.read(name)
	read := &file{source: &diag.Source{Name: f.display(name), Text: text}, err: err, documents: map[policy.Kind]*policy.Document{}}
	f.known[name] = read
	return read
}

func (f *files) read(name string) (string, error) {
	if f.fsys == nil {
		return "", errNoFiles
	}
	in, err := f.fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer in.Close() //nolint:errcheck // it was only read
	info, err := in.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", f.display(name))
	}
	text, err := readAll(in, info.Size())
	if f.total += len(text); f.total > maxTotal && err == nil {
		err = fmt.Errorf("the files have more than the %d MiB that are read in all", maxTotal>>20)
	}
	return text, err
}

// readAll reads a stream that is probably size bytes long.
func readAll(in io.Reader, size int64) (string, error) {
	var text strings.Builder
	text.Grow(int(min(max(size, 0), maxFile)) + 1)
	if _, err := io.Copy(&text, io.LimitReader(in, maxFile+1)); err != nil {
		return "", err
	}
	if text.Len() > maxFile {
		return "", fmt.Errorf("the file has more than the %d MiB that are read", maxFile>>20)
	}
	return text.String(), nil
}

// textFormat is how a text is written. The zero value means that its name does
// not tell.
type textFormat uint8

const (
	inJSON textFormat = iota + 1
	inYAML
)

// format tells the format of a file by its name.
func format(name string) textFormat {
	switch strings.ToLower(path.Ext(filepath.ToSlash(name))) {
	case ".json":
		return inJSON
	case ".yaml", ".yml":
		return inYAML
	default:
		return 0
	}
}

// parseText reads the values of a text: one, or in JSON several that follow
// each other. Where the name does not tell the format, a text that begins with
// a brace is JSON.
func parseText(src *diag.Source) ([]jsonpos.Value, diag.List) {
	limits := jsonpos.Limits{Bytes: maxFile, Depth: maxDepth, Values: maxNodes}
	kind := format(src.Name)
	if kind == 0 && strings.HasPrefix(strings.TrimLeft(src.Text, " \t\r\n"), "{") {
		kind = inJSON
	}
	if kind != inJSON {
		if list := jsonpos.CheckText(src, limits); list != nil {
			return nil, list
		}
		made, list := fromYAML(src)
		if list != nil {
			return nil, list
		}
		src = made
	}
	return jsonpos.ParseAll(src, limits)
}
