package saml

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/rolecall/rolecall/diag"
)

// AttributePrefix begins the names of the attributes that AWS reads (STS-176).
const AttributePrefix = "https://aws.amazon.com/SAML/Attributes/"

// Names of attributes, behind AttributePrefix. Case counts.
const (
	attributeRole           = AttributePrefix + "Role"
	attributeSessionName    = AttributePrefix + "RoleSessionName"
	attributeDuration       = AttributePrefix + "SessionDuration"
	attributeSourceIdentity = AttributePrefix + "SourceIdentity"
	attributeTransitive     = AttributePrefix + "TransitiveTagKeys"
	attributeTag            = AttributePrefix + "PrincipalTag:"
)

// sessionName is what a RoleSessionName and a SourceIdentity must be. It has
// no colon, so that no source identity begins with "aws:".
var sessionName = regexp.MustCompile(`^[a-zA-Z_0-9+=,.@-]{2,64}$`)

// Bounds of SessionDuration in seconds.
const (
	leastDuration    = 900
	greatestDuration = 43200
)

// attributeSet is the attributes of an assertion that AWS reads. Several
// attributes of one name are one with all their values.
type attributeSet struct {
	names  []string // in the order of the assertion
	values map[string][]string
}

// attributes reads the attribute statements (STS-176, STS-178).
func (r *reader) attributes(assertion *etree.Element) error {
	set := attributeSet{values: map[string][]string{}}
	for _, statement := range children(assertion, assertionNS, "AttributeStatement") {
		for _, attribute := range children(statement, assertionNS, "Attribute") {
			if err := set.add(attribute); err != nil {
				return err
			}
		}
	}
	for _, value := range set.values[attributeRole] {
		if pair, ok := rolePair(value); ok {
			r.out.Roles = append(r.out.Roles, pair)
		}
	}
	r.out.TransitiveTagKeys = set.values[attributeTransitive]
	r.out.Attributes = set.keys()
	steps := []func(attributeSet) error{r.sessionName, r.duration, r.sourceIdentity, r.tags}
	for _, step := range steps {
		if err := step(set); err != nil {
			return err
		}
	}
	return nil
}

// add takes an attribute into the set. Attributes of other names are not read.
func (s *attributeSet) add(attribute *etree.Element) error {
	name, _ := attr(attribute, "Name")
	if !strings.HasPrefix(name, AttributePrefix) && !fillsKey(name) {
		return nil
	}
	if _, ok := s.values[name]; !ok {
		s.names = append(s.names, name)
		s.values[name] = nil
	}
	for _, value := range children(attribute, assertionNS, "AttributeValue") {
		v, ok := attributeValue(value)
		if !ok {
			return invalid("a value of attribute %s holds elements, it must be text", diag.Clip(name, 200))
		}
		s.values[name] = append(s.values[name], v)
	}
	return nil
}

// attributeValue gives the text of a value. eduPersonTargetedID is the one
// attribute whose text stands in a NameID within.
func attributeValue(value *etree.Element) (string, bool) {
	within := value.ChildElements()
	if len(within) == 1 && is(within[0], assertionNS, "NameID") {
		return identifier(within[0])
	}
	return text(value)
}

// one gives the value of an attribute that may have only one.
func (s *attributeSet) one(name string) (value string, given bool, err error) {
	values, given := s.values[name]
	switch {
	case !given:
		return "", false, nil
	case len(values) != 1:
		return "", true, invalid("attribute %s has %d values, it must have one", diag.Clip(name, 200), len(values))
	default:
		return values[0], true, nil
	}
}

func (r *reader) sessionName(set attributeSet) error {
	values := set.values[attributeSessionName]
	switch {
	case len(values) == 0:
		return refuse(messageNoSessionName, "add the attribute %s", attributeSessionName)
	case len(values) > 1:
		return refuse(messageSessionName, "there are %d values", len(values))
	case !sessionName.MatchString(values[0]):
		return refuse(messageSessionName, "it is %q", diag.Clip(values[0], 100))
	}
	r.out.RoleSessionName = values[0]
	return nil
}

func (r *reader) duration(set attributeSet) error {
	value, given, err := set.one(attributeDuration)
	if err != nil || !given {
		return err
	}
	seconds, err := strconv.Atoi(strings.Trim(value, xmlSpace))
	if err != nil || seconds < leastDuration || seconds > greatestDuration {
		return invalid("SessionDuration is %q, it must be a number of seconds from %d to %d", diag.Clip(value, 60), leastDuration, greatestDuration)
	}
	r.out.SessionDuration = time.Duration(seconds) * time.Second
	return nil
}

func (r *reader) sourceIdentity(set attributeSet) error {
	values, given := set.values[attributeSourceIdentity]
	switch {
	case !given:
		return nil
	case len(values) != 1:
		return refuse(messageSourceIdentity, "there are %d values", len(values))
	case !sessionName.MatchString(values[0]):
		return refuse(messageSourceIdentity, "it is %q", diag.Clip(values[0], 100))
	}
	r.out.SourceIdentity = values[0]
	return nil
}

// tags reads the session tags. An empty value is a value.
func (r *reader) tags(set attributeSet) error {
	for _, name := range set.names {
		key, ok := strings.CutPrefix(name, attributeTag)
		if !ok {
			continue
		}
		value, _, err := set.one(name)
		if err != nil {
			return err
		}
		r.out.Tags = append(r.out.Tags, Tag{key, value})
	}
	return nil
}
