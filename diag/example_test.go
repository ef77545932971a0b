package diag_test

import (
	"fmt"

	"github.com/rolecall/rolecall/diag"
)

func ExampleDiagnostic_Error() {
	source := &diag.Source{Name: "p.json", Text: "{\n  \"Acton\": \"s3:GetObject\"\n}"}
	d := diag.Diagnostic{
		Severity: diag.Error, Code: "UNKNOWN_ELEMENT", Summary: `unknown element "Acton"`,
		Hint:   diag.DidYouMean("Acton", []string{"Action", "Resource"}, "remove it"),
		Source: source, Span: diag.Span{Start: 4, End: 11},
	}
	fmt.Println(d.Error())
	// Output: p.json:2:3: UNKNOWN_ELEMENT: unknown element "Acton"; did you mean "Action"?
}
