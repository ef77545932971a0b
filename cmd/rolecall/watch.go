package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// files are those that a run has read, with the state that they were in.
type files struct {
	mutex sync.Mutex
	state map[string]fileState
}

type fileState struct {
	changed time.Time
	size    int64
}

// watched is a file system that notes what is opened.
type watched struct {
	fs.FS
	prefix string
	files  *files
}

func (f *files) watch(fsys fs.FS, prefix string) fs.FS { return &watched{fsys, prefix, f} }

// Open opens a file and notes it.
func (w *watched) Open(name string) (fs.File, error) {
	w.files.note(filepath.Join(w.prefix, filepath.FromSlash(name)))
	return w.FS.Open(name)
}

func (f *files) note(name string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.state == nil {
		f.state = map[string]fileState{}
	}
	f.state[name] = stateOf(name)
}

func stateOf(name string) fileState {
	info, err := os.Stat(name)
	if err != nil {
		return fileState{}
	}
	return fileState{info.ModTime(), info.Size()}
}

// changed tells whether a file is in another state than it was.
func (f *files) changed() bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for name, before := range f.state {
		if stateOf(name) != before {
			return true
		}
	}
	return false
}

// pollEvery is how often files are looked at.
const pollEvery = 300 * time.Millisecond

// watch runs the tests again whenever one of their files changes, a test file is
// added or one goes away, until the context ends.
func (c *testCommand) watch(ctx context.Context, env *environment, match func(string) bool) error {
	for {
		seen := &files{}
		if _, err := c.onceSeen(env, match, seen); err != nil {
			fail(env.stderr, err)
		}
		list, _ := c.files(&files{}) // an error is told by the next run
		fmt.Fprintln(env.stderr, "watching; interrupt to stop")
		for again := false; !again; {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(pollEvery):
			}
			now, err := c.files(&files{})
			again = seen.changed() || err == nil && len(now) != len(list)
		}
		if env.stdoutTerminal {
			fmt.Fprint(env.stdout, clearScreen)
		}
	}
}

// clearScreen clears a terminal.
const clearScreen = "\x1b[2J\x1b[H"
