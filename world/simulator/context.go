package simulator

import (
	"encoding/base64"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
)

// listType ends the name of a type of lists.
const listType = "List"

// contextTypes are the types of context keys, with what tells whether a text is
// a value of one.
var contextTypes = map[string]func(string) bool{
	"string":  func(string) bool { return true },
	"numeric": readable(conditions.NumericEquals),
	"boolean": readable(conditions.Bool),
	"ip":      readable(conditions.IPAddress),
	"date":    readable(conditions.DateEquals),
	"binary": func(text string) bool {
		_, err := base64.StdEncoding.DecodeString(text)
		return err == nil
	},
}

func readable(b conditions.Base) func(string) bool {
	return func(text string) bool { return conditions.Interpretable(b, text, false) }
}

// contextOf makes the context of the simulated requests.
func contextOf(entries []ContextEntry) (conditions.Context, error) {
	keys := conditions.NewContext(len(entries))
	for i := range entries {
		e := &entries[i]
		if e.ContextKeyName == nil {
			continue // the API demands no member
		}
		kind := "string"
		if e.ContextKeyType != nil {
			kind = *e.ContextKeyType
		}
		if err := addEntry(&keys, *e.ContextKeyName, kind, e.ContextKeyValues); err != nil {
			return keys, err
		}
	}
	return keys, nil
}

func addEntry(keys *conditions.Context, name, kind string, values []string) error {
	element, list := strings.CutSuffix(kind, listType)
	for _, v := range values {
		if !contextTypes[element](v) {
			return invalidInput("The value '" + diag.Clip(v, clip) + "' of the context key " + name + " is not of type " + element + ".")
		}
	}
	var err error
	switch {
	case list || len(values) > 1: // several values are a list, whatever the type says
		err = keys.AddList(name, values)
	case len(values) == 1:
		err = keys.Add(name, values[0])
	default:
		err = keys.AddAbsent(name)
	}
	if err != nil {
		return invalidInput("The context key " + name + " cannot be used: " + err.Error())
	}
	return nil
}

// clip is how much of what was sent is repeated in a message.
const clip = 200
