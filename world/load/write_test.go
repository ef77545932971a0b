package load_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/rolecalltest/gen"
)

func TestTry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := gen.World().Draw(t, "world")
		gen.Load(t, w)
	})
}
