package reach

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteDOT writes edges as a graph for Graphviz: conditional edges are dashed
// and labelled with what they hinge on.
func WriteDOT(w io.Writer, edges []Edge) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "digraph \"can assume\" {\n  rankdir=LR;\n  node [shape=box];")
	for _, e := range edges {
		attributes := ""
		if e.Verdict == Conditional {
			attributes = " [style=dashed, label=" + quoteDOT(e.label()) + "]"
		}
		fmt.Fprintf(out, "  %s -> %s%s;\n", quoteDOT(e.From), quoteDOT(e.To), attributes)
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// quoteDOT writes a string of the DOT language, in which only the quotation
// mark and the backslash need care.
func quoteDOT(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// WriteMermaid writes edges as a Mermaid flowchart.
func WriteMermaid(w io.Writer, edges []Edge) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "flowchart LR")
	ids := map[string]string{}
	node := func(name string) string {
		id, known := ids[name]
		if known {
			return id
		}
		id = "n" + strconv.Itoa(len(ids)+1)
		ids[name] = id
		return id + `["` + quoteMermaid(name) + `"]`
	}
	for _, e := range edges {
		arrow := "-->"
		if e.Verdict == Conditional {
			arrow = `-. "` + quoteMermaid(e.label()) + `" .->`
		}
		from := node(e.From)
		fmt.Fprintf(out, "  %s %s %s\n", from, arrow, node(e.To))
	}
	return out.Flush()
}

// quoteMermaid writes text of a label in Mermaid's entities, so that nothing in
// a name is read as its syntax or as HTML.
func quoteMermaid(s string) string {
	var out strings.Builder
	for _, c := range s {
		if strings.ContainsRune("\"<>&#;`|[]{}()", c) || c < ' ' {
			fmt.Fprintf(&out, "#%d;", c)
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}

// label says what a conditional edge hinges on.
func (e *Edge) label() string {
	ways := make([]string, len(e.Alternatives))
	for i, a := range e.Alternatives {
		ways[i] = a.String()
	}
	return strings.Join(ways, " or ")
}

// String gives the conditions joined by "and".
func (a Alternative) String() string {
	parts := make([]string, len(a))
	for i := range a {
		parts[i] = a[i].String()
	}
	return strings.Join(parts, " and ")
}

// String gives the condition in one line, such as
// `sts:ExternalId StringEquals "x"`.
func (c *Condition) String() string {
	if name := c.UnknownPolicy(); name != "" {
		return c.unknownText(name)
	}
	quoted := make([]string, len(c.Values))
	for i, v := range c.Values {
		quoted[i] = strconv.Quote(v)
	}
	text := c.Key + " " + c.Operator + " " + strings.Join(quoted, ", ")
	if c.Not {
		return "not (" + text + ")"
	}
	return text
}

func (c *Condition) unknownText(name string) string {
	if strings.Contains(c.Operator, "Not") || c.Not {
		return "the policies of " + name + ", which are not known, do not deny it"
	}
	return "the policies of " + name + ", which are not known, allow it"
}

// MarshalJSON gives {"key", "operator", "values"}, with "not" where the test
// must fail and "source" where it comes from.
func (c Condition) MarshalJSON() ([]byte, error) {
	values := c.Values
	if values == nil {
		values = []string{}
	}
	return json.Marshal(struct {
		Key      string   `json:"key"`
		Operator string   `json:"operator"`
		Values   []string `json:"values"`
		Not      bool     `json:"not,omitempty"`
		Source   string   `json:"source,omitempty"`
	}{c.Key, c.Operator, values, c.Not, c.Statement.Place()})
}

// WriteJSON writes edges as {"edges": [...]}, each with from, to, action,
// verdict and, of a conditional one, its alternatives.
func WriteJSON(w io.Writer, edges []Edge) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, `{"edges":[`)
	for i, e := range edges {
		if i > 0 {
			fmt.Fprint(out, ",")
		}
		line, err := json.Marshal(struct {
			From         string        `json:"from"`
			To           string        `json:"to"`
			Action       string        `json:"action"`
			Verdict      string        `json:"verdict"`
			Alternatives []Alternative `json:"alternatives,omitempty"`
		}{e.From, e.To, e.Action, e.Verdict.String(), e.Alternatives})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s", line)
	}
	fmt.Fprintln(out, "\n]}")
	return out.Flush()
}
