package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

//go:embed coverage.html
var page string

var pageTemplate = template.Must(template.New("coverage").Parse(page))

// HTML writes the policies under test with their source coloured by coverage:
// one file that asks for no other.
func HTML(out io.Writer, c *scenario.Coverage) error {
	p := htmlPage{}
	statements, conditions := c.Total()
	p.Statements, p.Conditions = newHTMLShare(statements), newHTMLShare(conditions)
	for _, s := range c.Statements() {
		p.add(s)
	}
	for _, f := range p.Files {
		f.colour()
	}
	return pageTemplate.Execute(out, p)
}

type htmlPage struct {
	Statements, Conditions htmlShare
	Files                  []*htmlFile
}

type htmlShare struct {
	Covered, Total int
	Percent        string
	Class          string
}

func newHTMLShare(s scenario.Share) htmlShare {
	class := covered
	if s.Covered < s.Total {
		class = partly
	}
	return htmlShare{s.Covered, s.Total, fmt.Sprintf("%.1f", s.Percent()), class}
}

// htmlFile is a text that statements stand in.
type htmlFile struct {
	Name   string
	ID     string
	Share  htmlShare
	Notes  []htmlNote
	Lines  []htmlLine
	source *diag.Source
	first  int // the number of its first line
	marks  []mark
	share  scenario.Share
}

// htmlNote tells of something that is not covered, with a link to its line.
type htmlNote struct {
	Class, Text, Line string
	Number            int
}

// htmlLine is a line of a file, or how many were left out.
type htmlLine struct {
	Number  int
	ID      string
	Parts   []htmlPart
	Skipped int
}

type htmlPart struct{ Class, Title, Text string }

// The classes of statements and conditions.
const (
	covered = "covered"
	partly  = "partly"
	missed  = "missed"
	dead    = "dead"
)

// mark colours a part of the text. Later marks lie within earlier ones.
type mark struct {
	span         diag.Span
	class, title string
}

// add adds a statement to the file that it stands in.
func (p *htmlPage) add(s *scenario.Statement) {
	src, span := s.Source.Shown(s.Span)
	name := s.Position().File
	i := slices.IndexFunc(p.Files, func(f *htmlFile) bool { return f.Name == name && f.source.Text == src.Text })
	if i < 0 {
		i = len(p.Files)
		p.Files = append(p.Files, &htmlFile{Name: name, ID: fmt.Sprintf("f%d", i+1), source: src, first: s.Source.Position(0).Line})
	}
	f := p.Files[i]
	m := mark{span: span, class: covered, title: fmt.Sprintf("decided %s", plural(s.Decided, "time"))}
	note := ""
	switch {
	case s.Dead != "":
		m.class, m.title = dead, s.Dead
		note = "is dead: " + s.Dead
	case !s.Covered():
		m.class, m.title = missed, "never decided"
		note = "never decided"
	}
	if s.Dead == "" {
		f.share.Total++
		if s.Covered() {
			f.share.Covered++
		}
	}
	f.marks = append(f.marks, m)
	if note != "" {
		f.note(m.class, htmlName(s)+" "+note, span)
	}
	for j := range s.Conditions {
		f.condition(s, &s.Conditions[j])
	}
}

func htmlName(s *scenario.Statement) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	if s.Sid != "" {
		name = s.Sid
	}
	return fmt.Sprintf("%s %s of %s (%s)", s.Effect, name, s.Policy.Name, s.Owner)
}

func (f *htmlFile) condition(s *scenario.Statement, c *scenario.Condition) {
	_, span := s.Source.Shown(c.Span)
	if s.Dead != "" || !s.Covered() {
		return
	}
	m := mark{span: span, class: covered, title: fmt.Sprintf("held %s, refused %s", plural(c.Held, "time"), plural(c.Refused, "time"))}
	if missing := missingSide(c); missing != "" {
		m.class, m.title = partly, missing
		f.note(partly, fmt.Sprintf("%s %s of %s %s", c.Operator, c.Key, htmlName(s), missing), span)
	}
	f.marks = append(f.marks, m)
}

func (f *htmlFile) lineOf(offset int) int {
	return f.first + strings.Count(f.source.Text[:min(offset, len(f.source.Text))], "\n")
}

func (f *htmlFile) note(class, text string, span diag.Span) {
	n := f.lineOf(span.Start)
	f.Notes = append(f.Notes, htmlNote{class, text, fmt.Sprintf("%s-%d", f.ID, n), n})
}

// around is how many lines before and after a statement are shown.
const around = 3

// colour cuts the text into lines and those into coloured parts.
func (f *htmlFile) colour() {
	f.Share = newHTMLShare(f.share)
	near := map[int]bool{}
	for _, m := range f.marks {
		for n := f.lineOf(m.span.Start) - around; n <= f.lineOf(m.span.End)+around; n++ {
			near[n] = true
		}
	}
	offset, skipped := 0, 0
	for i, line := range strings.SplitAfter(f.source.Text, "\n") {
		number := f.first + i
		if (near[number] || near[number-1] && near[number+1]) && line != "" {
			if skipped > 0 {
				f.Lines = append(f.Lines, htmlLine{Skipped: skipped})
			}
			skipped = 0
			f.Lines = append(f.Lines, htmlLine{Number: number, ID: fmt.Sprintf("%s-%d", f.ID, number), Parts: f.parts(offset, offset+len(line))})
		} else {
			skipped++
		}
		offset += len(line)
	}
}

// parts cuts a line where marks begin and end.
func (f *htmlFile) parts(start, end int) []htmlPart {
	line := f.source.Text[start:end]
	cuts := []int{start, start + len(line) - len(strings.TrimLeft(line, " \t")), end}
	for _, m := range f.marks {
		for _, at := range []int{m.span.Start, m.span.End} {
			if at > start && at < end {
				cuts = append(cuts, at)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var parts []htmlPart
	for i := range len(cuts) - 1 {
		part := htmlPart{Text: strings.TrimRight(f.source.Text[cuts[i]:cuts[i+1]], "\r\n")}
		for _, m := range f.marks {
			if m.span.Start <= cuts[i] && cuts[i] < m.span.End {
				part.Class, part.Title = m.class, m.title
			}
		}
		if strings.TrimSpace(part.Text) == "" {
			part.Class, part.Title = "", ""
		}
		parts = append(parts, part)
	}
	return parts
}
