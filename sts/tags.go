package sts

import (
	"reflect"
	"strings"

	"github.com/rolecall/rolecall/conditions"
)

// Texts of what can be wrong with session tags (STS-86 to STS-93).
const (
	tagsDuplicate  = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
	tagsReserved   = "Tag keys and values that begin with aws: are reserved for AWS."
	tagsTransitive = "The specified transitive tag key must be included in the requested tags."
	tagsConflict   = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
)

// newTags checks the tags that a call passes and gives them in order, those
// marked that are transitive. inherited are those that the calling session
// passes on.
func newTags(passed []Tag, transitive []string, inherited []sessionTag) ([]sessionTag, *Error) {
	tags := make([]sessionTag, 0, len(passed))
	reserved := false
	for _, t := range passed {
		if find(tags, *t.Key) != nil {
			return nil, newError(InvalidParameterValue, tagsDuplicate)
		}
		reserved = reserved || hasReservedPrefix(*t.Key) || hasReservedPrefix(*t.Value)
		tags = append(tags, sessionTag{key: *t.Key, value: *t.Value})
	}
	if reserved {
		return nil, newError(InvalidParameterValue, tagsReserved) // the code is CONTESTED
	}
	for _, key := range transitive {
		t := find(tags, key)
		if t == nil {
			return nil, newError(InvalidParameterValue, tagsTransitive)
		}
		t.transitive = true
	}
	for i := range inherited {
		if find(tags, inherited[i].key) != nil {
			return nil, newError(InvalidParameterValue, tagsConflict)
		}
	}
	return tags, nil
}

// federatedTags are the tags of an ID token or SAML response, which no
// parameter check has seen.
type federatedTags struct {
	Tags              []Tag    `sts:"tagListType"`
	TransitiveTagKeys []string `sts:"tagKeyListType"`
}

var federatedTagRules = rules{parameters: parametersOf(reflect.TypeFor[federatedTags]())}

// newTags checks them: limits and errors are those of tags that a call passes.
func (f *federatedTags) newTags() ([]sessionTag, *Error) {
	if err := federatedTagRules.check(f); err != nil {
		return nil, err
	}
	return newTags(f.Tags, f.TransitiveTagKeys, nil)
}

func find(tags []sessionTag, key string) *sessionTag {
	for i := range tags {
		if sameKey(tags[i].key, key) {
			return &tags[i]
		}
	}
	return nil
}

func hasReservedPrefix(text string) bool {
	return len(text) >= len("aws:") && strings.EqualFold(text[:len("aws:")], "aws:")
}

// addTagKeys adds the condition keys of the tags that a call passes (STS-60).
// Keys that the calling session carries are not among the transitive ones
// (CONTESTED).
func addTagKeys(keys *conditions.Context, tags []sessionTag) {
	if len(tags) == 0 {
		return
	}
	names, transitive := make([]string, len(tags)), []string(nil)
	for i, t := range tags {
		names[i] = t.key
		keys.AddDefault("aws:RequestTag/"+t.key, t.value)
		if t.transitive {
			transitive = append(transitive, t.key)
		}
	}
	keys.AddDefaultList("aws:TagKeys", names)
	if len(transitive) > 0 {
		keys.AddDefaultList("sts:TransitiveTagKeys", transitive)
	}
}
