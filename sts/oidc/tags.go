package oidc

import (
	"encoding/json"
	"slices"
	"strings"
)

// Tag is a session tag.
type Tag struct {
	Key, Value string
}

// The flat form of the tags claim.
const (
	flatTagPrefix  = tagsClaim + "/principal_tags/"
	flatTransitive = tagsClaim + "/transitive_tag_keys"
)

// tags gives the session tags of a token and the keys of the transitive ones
// (STS-163). They are in one claim,
//
//	"https://aws.amazon.com/tags": {"principal_tags": {"K": ["V"]}, "transitive_tag_keys": ["K"]}
//
// or in flat ones, as providers that cannot nest are set up for STS. The rule
// has the first form only (CONTESTED: taken, since to leave it out would make a
// session without the tags that its token has):
//
//	"https://aws.amazon.com/tags/principal_tags/K": ["V"],
//	"https://aws.amazon.com/tags/transitive_tag_keys": ["K"]
//
// A value may be a bare string (CONTESTED). A key that is in both forms is
// given twice.
func (o object) tags() (tags []Tag, transitive []string, err error) {
	if o.has(tagsClaim) {
		nested, ok := o.object(tagsClaim)
		if !ok {
			return nil, nil, wrongType(tagsClaim, "an object")
		}
		if tags, transitive, err = nestedTags(nested); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range o.names() {
		key, ok := strings.CutPrefix(name, flatTagPrefix)
		if !ok {
			continue
		}
		if tags, err = appendTag(tags, key, o[name]); err != nil {
			return nil, nil, err
		}
	}
	if o.has(flatTransitive) {
		keys, ok := o.list(flatTransitive)
		if !ok {
			return nil, nil, wrongType(flatTransitive, "a list of strings")
		}
		transitive = append(transitive, keys...)
	}
	slices.SortStableFunc(tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return tags, transitive, nil
}

// nestedTags reads the one claim.
func nestedTags(claim object) (tags []Tag, transitive []string, err error) {
	if claim.has("principal_tags") {
		values, ok := claim.object("principal_tags")
		if !ok {
			return nil, nil, wrongType(tagsClaim, "an object whose principal_tags is an object")
		}
		for _, key := range values.names() {
			if tags, err = appendTag(tags, key, values[key]); err != nil {
				return nil, nil, err
			}
		}
	}
	if claim.has("transitive_tag_keys") {
		var ok bool
		if transitive, ok = claim.list("transitive_tag_keys"); !ok {
			return nil, nil, wrongType(tagsClaim, "an object whose transitive_tag_keys is a list of strings")
		}
	}
	return tags, transitive, nil
}

// appendTag reads the value of a tag: a list of one string, or a string.
func appendTag(tags []Tag, key string, value json.RawMessage) ([]Tag, error) {
	list, ok := object{key: value}.list(key)
	if !ok || len(list) != 1 {
		return nil, wrongType(flatTagPrefix+key, "one string, or a list of one string")
	}
	return append(tags, Tag{Key: key, Value: list[0]}), nil
}
