package sts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/world/load"
)

const exampleWorld = `
accounts:
  "111122223333":
    users:
      alice:
        accessKeys: [{id: AKIAEXAMPLEALICE0000, secret: exampleSecret}]
        policies:
          assume: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}
    roles:
      deploy:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}]}
        policies:
          s3: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
`

// After assuming this role with this session policy, may alice ...?
func Example() {
	w, problems := load.Parse("world.yaml", exampleWorld)
	if w == nil {
		fmt.Println(problems)
		return
	}
	service, err := sts.New(w, sts.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	alice, err := service.Lookup("AKIAEXAMPLEALICE0000", "")
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = service.AssumeRole(ctx, alice, &sts.AssumeRoleInput{
		RoleArn: new("arn:aws:iam::111122223333:role/deploy"), RoleSessionName: new("run 7"),
	})
	var failed *sts.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Status, failed.Code)
		fmt.Println(failed.Message)
	}

	out, err := service.AssumeRole(ctx, alice, &sts.AssumeRoleInput{
		RoleArn: new("arn:aws:iam::111122223333:role/deploy"), RoleSessionName: new("run-7"),
		Policy: new(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}`),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.AssumedRoleUser.Arn)

	session, err := service.Lookup(out.Credentials.AccessKeyId, out.Credentials.SessionToken)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, action := range []string{"s3:GetObject", "s3:PutObject"} {
		decision, err := service.Authorize(ctx, session, action, "arn:aws:s3:::example-bucket/key", conditions.Context{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(action, decision.Outcome, decision.Reason)
	}
	// Output:
	// 400 ValidationError
	// 1 validation error detected: Value 'run 7' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*
	// arn:aws:sts::111122223333:assumed-role/deploy/run-7
	// s3:GetObject allowed identity
	// s3:PutObject implicitDeny session
}
