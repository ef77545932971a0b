package lint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// documentRules look at the document as a whole.
var documentRules = []Rule{
	{
		Code: "OLD_VERSION", Severity: diag.Warning, Rule: "PL-36", Page: pageVersion, document: oldVersion,
		Title: "Version 2008-10-17", Happens: "policy variables are plain text", Mend: `set "Version": "2012-10-17"`,
	}, {
		Code: "ID_NOT_ALLOWED", Severity: diag.Warning, Rule: "PL-39", Page: pageID, document: idNotAllowed,
		Title: "an Id in a policy that takes none", Happens: "the grammar does not allow it there; it has no effect", Mend: "remove it",
	}, {
		Code: "EMPTY_SID", Severity: diag.Suggestion, Rule: "PL-40", Page: pageSid, statement: emptySid,
		Title: "an empty Sid", Happens: "nothing; it names no statement", Mend: "name the statement, or remove the Sid",
	}, {
		Code: "POLICY_SIZE_NEAR", Severity: diag.Suggestion, Rule: "PL-34", Page: pageQuotas, document: sizeNear,
		Title: "a document within a tenth of its size quota", Happens: "a few more statements and AWS refuses to store it",
		Mend: "split it, or shorten it, before it has to grow",
	}, {
		Code: "INVALID_CHARACTER", Severity: diag.Error, Rule: "PL-18", Page: pageQuotas, document: invalidCharacter,
		Title: "a character that IAM does not store", Happens: "IAM refuses to store the document", Mend: "use characters up to U+00FF",
	}, {
		Code: "WHITE_SPACE", Severity: diag.Warning, Rule: "PL-17", Page: checks, statement: whiteSpace,
		Title: "white space at an end of a resource or a principal", Happens: "it is part of the name, so that nothing matches",
		Mend: "remove it",
	}, {
		Code: codeNotChecked, Severity: diag.Suggestion, Page: pageGrammar,
		Title: "a document too large to compare every statement with every other", Happens: "redundant and unreachable parts may be there and are not reported",
		Mend: "split the document",
	},
}

const codeNotChecked = "NOT_CHECKED"

func oldVersion(p *pass) {
	if v := p.doc.Version; v.Value == policy.Version2008 {
		p.report(v.Span, "the document has Version "+policy.Version2008, "")
	}
}

func idNotAllowed(p *pass) {
	switch p.doc.Kind {
	case policy.Identity, policy.Boundary, policy.Session:
		if p.doc.ID != nil {
			p.report(p.doc.ID.Span, "an Id does not belong in "+diag.WithArticle(p.doc.Kind.String()), "")
		}
	}
}

func emptySid(p *pass, s *statement) {
	if s.Sid != nil && s.Sid.Value == "" {
		p.report(s.Sid.Span, "the Sid is empty", "")
	}
}

// sizeNear speaks from nine tenths of the quota on; beyond it the parser does.
func sizeNear(p *pass) {
	n, quota := p.doc.Size()
	if n > quota*9/10 && n <= quota {
		p.report(opening(p.doc.Span), fmt.Sprintf("%d of the %d characters of %s are used", n, quota, diag.WithArticle(p.doc.Kind.String())), "")
	}
}

// invalidCharacter reports the first character that cannot be stored.
func invalidCharacter(p *pass) {
	switch p.doc.Kind {
	case policy.Identity, policy.Boundary, policy.Session, policy.Trust:
	default:
		return
	}
	from := p.doc.Span.Start
	for i, r := range p.doc.Source.Text[from:p.doc.Span.End] {
		if r > 0xff || r < ' ' && !strings.ContainsRune("\t\n\r", r) {
			at := diag.Span{Start: from + i, End: from + i + utf8.RuneLen(r)}
			p.report(at, fmt.Sprintf("%U is not stored by IAM", r), "")
			return
		}
	}
}

func whiteSpace(p *pass, s *statement) {
	look := func(t policy.Text, what string) {
		if t.Value != "" && strings.Trim(t.Value, " \t\r\n") != t.Value {
			p.report(t.Span, fmt.Sprintf("white space around the %s %s", what, quote(t.Value)), "")
		}
	}
	for i := range s.resources {
		look(s.resources[i].Text, "resource")
	}
	for _, n := range s.principals {
		look(n.Text, "principal")
	}
}
