package lint

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/glob"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

// Reference knows the actions, resource types and condition keys of services.
// It is immutable.
type Reference struct {
	services map[string]*service
	// listed are the services of the index; nil without one.
	listed []string
}

// service is one service of a reference.
type service struct {
	name      string
	actions   map[string]*serviceAction // by name in lower case
	resources []resourceType
	keys      map[string]conditions.KnownKey // by name in lower case
}

// serviceAction is one action with what it takes.
type serviceAction struct {
	name      string
	resources []string
	keys      map[string]bool // in lower case, see keyBase
}

// resourceType is one type of resource with its ARNs.
type resourceType struct {
	name    string
	formats []format
	keys    []string
}

// format is an ARN of a resource type with a star for every placeholder.
type format struct {
	text  string
	parts [arnParts]glob.Pattern
}

// Bounds of a reference. AWS publishes some 400 files of up to 2 MiB.
const (
	maxReferenceFiles = 2000
	maxReferenceBytes = 16 << 20
)

// CodeReference is the code of what is wrong with a file of a reference.
const CodeReference = "SERVICE_REFERENCE"

// ReadReference reads the files of a folder whose names end in .json: those
// that AWS publishes for each service, and the list of services, if it is
// there. The list is what tells an unknown service from one that was not
// downloaded. The error is a diag.List for files that are not of the format.
func ReadReference(dir fs.FS) (*Reference, error) {
	names, err := fs.Glob(dir, "*.json")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no service authorization reference: the folder has no .json files; download them from %s", serviceFiles)
	}
	if len(names) > maxReferenceFiles {
		return nil, fmt.Errorf("%d files, more than the %d that a reference may have", len(names), maxReferenceFiles)
	}
	r := &Reference{services: map[string]*service{}}
	var problems diag.List
	for _, name := range names {
		text, err := readFile(dir, name)
		if err != nil {
			return nil, err
		}
		problems = append(problems, r.add(&diag.Source{Name: path.Base(name), Text: text})...)
	}
	return r, problems.Err()
}

// serviceFiles is where AWS publishes them.
const serviceFiles = "https://servicereference.us-east-1.amazonaws.com"

func readFile(dir fs.FS, name string) (string, error) {
	f, err := dir.Open(name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxReferenceBytes+1))
	if closing := f.Close(); err == nil {
		err = closing
	}
	return string(text), err
}

// add reads one file: a service, or the list of services.
func (r *Reference) add(src *diag.Source) diag.List {
	value, problems := jsonpos.Parse(src, jsonpos.Limits{Bytes: maxReferenceBytes, Depth: maxDepth})
	if problems != nil {
		return problems
	}
	if value.Kind() == jsonpos.Array {
		for item := range value.Items() {
			if name := text(member(item, "service")); name != "" {
				r.listed = append(r.listed, strings.ToLower(name))
			}
		}
		return nil
	}
	name := strings.ToLower(text(member(value, "Name")))
	if actions := member(value, "Actions"); name == "" || !actions.Exists() || actions.Kind() != jsonpos.Array {
		return diag.List{{
			Severity: diag.Error, Code: CodeReference, Summary: "no service authorization reference: Name and Actions are missing",
			Hint: "the files are at " + serviceFiles, Source: src, Span: opening(value.Span()),
		}}
	}
	r.services[name] = readService(name, value)
	return nil
}

// member gives a member of an object; the first one, if there are several.
func member(v jsonpos.Value, key string) jsonpos.Value {
	if v.Exists() {
		for m := range v.Members() {
			if m.Key == key {
				return m.Value
			}
		}
	}
	return jsonpos.Value{}
}

// text gives a string, and nothing for another value.
func text(v jsonpos.Value) string {
	if !v.Exists() || v.Kind() != jsonpos.String {
		return ""
	}
	return v.Text()
}

func texts(v jsonpos.Value) []string {
	var list []string
	if v.Exists() {
		for item := range v.Items() {
			if s := text(item); s != "" {
				list = append(list, s)
			}
		}
	}
	return list
}

func readService(name string, value jsonpos.Value) *service {
	s := &service{name: name, actions: map[string]*serviceAction{}, keys: map[string]conditions.KnownKey{}}
	for item := range value.Members() {
		switch item.Key {
		case "Actions":
			s.readActions(item.Value)
		case "Resources":
			s.readResources(item.Value)
		case "ConditionKeys":
			s.readKeys(item.Value)
		}
	}
	for _, a := range s.actions {
		for _, kind := range a.resources {
			for i := range s.resources {
				if s.resources[i].name == kind {
					a.addKeys(s.resources[i].keys)
				}
			}
		}
	}
	return s
}

func (s *service) readActions(list jsonpos.Value) {
	for item := range list.Items() {
		a := &serviceAction{name: text(member(item, "Name")), keys: map[string]bool{}}
		if a.name == "" {
			continue
		}
		a.addKeys(texts(member(item, "ActionConditionKeys")))
		if resources := member(item, "Resources"); resources.Exists() {
			for r := range resources.Items() {
				a.resources = append(a.resources, text(member(r, "Name")))
				// Some keys hold for an action on one type of resource only.
				a.addKeys(texts(member(r, "ConditionKeys")))
			}
		}
		s.actions[strings.ToLower(a.name)] = a
	}
}

func (a *serviceAction) addKeys(names []string) {
	for _, n := range names {
		base, _ := keyName(n)
		a.keys[strings.ToLower(base)] = true
	}
}

func (s *service) readResources(list jsonpos.Value) {
	for item := range list.Items() {
		t := resourceType{name: text(member(item, "Name")), keys: texts(member(item, "ConditionKeys"))}
		for _, f := range texts(member(item, "ARNFormats")) {
			if parsed, ok := newFormat(f); ok {
				t.formats = append(t.formats, parsed)
			}
		}
		s.resources = append(s.resources, t)
	}
}

func (s *service) readKeys(list jsonpos.Value) {
	for item := range list.Items() {
		base, named := keyName(text(member(item, "Name")))
		if base == "" {
			continue
		}
		k := conditions.KnownKey{Name: base, Named: named}
		for _, t := range texts(member(item, "Types")) {
			one, multi := strings.CutPrefix(t, "ArrayOf")
			k.Types |= keyTypes[strings.ToLower(one)]
			k.Multivalued = k.Multivalued || multi
		}
		s.keys[strings.ToLower(base)] = k
	}
}

// keyTypes are the types by the names that the files give them.
var keyTypes = map[string]conditions.KeyTypes{
	"string": conditions.StringKey, "arn": conditions.ARNKey, "bool": conditions.BoolKey, "boolean": conditions.BoolKey, "numeric": conditions.NumericKey, "long": conditions.NumericKey,
	"integer": conditions.NumericKey, "date": conditions.DateKey, "ipaddress": conditions.IPKey, "binary": conditions.BinaryKey,
}

// keyName cuts the placeholder of a key: aws:RequestTag/${TagKey} and
// kms:EncryptionContext:${EncryptionContextKey} are named by the user.
func keyName(name string) (base string, named bool) {
	i := strings.IndexAny(name, "$<")
	if i < 0 {
		return name, false
	}
	return name[:i], true
}

// newFormat reads arn:${Partition}:s3:::${BucketName}/${ObjectName}.
func newFormat(text string) (format, bool) {
	f := format{text: text}
	parts := arn.SplitPattern(text, arn.AllVariables)
	if len(parts) < arnParts {
		return f, false
	}
	for i, part := range parts {
		p := glob.Compile(part, glob.Variables)
		f.parts[i] = p.Loose()
	}
	return f, true
}

// Places of the parts that ARN_REGION looks at.
const (
	partRegion  = 3
	partAccount = 4
)

// overlaps tells whether an item may match an ARN of the format, some parts
// left out of account.
func (f *format) overlaps(r *resource, but ...int) bool {
	for i := range f.parts {
		if !slices.Contains(but, i) && !f.parts[i].Overlaps(&r.parts[i]) {
			return false
		}
	}
	return true
}

// fits tells whether an item may match a resource of the service.
func (s *service) fits(r *resource) bool {
	for i := range s.resources {
		if s.resources[i].fits(r) {
			return true
		}
	}
	return false
}

func (t *resourceType) fits(r *resource) bool {
	for i := range t.formats {
		if t.formats[i].overlaps(r) {
			return true
		}
	}
	return false
}

// service finds a service, given in lower case; nil if it is not there.
func (r *Reference) service(name string) *service {
	if r == nil {
		return nil
	}
	return r.services[name]
}

// matching gives the actions that an item of Action means; false if their
// service is not known.
func (r *Reference) matching(a *action) ([]*serviceAction, bool) {
	s := r.service(a.service)
	if s == nil {
		return nil, false
	}
	if name, exact := a.name.Literal(); exact {
		if found := s.actions[name]; found != nil {
			return []*serviceAction{found}, true
		}
		return nil, true
	}
	var list []*serviceAction
	for name, found := range s.actions {
		if a.name.Match(name, nil) {
			list = append(list, found)
		}
	}
	slices.SortFunc(list, func(a, b *serviceAction) int { return strings.Compare(a.name, b.name) })
	return list, true
}
