package bench

import (
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// The policies of w8. Each has Deny statements that do not apply, so that
// every layer is looked at to its end.
const (
	scpRoot = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "Full", "Effect": "Allow", "Action": "*", "Resource": "*"},
		{"Sid": "StayInOrganization", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
		{"Sid": "NoRoot", "Effect": "Deny", "Action": "*", "Resource": "*",
			"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}]}`
	scpUnit = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "Full", "Effect": "Allow", "Action": "*", "Resource": "*"},
		{"Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*", "support:*"], "Resource": "*",
			"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}},
		{"Sid": "KeepTrail", "Effect": "Deny", "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], "Resource": "*"}]}`
	scpAccount = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "Services", "Effect": "Allow", "Action": ["s3:*", "sqs:*", "kms:*", "logs:*", "sts:*"], "Resource": "*"},
		{"Sid": "KeepBuckets", "Effect": "Deny", "Action": ["s3:DeleteBucket*", "s3:PutBucketPolicy"], "Resource": "arn:aws:s3:::acme-prod-*",
			"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin/*"}}}]}`
	rcp = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "OnlyOrganization", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
			"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-acme123456"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}},
		{"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
			"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}`
	bucketPolicy = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
			"Resource": ["arn:aws:s3:::acme-prod-data-lake", "arn:aws:s3:::acme-prod-data-lake/*"],
			"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
		{"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "s3:GetObject",
			"Resource": "arn:aws:s3:::acme-prod-data-lake/shared/*"},
		{"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["s3:GetObject", "s3:ListBucket"],
			"Resource": ["arn:aws:s3:::acme-prod-data-lake", "arn:aws:s3:::acme-prod-data-lake/*"]}]}`
	identity = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectTagging"], "Resource": "arn:aws:s3:::acme-prod-data-lake/curated/*"},
		{"Sid": "Queue", "Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:111122223333:ingest-*"},
		{"Sid": "NotRaw", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-prod-data-lake/raw/*"}]}`
	boundary = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "Services", "Effect": "Allow", "Action": ["s3:*", "sqs:*", "logs:*"], "Resource": "*"},
		{"Sid": "NoPolicies", "Effect": "Deny", "Action": ["s3:PutBucketPolicy", "s3:PutBucketAcl", "iam:*"], "Resource": "*"}]}`
	session = `{"Version": "2012-10-17", "Statement": [
		{"Sid": "Objects", "Effect": "Allow", "Action": "s3:*Object*", "Resource": "arn:aws:s3:::acme-prod-*"},
		{"Sid": "Network", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
			"Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}}}]}`
)

// layered makes w8: a role session with policies in every layer; allowed.
func layered() *Workload {
	w := &Workload{
		Name: "w8", Expected: "Allowed",
		Description: "identity, boundary, session, three levels of SCPs, RCP and resource policy, Deny statements in each; allow",
		layers:      layers,
	}
	w.Request.Principal.Type, w.Request.Principal.Account = "AWS", "111122223333"
	w.Request.Principal.ID = "arn:aws:sts::111122223333:assumed-role/app-backend/session"
	w.Request.Action, w.Request.ResourceAccount = "s3:GetObject", "111122223333"
	w.Request.Resource = "arn:aws:s3:::acme-prod-data-lake/curated/sales/2026/11/part-00042.parquet"
	w.Request.Context = map[string]string{
		"aws:CurrentTime": "2026-11-01T12:00:00Z", "aws:PrincipalOrgID": "o-acme123456", "aws:RequestedRegion": "us-east-1",
		"aws:SecureTransport": "true", "aws:SourceIp": "10.42.7.19", "aws:UserAgent": "aws-sdk-go-v2/1.30.0",
		"aws:userid": "AROAEXAMPLEID:session",
	}
	return w
}

func layers() (*eval.Policies, error) {
	var failed error
	set := func(kind policy.Kind, text string) *policy.Set {
		d, err := parse(text, kind)
		if err != nil {
			failed = err
			return nil
		}
		return policy.Compile(policy.Policy{Name: kind.String(), Document: d})
	}
	p := &eval.Policies{
		SCP:      []*policy.Set{set(policy.SCP, scpRoot), set(policy.SCP, scpUnit), set(policy.SCP, scpAccount)},
		RCP:      []*policy.Set{set(policy.RCP, rcp)},
		Resource: set(policy.Resource, bucketPolicy),
		Identity: set(policy.Identity, identity),
		Boundary: set(policy.Boundary, boundary),
		Session:  set(policy.Session, session),
	}
	return p, failed
}
