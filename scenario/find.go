package scenario

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxFiles bounds the files of a run, maxEntries the entries of folders that are
// looked at for them.
const (
	maxFiles   = 10_000
	maxEntries = 1_000_000
)

// endings are those of the names of test files.
var endings = []string{".iam.yaml", ".iam.yml", ".iam.json"}

// IsTestFile tells whether a name is that of a test file.
func IsTestFile(name string) bool {
	return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

// Find gives the test files below a folder by name, those of folders below it
// too, or the one file that the name is. Hidden folders and node_modules are
// left out.
func Find(fsys fs.FS, name string) ([]string, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	var found []string
	entries := 0
	err = fs.WalkDir(fsys, name, func(at string, entry fs.DirEntry, err error) error {
		entries++
		base := path.Base(at)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && at != name && (strings.HasPrefix(base, ".") || base == "node_modules"):
			return fs.SkipDir
		case entries > maxEntries || len(found) > maxFiles:
			return fmt.Errorf("%s holds more than %d test files, or more than %d files in all; name the folders of the tests", name, maxFiles, maxEntries)
		case !entry.IsDir() && IsTestFile(base):
			found = append(found, at)
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}
