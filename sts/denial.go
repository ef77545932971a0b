package sts

import (
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
)

// refusal is the text of a denial without its reason (STS-66).
func refusal(arn, action, resource string) string {
	text := "User: " + arn + " is not authorized to perform: " + action
	if resource != "" && resource != "*" {
		text += " on resource: " + resource
	}
	return text
}

// denied makes the error of a decision that does not allow. The reason is told
// within one account only: across accounts it would tell about the other side
// (STS-67, CONTESTED).
func (c *call) denied(action, resource string, d eval.Decision) *Error {
	message := d.Message()
	if message == "" || d.CrossAccount() || !d.Reason.IsLayer() {
		message = refusal(c.who.arn, action, resource)
	}
	e := newError(AccessDenied, message)
	e.Action, e.Decision = action, &d
	e.Detail = detailOf(d)
	return e
}

// detailOf names what decided, for whoever may know.
func detailOf(d eval.Decision) string {
	if d.Outcome == eval.Conditional {
		return "the decision hinges on what the world does not hold; give the missing policies"
	}
	return "decided by " + d.Reason.String() + " (" + d.Outcome.String() + ")"
}

// ask demands that the caller may do something. A decision that is not a clear
// yes refuses.
func (c *call) ask(action, resource string, keys conditions.Context) *Error {
	d, err := c.decide(action, resource, keys)
	switch {
	case err != nil:
		return internal(err)
	case !d.Allowed():
		return c.denied(action, resource, d)
	default:
		return nil
	}
}
