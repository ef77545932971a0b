package scenario

import (
	"fmt"
	"os"
	"testing"

	"github.com/rolecall/rolecall/diag"
)

type v struct{}

func (v) Loaded(i int, s *Suite, p diag.List) { fmt.Println(p) }
func (v) Tested(r Result) {
	fmt.Printf("%s %v\n", r.Name, r.Passed())
	for _, f := range r.Failures {
		fmt.Printf("  %s %q %q %v %s\n", f.Check, f.Expected, f.Got, f.Notes, f.Position())
	}
}

func TestSmoke(t *testing.T) {
	l := NewLoader(os.DirFS("../testdata/examples/github-actions"), "x")
	var c Coverage
	Run(1, func(int) (*Suite, diag.List) { return l.Load("deploy.iam.yaml") }, Options{Coverage: &c}, v{})
	for _, s := range c.Statements() {
		fmt.Println(s.Position(), s.Sid, s.Decided, s.Conditions, s.Dead)
	}
}
