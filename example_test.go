package rolecall_test

import (
	"fmt"
	"log"

	"github.com/rolecall/rolecall"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
)

// Can alice production? It depends: on what, the answer says.
func ExampleWorld_CanAssume() {
	w := rolecall.Example()
	answer, err := w.CanAssume(reach.Question{From: "alice", To: "production"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Verdict)
	for _, c := range answer.Hops[0].Conditions() {
		fmt.Println("  if", &c)
	}

	var call reach.Call
	call.Context.Set(conditions.NewKey("sts:ExternalId"), conditions.Seen{Values: []string{"another"}})
	answer, err = w.CanAssume(reach.Question{From: "alice", To: "production", Call: call})
	if err != nil {
		log.Fatal(err)
	}
	refused, _ := answer.Hops[0].Deciding()
	fmt.Println(answer.Verdict, "because of the", refused.Decision.LayerName(refused.Decision.Reason))
	// Output:
	// conditional
	//   if sts:ExternalId StringEquals "release-train"
	//   if aws:MultiFactorAuthPresent Bool "true"
	// no because of the role trust policy
}

func ExampleWorld_WhoCanAssume() {
	list, err := rolecall.Example().WhoCanAssume("deploy", reach.Call{})
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range list {
		fmt.Println(a.Verdict, a.Principal)
	}
	// Output:
	// yes arn:aws:iam::222222222222:user/alice
	// yes arn:aws:iam::222222222222:user/carol
}

// May the web server read its bucket? All policies that are in force are looked
// at: those of the role, the SCPs over its account, the bucket's.
func ExampleWorld_Evaluate() {
	decision, err := rolecall.Example().Evaluate(world.Request{
		Principal: "arn:aws:sts::333333333333:assumed-role/web-server/i-0abc",
		Action:    "s3:PutObject",
		Resource:  "arn:aws:s3:::example-assets/logo.png",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(decision.Outcome)
	fmt.Println(decision.Message())
	// Output:
	// implicitDeny
	// User: arn:aws:sts::333333333333:assumed-role/web-server/i-0abc is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::example-assets/logo.png because no identity-based policy allows the s3:PutObject action
}

// What if the role trusted carol alone? The changed world shares all that did
// not change.
func ExampleWorld_With() {
	w := rolecall.Example()
	trust, problems := policy.Parse(&diag.Source{Name: "trust.json", Text: `{"Version": "2012-10-17", "Statement": {
	  "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::222222222222:user/carol"}}}`},
		policy.Options{Kind: policy.Trust})
	if trust == nil {
		log.Fatal(problems)
	}
	changed, err := w.With(world.PutRole("333333333333", world.Role{Name: "deploy", Trust: trust}))
	if err != nil {
		log.Fatal(err)
	}
	for _, each := range []*rolecall.World{w, changed} {
		list, err := each.WhoCanAssume("deploy", reach.Call{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(list), "can assume it, the last is", list[len(list)-1].Principal)
	}
	// Output:
	// 2 can assume it, the last is arn:aws:iam::222222222222:user/carol
	// 1 can assume it, the last is arn:aws:iam::222222222222:user/carol
}
