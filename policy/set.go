package policy

import (
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/principal"
)

// Policy is a document with the name that results call it by.
type Policy struct {
	// Name tells the policy from others: a file, an attachment's name.
	Name string
	// ARN is the policy's ARN if it has one; messages name it (EV-164).
	ARN      string
	Document *Document
}

// Set is the compiled policies of one layer of a decision. It is immutable and
// safe for use by any number of goroutines. A nil *Set is an empty one.
type Set struct {
	policies   []Policy
	statements []statement
	// index serves a large set, actions a small one; nil if the other does, or if
	// every statement is asked.
	index   *index
	actions *actionTable
}

// Compile makes a set of policies.
func Compile(policies ...Policy) *Set {
	s := &Set{policies: policies}
	var c compiler
	n := c.makeRoom(policies)
	s.statements = make([]statement, 0, n)
	for i := range policies {
		d := policies[i].Document
		for j := range d.Statements {
			s.statements = append(s.statements, c.statement(d, i, j))
		}
	}
	if s.index = newIndex(s.statements); s.index == nil {
		s.actions = newActionTable(s.statements)
	}
	return s
}

// compiler makes statements. Their lists are cut out of one slice of each
// kind.
type compiler struct {
	actions   []actionPattern
	resources []resourcePattern
	// lower has the texts of all actions in lower case, buffer is for one of them.
	lower  strings.Builder
	buffer []byte
}

// makeRoom makes room for all statements of some policies, and counts them.
func (c *compiler) makeRoom(policies []Policy) (statements int) {
	actions, resources, letters := 0, 0, 0
	for i := range policies {
		for j := range policies[i].Document.Statements {
			st := &policies[i].Document.Statements[j]
			statements++
			actions += len(st.Action.Items)
			for k := range st.Action.Items {
				letters += len(st.Action.Items[k].Value)
			}
			if st.Resource != nil {
				resources += len(st.Resource.Items)
			}
		}
	}
	c.actions, c.resources = make([]actionPattern, actions), make([]resourcePattern, resources)
	c.lower.Grow(letters)
	return statements
}

// lowerCase gives a text in lower case.
func (c *compiler) lowerCase(text string) string {
	start := c.lower.Len()
	c.buffer = appendLower(c.buffer[:0], text)
	c.lower.Write(c.buffer)
	return c.lower.String()[start:]
}

// Policies gives the policies of the set. The slice must not be changed.
func (s *Set) Policies() []Policy {
	if s == nil {
		return nil
	}
	return s.policies
}

// statement is a compiled statement.
type statement struct {
	policy, index int // where it comes from
	deny          bool
	// everybody is set where principals do not matter: in policies without any, and
	// where Principal is "*".
	everybody bool
	// hasPrincipal is false for a statement that lacks one where its kind
	// wants one: it never applies (PL-31, EV-41).
	hasPrincipal bool
	principal    principal.Element

	notAction bool
	actions   []actionPattern

	// hasResource is false if there is neither Resource nor NotResource.
	hasResource bool
	notResource bool
	resources   []resourcePattern

	conditions conditions.Block
}

func (c *compiler) statement(d *Document, policy, index int) statement {
	src := &d.Statements[index]
	st := statement{policy: policy, index: index, deny: src.Effect == Deny, everybody: !d.Kind.hasPrincipal()}
	if src.Principal != nil {
		st.hasPrincipal = true
		st.principal = compilePrincipal(src.Principal)
		st.everybody = st.principal.Everybody()
	}
	st.notAction = src.Action.Not
	st.actions, c.actions = cut(c.actions, len(src.Action.Items))
	for i, t := range src.Action.Items {
		st.actions[i] = compileAction(c.lowerCase(t.Value))
	}
	if src.Resource != nil {
		st.hasResource, st.notResource = true, src.Resource.Not
		st.resources, c.resources = cut(c.resources, len(src.Resource.Items))
		for i, t := range src.Resource.Items {
			st.resources[i] = compileResource(t.Value, d.Kind, d.HasVariables())
		}
	}
	st.conditions = CompileCondition(src.Condition, d.HasVariables())
	return st
}

// cut takes the first n of some items.
func cut[T any](items []T, n int) (first, rest []T) { return items[:n:n], items[n:] }

func compilePrincipal(p *Principal) principal.Element {
	var entries []principal.Entry
	if p.Everyone {
		entries = append(entries, principal.Everyone())
	}
	for _, t := range p.Types {
		for _, v := range t.Values {
			// A document with an entry that has a problem was refused.
			entry, _ := principal.ParseEntry(t.Type, v.Value)
			entries = append(entries, entry)
		}
	}
	return principal.NewElement(entries, p.Not)
}

// CompileCondition compiles a Condition element. variables says whether the
// document's version knows policy variables; see [Document.HasVariables].
func CompileCondition(operators []ConditionOperator, variables bool) conditions.Block {
	n := 0
	for _, op := range operators {
		n += len(op.Keys)
	}
	if n == 0 {
		return conditions.Block{}
	}
	tests := make([]conditions.Test, 0, n)
	for _, op := range operators {
		for _, key := range op.Keys {
			values := make([]string, len(key.Values))
			for i, v := range key.Values {
				values[i] = v.Value
			}
			tests = append(tests, conditions.NewTest(op.Operator, key.Name.Value, values, variables))
		}
	}
	return conditions.NewBlock(tests)
}

// StatementRef names a statement of a set.
type StatementRef struct {
	// Policy is the policy that holds it.
	Policy *Policy
	// Index counts the statements of the document from 0.
	Index  int
	Sid    string
	Effect Effect
	// Source and Span are the place of the statement.
	Source *diag.Source
	Span   diag.Span
}

// Position gives the place where the statement begins.
func (r StatementRef) Position() diag.Position { return r.Source.Position(r.Span.Start) }

func (s *Set) ref(st *statement) StatementRef {
	p := &s.policies[st.policy]
	src := &p.Document.Statements[st.index]
	ref := StatementRef{
		Policy: p, Index: st.index, Effect: src.Effect,
		Source: p.Document.Source, Span: src.Span,
	}
	if src.Sid != nil {
		ref.Sid = src.Sid.Value
	}
	return ref
}

// Place gives the place as "file:line:column", and nothing for a statement
// that is part of the program.
func (r StatementRef) Place() string {
	if r.Source == nil {
		return ""
	}
	return r.Position().String()
}
