package celx

import (
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/rolecall/rolecall/conditions"
)

// request gives the variables of a condition. A key without the part that the
// user names is never there (PL-113).
func request(ctx *conditions.Context) map[string]any {
	single, all := map[ref.Val]ref.Val{}, map[ref.Val]ref.Val{}
	for key, seen := range ctx.All() {
		name := fold(key.String())
		if seen.Missing || strings.HasSuffix(name, "/") || name == fold("kms:encryptioncontext:") {
			continue
		}
		all[types.String(name)] = types.NewStringList(types.DefaultTypeAdapter, seen.Values)
		if !seen.Multivalued {
			single[types.String(name)] = types.String(seen.Values[0])
		}
	}
	return map[string]any{"value": newKeys(single), "values": newKeys(all)}
}

// keys is a map by the names of condition keys, which are found whatever their
// case (PL-112).
type keys struct{ traits.Mapper }

// newKeys takes a map by folded names.
func newKeys(folded map[ref.Val]ref.Val) keys {
	return keys{types.NewRefValMap(types.DefaultTypeAdapter, folded)}
}

func foldKey(key ref.Val) ref.Val {
	if name, ok := key.(types.String); ok {
		return types.String(fold(string(name)))
	}
	return key
}

// Contains tells whether the map has a key.
func (k keys) Contains(key ref.Val) ref.Val { return k.Mapper.Contains(foldKey(key)) }

// Find gives the value of a key if the map has it.
func (k keys) Find(key ref.Val) (ref.Val, bool) { return k.Mapper.Find(foldKey(key)) }

// Get gives the value of a key, or an error.
func (k keys) Get(key ref.Val) ref.Val { return k.Mapper.Get(foldKey(key)) }
