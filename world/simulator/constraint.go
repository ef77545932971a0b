package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// constraints gathers what is wrong with an input. Other than STS, IAM does not
// repeat the value.
type constraints struct{ clauses []string }

const maxClauses = 200

func (c *constraints) add(path, must string) {
	if len(c.clauses) < maxClauses {
		c.clauses = append(c.clauses, "Value at '"+path+"' failed to satisfy constraint: Member must "+must)
	}
}

func (c *constraints) required(path string, there bool) {
	if !there {
		c.add(path, "not be null")
	}
}

// text holds a text to lengths in code points; an absent one passes.
func (c *constraints) text(path string, value *string, least, most int) {
	if value == nil {
		return
	}
	switch n := utf8.RuneCountInString(*value); {
	case n < least:
		c.add(path, "have length greater than or equal to "+strconv.Itoa(least))
	case n > most:
		c.add(path, "have length less than or equal to "+strconv.Itoa(most))
	}
}

func (c *constraints) texts(path string, list []string, least, most int) {
	for i := range list {
		c.text(path+"."+strconv.Itoa(i+1)+".member", &list[i], least, most)
	}
}

// err gives the error of all violations together.
func (c *constraints) err() error {
	n := len(c.clauses)
	if n == 0 {
		return nil
	}
	plural := "s"
	if n == 1 {
		plural = ""
	}
	return &Error{
		Code: "ValidationError", Status: http.StatusBadRequest,
		Message: strconv.Itoa(n) + " validation error" + plural + " detected: " + strings.Join(c.clauses, "; "),
	}
}

// Bounds of the API.
const (
	maxPolicy  = 131072
	maxARN     = 2048
	minSource  = 20
	maxResults = 1000
	// usualResults is how many results an answer has unless MaxItems says.
	usualResults = 100
)

// check holds the parameters of a simulation to their constraints.
func (in *Simulation) check(c *constraints) {
	c.required("actionNames", in.ActionNames != nil)
	c.texts("actionNames", in.ActionNames, 3, 128)
	c.text("callerArn", in.CallerArn, 1, maxARN)
	for i := range in.ContextEntries {
		e, path := &in.ContextEntries[i], "contextEntries."+strconv.Itoa(i+1)+".member."
		c.text(path+"contextKeyName", e.ContextKeyName, 5, 256)
		if e.ContextKeyType != nil {
			if _, known := contextTypes[strings.TrimSuffix(*e.ContextKeyType, listType)]; !known {
				c.add(path+"contextKeyType", "satisfy enum value set")
			}
		}
	}
	c.text("marker", in.Marker, 1, 320)
	if in.MaxItems != nil && *in.MaxItems < 1 {
		c.add("maxItems", "have value greater than or equal to 1")
	} else if in.MaxItems != nil && *in.MaxItems > maxResults {
		c.add("maxItems", "have value less than or equal to "+strconv.Itoa(maxResults))
	}
	c.texts("permissionsBoundaryPolicyInputList", in.PermissionsBoundaryPolicyInputList, 1, maxPolicy)
	c.texts("policyInputList", in.PolicyInputList, 1, maxPolicy)
	c.texts("resourceArns", in.ResourceArns, 1, maxARN)
	c.text("resourceHandlingOption", in.ResourceHandlingOption, 1, 64)
	c.text("resourceOwner", in.ResourceOwner, 1, maxARN)
	c.text("resourcePolicy", in.ResourcePolicy, 1, maxPolicy)
}
