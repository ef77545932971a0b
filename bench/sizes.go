package bench

import (
	"fmt"
	"strings"
)

// services is how many services the statements of [Sized] concern.
const services = 300

// Sized makes a workload of n statements, 10 a policy, over 300 services. The
// request concerns one service, and the one statement that allows it; the
// others differ from it in service, action or resource. The statements of a
// smaller workload are among those of a larger one.
func Sized(n int) *Workload {
	w := &Workload{Name: fmt.Sprintf("%d statements", n), Expected: "Allowed"}
	for at := 0; at < n; at += 10 {
		statements := make([]string, 0, 10)
		for i := at; i < min(n, at+10); i++ {
			statements = append(statements, sizedStatement(i))
		}
		w.IdentityPolicies = append(w.IdentityPolicies, Document{
			Name:     fmt.Sprintf("policy-%05d", at/10),
			Document: []byte(`{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",\n") + `]}`),
		})
	}
	w.Request.Principal.Type, w.Request.Principal.Account = "AWS", "111122223333"
	w.Request.Principal.ID = "arn:aws:iam::111122223333:role/app-backend"
	w.Request.Action = "service000:GetItem"
	w.Request.Resource = "arn:aws:service000:us-east-1:111122223333:table/orders-000000/item/42"
	w.Request.Context = map[string]string{
		"aws:SecureTransport": "true", "aws:SourceIp": "10.42.7.19", "aws:username": "data-platform", "aws:PrincipalOrgID": "o-acme123456",
	}
	return w
}

// sizedStatement makes statement i: every tenth is a Deny, every third has a
// condition.
func sizedStatement(i int) string {
	actions := []string{`"service%03[1]d:GetItem"`, `["service%03[1]d:Get*", "service%03[1]d:List*"]`, `"service%03[1]d:*"`, `"service%03[1]d:PutItem"`}
	effect, condition := "Allow", ""
	if i%10 == 9 {
		effect = "Deny"
	}
	if i%3 == 1 {
		condition = `, "Condition": {"StringEquals": {"aws:username": "data-platform"}}`
	}
	service := i % services
	action := fmt.Sprintf(actions[i/services%len(actions)], service)
	return fmt.Sprintf(`{"Sid": "S%06[2]d", "Effect": %[4]q, "Action": %[3]s,
		"Resource": ["arn:aws:service%03[1]d:*:111122223333:table/orders-%06[2]d/*", "arn:aws:service%03[1]d:*:111122223333:index/orders-%06[2]d"]%[5]s}`,
		service, i, action, effect, condition)
}
