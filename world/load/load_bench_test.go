package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall/rolecall/world/load"
)

// company is a world of about 60 MB: 100 accounts with 200 roles and 50 users
// each, in the form that a tool would write.
func company() string {
	var b strings.Builder
	b.WriteString("{\n  \"accounts\": {\n")
	for a := range 100 {
		fmt.Fprintf(&b, "    %q: {\n      \"groups\": {\"dev\": {\"policies\": {\"calls\": %s}}},\n      \"users\": {\n", accountName(a), statements("sts:AssumeRole", 2))
		for u := range 50 {
			fmt.Fprintf(&b, "        \"user-%d\": {\"groups\": [\"dev\"], \"tags\": {\"team\": \"t%d\"}}%s\n", u, u%7, comma(u, 50))
		}
		b.WriteString("      },\n      \"roles\": {\n")
		for r := range 200 {
			fmt.Fprintf(&b, `        "role-%d": {
          "path": "/team/",
          "trustPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::%s:root"}, "Condition": {"StringEquals": {"sts:ExternalId": "id-%d"}}}]},
          "policies": {"data": %s, "more": %s},
          "tags": {"team": "t%d", "env": "prod"}
        }%s
`, r, accountName(a+r), r, statements("s3:GetObject", 4), statements("dynamodb:Query", 4), r%7, comma(r, 200))
		}
		fmt.Fprintf(&b, "      }\n    }%s\n", comma(a, 100))
	}
	b.WriteString("  }\n}\n")
	return b.String()
}

func accountName(n int) string { return fmt.Sprintf("%012d", 100000000000+n%100) }

func comma(i, of int) string {
	if i+1 < of {
		return ","
	}
	return ""
}

// statements is a policy of some statements.
func statements(action string, n int) string {
	var b strings.Builder
	b.WriteString("{\n            \"Version\": \"2012-10-17\",\n            \"Statement\": [")
	for i := range n {
		fmt.Fprintf(&b, `
              {
                "Sid": "Statement%d",
                "Effect": "Allow",
                "Action": [%q, "kms:Decrypt", "logs:PutLogEvents"],
                "Resource": "arn:aws:s3:::bucket-%d/*",
                "Condition": {"StringEquals": {"aws:PrincipalTag/team": "t%d"}}
              }%s`, i, action, i, i, comma(i, n))
	}
	b.WriteString("\n            ]\n          }")
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	text := company()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if w, problems := load.Parse("world.json", text); w == nil {
			b.Fatal(problems[0])
		}
	}
}
