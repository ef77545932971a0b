package lint

import (
	"strings"

	"github.com/rolecall/rolecall/policy"
)

// The statements of these cases are as small as their rule lets them be, so
// that most have other findings too.
const (
	get      = `"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"`
	gitHub   = `"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"`
	gitLab   = `"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"`
	google   = `"Federated": "accounts.google.com"`
	saml     = `"Federated": "arn:aws:iam::111122223333:saml-provider/adfs"`
	web      = `"sts:AssumeRoleWithWebIdentity"`
	withSAML = `"sts:AssumeRoleWithSAML"`
	assume   = `"sts:AssumeRole"`
	first    = "Statement[0]."
	cond     = "Statement[0].Condition."
)

var samples = append(append(append(refusalSamples, structureSamples...), conditionSamples...), accessSamples...)

// refusalSamples: the near misses are in the tests of the parser.
var refusalSamples = []sample{
	{"JSON_SYNTAX", policy.Identity, `{`, "", nil},
	{"UNKNOWN_ELEMENT", policy.Identity, allow(`"Acton": "x", ` + get), first + "Acton", nil},
	{"DUPLICATE_KEY", policy.Identity, allow(`"Effect": "Deny", ` + get), first + "Effect", nil},
	{"DATA_TYPE", policy.Identity, allow(`"Sid": 1, ` + get), first + "Sid", nil},
	{"EXCLUSIVE_ELEMENTS", policy.Identity, allow(`"NotAction": "s3:*", ` + get), first + "NotAction", nil},
	{"MISSING_STATEMENT", policy.Identity, `{"Version": "2012-10-17"}`, "", nil},
	{"MISSING_EFFECT", policy.Identity, with(`{` + get + `}`), "Statement[0]", nil},
	{"EFFECT", policy.Identity, with(`{"Effect": "allow", ` + get + `}`), first + "Effect", nil},
	{"MISSING_ACTION", policy.Identity, allow(`"Resource": "*"`), "Statement[0]", nil},
	{"MISSING_RESOURCE", policy.Identity, allow(`"Action": "s3:GetObject"`), "Statement[0]", nil},
	{"VERSION", policy.Identity, `{"Version": "2012", "Statement": {"Effect": "Allow", ` + get + `}}`, "Version", nil},
	{"SID_CHARACTERS", policy.Identity, allow(`"Sid": "a b", ` + get), first + "Sid", nil},
	{"RCP_EFFECT", policy.RCP, allow(`"Principal": "*", ` + get), first + "Effect", nil},
	{"RCP_PRINCIPAL", policy.RCP, deny(`"Principal": {"AWS": "*"}, ` + get), first + "Principal", nil},
	{"RCP_ACTION", policy.RCP, deny(`"Principal": "*", "Action": "*", "Resource": "*"`), first + "Action", nil},
	{"PRINCIPAL_NOT_ALLOWED", policy.Identity, allow(`"Principal": "*", ` + get), first + "Principal", nil},
	{"NOTPRINCIPAL_NOT_ALLOWED", policy.Trust, deny(`"NotPrincipal": {"AWS": "111122223333"}, "Action": ` + assume), first + "NotPrincipal", nil},
	{"RESOURCE_NOT_ALLOWED", policy.Trust, allow(`"Principal": {"AWS": "111122223333"}, "Resource": "*", "Action": ` + assume), first + "Resource", nil},
	{"NOTACTION_NOT_ALLOWED", policy.RCP, deny(`"Principal": "*", "NotAction": "s3:*", "Resource": "*"`), first + "NotAction", nil},
	{"PRINCIPAL_FORMAT", policy.Resource, allow(`"Principal": {"AWS": "bob"}, ` + get), first + "Principal.AWS", nil},
	{"PRINCIPAL_KEY", policy.Resource, allow(`"Principal": {"aws": "111122223333"}, ` + get), first + "Principal.aws", nil},
	{"PRINCIPAL_WILDCARD", policy.Resource, allow(`"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}, ` + get), first + "Principal.AWS", nil},
	{"TRUST_PRINCIPAL_STAR", policy.Trust, allow(`"Principal": "*", "Action": ` + assume), first + "Principal", nil},
	{"ACTION_VENDOR", policy.Identity, allow(`"Action": "s*:Get", "Resource": "*"`), first + "Action", nil},
	{"RESOURCE_FORMAT", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "b"`), first + "Resource", nil},
	{"CONDITION_OPERATOR", policy.Identity, when(`"StringEqual": {"aws:userid": "x"}`), cond + "StringEqual", nil},
	{"NULL_IFEXISTS", policy.Identity, when(`"NullIfExists": {"aws:userid": "true"}`), cond + "NullIfExists", nil},
	{"CONDITION_KEY_FORMAT", policy.Identity, when(`"StringEquals": {"userid": "x"}`), cond + "StringEquals.userid", nil},
}

// structureSamples: documents, statements, actions, resources.
var structureSamples = []sample{
	{"MISSING_VERSION", policy.Identity, `{"Statement": {"Effect": "Allow", ` + get + `}}`, "", []string{allow(get)}},
	{"OLD_VERSION", policy.Identity, `{"Version": "2008-10-17", "Statement": {"Effect": "Allow", ` + get + `}}`, "Version", []string{allow(get), `{"Statement": {"Effect": "Allow", ` + get + `}}`}},
	{"ID_NOT_ALLOWED", policy.Identity, `{"Version": "2012-10-17", "Id": "x", "Statement": {"Effect": "Allow", ` + get + `}}`, "Id", []string{allow(get)}},
	{"EMPTY_SID", policy.Identity, allow(`"Sid": "", ` + get), first + "Sid", []string{allow(get), allow(`"Sid": "A", ` + get)}},
	{"POLICY_SIZE", policy.Identity, allow(`"Sid": "` + strings.Repeat("a", 6100) + `", ` + get), "", []string{allow(`"Sid": "` + strings.Repeat("a", 6000) + `", ` + get)}},
	{"POLICY_SIZE_NEAR", policy.Identity, allow(`"Sid": "` + strings.Repeat("a", 5600) + `", ` + get), "", []string{allow(`"Sid": "` + strings.Repeat("a", 5200) + `", ` + get), allow(`"Sid": "` + strings.Repeat("a", 6100) + `", ` + get)}},
	{"INVALID_CHARACTER", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/–"`), first + "Resource", []string{allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/ü"`)}},
	{"WHITE_SPACE", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k "`), first + "Resource", []string{allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/a b"`)}},
	{"EMPTY_LIST", policy.Identity, allow(`"Action": [], "Resource": "*"`), first + "Action", []string{allow(get)}},
	{"EMPTY_LIST", policy.Identity, when(`"Bool": {}`), cond + "Bool", []string{when(`"Bool": {"aws:SecureTransport": "true"}`)}},
	{"ACTION_STAR_STAR", policy.Identity, allow(`"Action": "*:*", "Resource": "*"`), first + "Action", []string{allow(`"Action": "*", "Resource": "*"`)}},
	{"ACTION_FORMAT", policy.Identity, allow(`"Action": ["s3:Get Object"], "Resource": "*"`), first + "Action[0]", []string{allow(get)}},
	{"MISSING_PRINCIPAL", policy.Resource, allow(get), "Statement[0]", []string{allow(`"Principal": {"AWS": "111122223333"}, ` + get)}},
	{"SID_DUPLICATE", policy.SCP, with(`{"Sid": "a", "Effect": "Deny", ` + get + `}, {"Sid": "a", "Effect": "Allow", ` + get + `}`), "Statement[1].Sid", []string{with(`{"Sid": "a", "Effect": "Deny", ` + get + `}, {"Sid": "b", "Effect": "Allow", ` + get + `}`)}},

	{"REDUNDANT_ACTION", policy.Identity, allow(`"Action": ["s3:GetObject", "S3:get*"], "Resource": "arn:aws:s3:::b/*"`), first + "Action[0]", []string{allow(`"Action": ["s3:GetObject", "s3:List*"], "Resource": "*"`), allow(`"Action": ["s3:*", "s3-object-lambda:GetObject", "s3:Get Object", "s3:"], "Resource": "*"`)}},
	{"REDUNDANT_ACTION", policy.Identity, allow(`"Action": ["s3:GetObject", "s3:GetObject", "s3:getobject"], "Resource": "*"`), first + "Action[1] " + first + "Action[2]", []string{allow(`"Action": ["s3:Get?bject", "s3:GetObject?"], "Resource": "*"`)}},
	{"REDUNDANT_RESOURCE", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/x/*", "arn:aws:s3:::b/*"]`), first + "Resource[0]", []string{
		allow(`"Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]`),
		allow(`"Action": "s3:*", "Resource": ["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:userid}"]`),
		allow(`"Action": "s3:*", "Resource": ["arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:eu-west-1:*:q"]`),
	}},
	{"REDUNDANT_VALUE", policy.Identity, when(`"StringEquals": {"aws:userid": ["a", "b", "a"]}`), cond + "StringEquals.aws:userid[2]", []string{when(`"StringEquals": {"aws:userid": ["a", "A"]}`)}},
	{"REDUNDANT_VALUE", policy.Identity, when(`"NumericLessThan": {"aws:MultiFactorAuthAge": ["300", "600"]}`), cond + "NumericLessThan.aws:MultiFactorAuthAge", []string{when(`"NumericEquals": {"aws:MultiFactorAuthAge": ["300", "600"]}`)}},
	{"REDUNDANT_VALUE", policy.Identity, when(`"StringLike": {"aws:userid": ["*", "a"]}`), cond + "StringLike.aws:userid", []string{when(`"StringEquals": {"aws:userid": ["*", "a"]}`)}},
	{"REDUNDANT_STATEMENT", policy.Identity, with(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k", "Condition": {` + orgOnly + `}}, {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}`), "Statement[0]", []string{
		with(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}, {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {` + orgOnly + `}}`),
		with(`{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}, {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}`),
		with(`{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}, {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}`),
		with(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}, {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}`),
	}},
	{"REDUNDANT_STATEMENT", policy.Identity, with(`{"Effect": "Deny", "NotAction": ["s3:*", "ec2:*"], "Resource": "*"}, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}`), "Statement[0]", []string{
		with(`{"Effect": "Deny", "NotAction": ["ec2:*"], "Resource": "*"}, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}`),
	}},
	{"REDUNDANT_STATEMENT", policy.Identity, with(`{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}`), "Statement[1]", []string{
		with(`{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": ["ec2:*", "s3:GetObject"], "Resource": "*"}`),
	}},
	{"REDUNDANT_STATEMENT", policy.Resource, with(`{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/a"}, ` + get + `}, {"Effect": "Allow", "Principal": {"AWS": ["444455556666", "arn:aws:iam::111122223333:role/a"]}, ` + get + `}`), "Statement[0]", []string{
		with(`{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/a"}, ` + get + `}, {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, ` + get + `}`),
	}},
	{"REDUNDANT_STATEMENT", policy.Resource, with(`{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/a"}, ` + get + `}, {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, ` + get + `}`), "Statement[0]", []string{
		with(`{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/a"}, ` + get + `}, {"Effect": "Deny", "Principal": {"AWS": "444455556666"}, ` + get + `}`),
		with(`{"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, ` + get + `}, {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, ` + get + `}`),
	}},
	{"UNREACHABLE_STATEMENT", policy.Identity, with(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}`), "Statement[0]", []string{
		with(`{"Effect": "Allow", "Action": ["s3:GetObject", "ec2:RunInstances"], "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}`),
		with(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {` + orgOnly + `}}`),
		with(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}`),
	}},
	{"UNREACHABLE_STATEMENT", policy.Resource, with(`{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, ` + get + `}, {"Effect": "Deny", "Principal": "*", ` + get + `}`), "Statement[0]", []string{
		with(`{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, ` + get + `}, {"Effect": "Deny", "Principal": {"AWS": "444455556666"}, ` + get + `}`),
	}},
	{"UNREACHABLE_STATEMENT", policy.Identity, deny(`"NotAction": "*", "Resource": "*"`), "Statement[0]", []string{deny(`"NotAction": "s3:*", "Resource": "*"`), deny(`"Action": "s3:*", "NotResource": "arn:aws:s3:::b"`)}},
	{"UNREACHABLE_STATEMENT", policy.Identity, deny(`"Action": "s3:*", "NotResource": ["arn:aws:s3:::b", "*"]`), "Statement[0]", []string{deny(`"Action": "s3:*", "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::*"]`)}},
	{"CONDITION_NEVER_TRUE", policy.Identity, when(`"StringEquals": {"aws:userid": ["a", "b"]}, "StringLike": {"aws:userid": "c*"}`), cond + "StringEquals.aws:userid", []string{
		when(`"StringEquals": {"aws:userid": ["a", "c1"]}, "StringLike": {"aws:userid": "c*"}`),
		when(`"StringEquals": {"aws:userid": "a"}, "StringLike": {"aws:username": "c*"}`),
		when(`"StringEquals": {"aws:userid": "a"}, "StringLike": {"aws:userid": "${aws:username}"}`),
		when(`"StringEqualsIfExists": {"aws:userid": "a"}, "StringLikeIfExists": {"aws:userid": "c*"}`),
	}},
	{"CONDITION_NEVER_TRUE", policy.Identity, when(`"Null": {"aws:userid": "true"}, "StringLike": {"aws:userid": "c*"}`), cond + "Null.aws:userid", []string{
		when(`"Null": {"aws:userid": "true"}, "StringNotLike": {"aws:userid": "c*"}`), when(`"Null": {"aws:userid": "false"}, "StringLike": {"aws:userid": "c*"}`),
	}},

	{"SHORT_ARN", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3"`), first + "Resource", []string{allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:*"`)}},
	{"ARN_PARTITION", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:was:s3:::b/*"`), first + "Resource", []string{allow(`"Action": "s3:GetObject", "Resource": ["arn:aws-us-gov:s3:::b/*", "arn:*:s3:::b/*"]`)}},
	{"ARN_ACCOUNT", policy.Identity, allow(`"Action": "sqs:*", "Resource": "arn:aws:sqs:eu-west-1:11112222333:q"`), first + "Resource", []string{allow(`"Action": "sqs:*", "Resource": ["arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:sqs:eu-west-1:1111*:q", "arn:aws:iam::aws:policy/x", "arn:aws:s3:::b"]`)}},
	{"ARN_REGION", policy.Identity, allow(`"Action": "iam:GetUser", "Resource": "arn:aws:iam:us-east-1:111122223333:user/a"`), first + "Resource", []string{allow(`"Action": "iam:GetUser", "Resource": ["arn:aws:iam::111122223333:user/a", "arn:aws:iam:*:*:user/a"]`)}},
	{"ARN_REGION", policy.Identity, allow(`"Action": "iam:GetUser", "Resource": "arn:aws:iam:::user/a"`), first + "Resource", []string{allow(`"Action": "iam:GetUser", "Resource": "arn:aws:iam::*:user/a"`)}},
	{"ARN_REGION", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:eu-west-1:111122223333:b/*"`), first + "Resource", []string{allow(`"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:eu-west-1:111122223333:accesspoint/a"]`)}},
	{"ARN_SERVICE_CASE", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:aws:S3:::b/*"`), first + "Resource", []string{allow(get)}},
	{"WILDCARD_SERVICE", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s*:::b/*"`), first + "Resource", []string{allow(get)}},
	{"WILDCARD_RESOURCE_TYPE", policy.Identity, allow(`"Action": "iam:GetUser", "Resource": "arn:aws:iam::111122223333:u*"`), first + "Resource", []string{allow(`"Action": "iam:GetUser", "Resource": ["arn:aws:iam::111122223333:user/*", "arn:aws:iam::111122223333:*", "arn:aws:s3:::b*"]`)}},
	{"ARN_FORMAT", policy.Identity, allow(`"Action": "ec2:StopInstances", "Resource": "arn:aws:ec2:eu-west-1:111122223333:instances/i-1"`), first + "Resource", []string{allow(`"Action": "ec2:StopInstances", "Resource": ["arn:aws:ec2:eu-west-1:111122223333:instance/i-1", "arn:aws:ec2:*:*:*", "arn:aws:sqs:a:b:c"]`)}},

	{"UNKNOWN_SERVICE", policy.Identity, allow(`"Action": ["sqss:SendMessage"], "Resource": "*"`), first + "Action[0]", []string{allow(`"Action": ["sqs:SendMessage", "*"], "Resource": "*"`)}},
	{"UNKNOWN_ACTION", policy.Identity, allow(`"Action": ["s3:GetObjects"], "Resource": "*"`), first + "Action[0]", []string{allow(`"Action": ["s3:getobject", "s3:Get*", "sqs:Unknown"], "Resource": "*"`)}},
	{"UNKNOWN_ACTION", policy.Identity, deny(`"NotAction": ["s3:Gets*"], "Resource": "*"`), first + "NotAction[0]", []string{deny(`"NotAction": ["s3:Get*"], "Resource": "*"`)}},
	{"NOT_IN_REFERENCE", policy.Identity, allow(`"Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": "*"`), first + "Action[0]", []string{allow(get), allow(`"Action": "sqss:X", "Resource": "*"`)}},
	{"RESOURCE_MISMATCH", policy.Identity, allow(`"Action": ["s3:GetObject", "s3:ListAllMyBuckets"], "Resource": "arn:aws:s3:::b/*"`), first + "Action[1]", []string{allow(`"Action": ["s3:GetObject", "s3:ListAllMyBuckets"], "Resource": ["arn:aws:s3:::b/*", "*"]`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::b/*"`)}},
	{"RESOURCE_MISMATCH", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]`), first + "Resource[0]", []string{allow(`"Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]`), allow(`"Action": ["s3:GetObject", "sqs:X"], "Resource": "arn:aws:s3:::b"`)}},
	{"RESOURCE_STAR", policy.Identity, allow(`"Action": ["s3:GetObject", "ec2:StopInstances"], "Resource": "*"`), "Statement[0]", []string{allow(`"Action": ["s3:GetObject", "ec2:DescribeInstances"], "Resource": "*"`), allow(get)}},
}

var conditionSamples = []sample{
	{"TYPE_MISMATCH_VALUE", policy.Identity, when(`"NumericEquals": {"aws:MultiFactorAuthAge": "ten"}`), cond + "NumericEquals.aws:MultiFactorAuthAge", []string{when(`"NumericEquals": {"aws:MultiFactorAuthAge": 10}`)}},
	{"TAG_KEY_MISSING", policy.Identity, when(`"StringEquals": {"aws:PrincipalTag/": "x"}`), cond + "StringEquals.aws:PrincipalTag/", []string{when(`"StringEquals": {"aws:PrincipalTag/team": "x"}`)}},
	{"VARIABLE_IN_OLD_VERSION", policy.Identity, `{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}"}}`, "Statement.Resource", []string{allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}"`)}},
	{"VARIABLE_IN_OPERATOR", policy.Identity, when(`"Bool": {"aws:SecureTransport": "${aws:ViaAWSService}"}`), cond + "Bool.aws:SecureTransport", []string{when(`"StringEquals": {"aws:userid": "${aws:username}"}`)}},
	{"VARIABLE_POSITION", policy.Identity, allow(`"Action": "s3:${username}", "Resource": "*"`), first + "Action", []string{allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}"`)}},
	{"VARIABLE_POSITION", policy.Identity, when(`"StringEquals": {"aws:PrincipalTag/${aws:username}": "x"}`), cond + "StringEquals.aws:PrincipalTag/${aws:username}", []string{when(`"StringEquals": {"aws:PrincipalTag/x": "${aws:username}"}`)}},
	{"VARIABLE_BRACE", policy.Identity, when(`"StringEquals": {"aws:userid": "${aws:username"}`), cond + "StringEquals.aws:userid", []string{when(`"StringEquals": {"aws:userid": "${aws:username}"}`)}},
	{"VARIABLE_EMPTY", policy.Identity, when(`"StringEquals": {"aws:userid": "${}"}`), cond + "StringEquals.aws:userid", []string{when(`"StringEquals": {"aws:userid": "${$}"}`)}},
	{"VARIABLE_SPACE", policy.Identity, when(`"StringEquals": {"aws:userid": "${aws: username}"}`), cond + "StringEquals.aws:userid", []string{when(`"StringEquals": {"aws:userid": "${aws:username, 'a b'}"}`)}},
	{"VARIABLE_QUOTE", policy.Identity, when(`"StringEquals": {"aws:userid": "${aws:username, x}"}`), cond + "StringEquals.aws:userid", []string{when(`"StringEquals": {"aws:userid": "${aws:username, 'x'}"}`)}},
	{"VARIABLE_MULTIVALUED", policy.Identity, when(`"StringEquals": {"aws:userid": "${aws:TagKeys}"}`), cond + "StringEquals.aws:userid", []string{when(`"StringEquals": {"aws:userid": "${aws:PrincipalTag/team}"}`)}},
	{"VARIABLE_MULTIVALUED", policy.Identity, allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:CalledVia}"`), first + "Resource", []string{allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:CalledViaFirst}"`)}},

	{"WILDCARD_WITHOUT_LIKE", policy.Identity, when(`"StringEquals": {"aws:userid": ["x", "admin-*"]}`), cond + "StringEquals.aws:userid[1]", []string{when(`"StringLike": {"aws:userid": "admin-*"}`), when(`"StringEquals": {"aws:userid": "admin-${*}"}`), when(`"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}`)}},
	{"SENSITIVE_KEY_WILDCARD", policy.Identity, when(`"StringLike": {"aws:PrincipalOrgID": "o-*"}`), cond + "StringLike.aws:PrincipalOrgID", []string{when(orgOnly), when(`"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*"}`)}},
	{"MULTIPLE_BOOLEAN", policy.Identity, when(`"Bool": {"aws:SecureTransport": ["true", "False"]}`), cond + "Bool.aws:SecureTransport", []string{when(`"Bool": {"aws:SecureTransport": ["true"]}`)}},
	{"DATE_FORMAT", policy.Identity, when(`"DateLessThan": {"aws:CurrentTime": ["1795262400", "1795262400000", "2026-11-21T12:00:00"]}`), cond + "DateLessThan.aws:CurrentTime[0] " + cond + "DateLessThan.aws:CurrentTime[1] " + cond + "DateLessThan.aws:CurrentTime[2]", []string{when(`"DateLessThan": {"aws:CurrentTime": ["2026", "2026-11-21", "2026-11-21T12:00:00Z"]}`), when(`"DateLessThan": {"aws:EpochTime": "1795262400"}`)}},
	{"IP_HOST_BITS", policy.Identity, when(`"IpAddress": {"aws:SourceIp": "203.0.113.77/24"}`), cond + "IpAddress.aws:SourceIp", []string{when(`"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "203.0.113.77", "2001:db8::/32"]}`)}},
	{"PRIVATE_IP", policy.Identity, denyWhen(`"NotIpAddress": {"aws:SourceIp": "10.1.0.0/16"}`), cond + "NotIpAddress.aws:SourceIp", []string{when(`"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0", "8.0.0.0/5"]}`), when(`"IpAddress": {"aws:VpcSourceIp": "10.1.0.0/16"}`)}},
	{"VPC_FORMAT", policy.Identity, when(`"StringEquals": {"aws:SourceVpc": "vpc-123"}`), cond + "StringEquals.aws:SourceVpc", []string{when(`"StringEquals": {"aws:SourceVpc": ["vpc-0123abcd", "vpc-0123456789abcdef0"]}`)}},
	{"VPCE_FORMAT", policy.Identity, when(`"StringEquals": {"aws:SourceVpce": "vpc-0123abcd"}`), cond + "StringEquals.aws:SourceVpce", []string{when(`"StringEquals": {"aws:SourceVpce": ["vpce-0123abcd"]}`)}},
	{"SERVICE_PRINCIPAL_FORMAT", policy.Identity, when(`"StringEquals": {"iam:PassedToService": ["lambda", "EC2.amazonaws.com"]}`), cond + "StringEquals.iam:PassedToService[0] " + cond + "StringEquals.iam:PassedToService[1]", []string{when(`"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}`), when(`"StringLike": {"iam:PassedToService": "*.amazonaws.com"}`)}},
	{"SERVICE_PRINCIPAL_FORMAT", policy.Trust, trust(`"Service": "ec2"`, assume, ``), first + "Principal.Service", []string{trust(`"Service": ["ec2.amazonaws.com", "alexa-appkit.amazon.com", "s3.eu-south-1.amazonaws.com"]`, assume, ``)}},

	{"FORALLVALUES_ALLOW", policy.Identity, when(`"ForAllValues:StringEquals": {"aws:TagKeys": "team"}`), cond + "ForAllValues:StringEquals", []string{
		when(`"ForAllValues:StringEquals": {"aws:TagKeys": "team"}, "Null": {"aws:TagKeys": "false"}`), when(`"ForAllValues:StringEquals": {"aws:TagKeys": "team"}, "ForAnyValue:StringLike": {"aws:TagKeys": "t*"}`),
		denyWhen(`"ForAllValues:StringEquals": {"aws:TagKeys": "team"}`), when(`"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}`),
	}},
	{"FORALLVALUES_ALLOW", policy.Identity, when(`"ForAllValues:StringEquals": {"aws:TagKeys": "team"}, "Null": {"aws:TagKeys": "true"}`), cond + "ForAllValues:StringEquals", []string{when(`"Null": {"aws:TagKeys": "false"}`)}},
	{"FORALLVALUES_SINGLE", policy.Identity, when(`"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}`), cond + "ForAllValues:StringEquals", []string{when(`"ForAllValues:StringEquals": {"aws:TagKeys": "team"}`), when(`"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}`)}},
	{"MISSING_QUALIFIER", policy.Identity, when(`"StringEquals": {"aws:TagKeys": "team"}`), cond + "StringEquals", []string{when(`"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}`), when(`"Null": {"aws:TagKeys": "false"}`), when(orgOnly)}},
	{"MISSING_QUALIFIER", policy.Identity, when(`"StringEquals": {"s3:RequestObjectTagKeys": "team"}`), cond + "StringEquals", []string{when(`"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": "team"}`)}},
	{"NULL_WITH_QUALIFIER", policy.Identity, when(`"ForAllValues:Null": {"aws:TagKeys": "false"}`), cond + "ForAllValues:Null", []string{when(`"Null": {"aws:TagKeys": "false"}`)}},
	{"IFEXISTS_NEGATED", policy.Identity, denyWhen(`"StringNotEqualsIfExists": {"aws:userid": "x"}`), cond + "StringNotEqualsIfExists", []string{denyWhen(`"StringEqualsIfExists": {"aws:userid": "x"}`), denyWhen(`"StringNotEquals": {"aws:userid": "x"}`)}},
	{"MFA_BOOL_DENY", policy.Identity, denyWhen(`"Bool": {"aws:multifactorauthpresent": "false"}`), cond + "Bool", []string{denyWhen(`"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}`), when(`"Bool": {"aws:MultiFactorAuthPresent": "true"}`)}},
	{"MFA_IFEXISTS_ALLOW", policy.Identity, when(`"BoolIfExists": {"aws:MultiFactorAuthPresent": true}`), cond + "BoolIfExists", []string{when(`"Bool": {"aws:MultiFactorAuthPresent": true}`), denyWhen(`"BoolIfExists": {"aws:MultiFactorAuthPresent": false}`)}},
	{"PAIRED_KEY", policy.Identity, when(`"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}`), cond + "IpAddress.aws:VpcSourceIp", []string{when(`"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-0123abcd"}`)}},
	{"CALLED_VIA_SOURCE_IP", policy.Identity, denyWhen(`"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}`), cond + "NotIpAddress.aws:SourceIp", []string{denyWhen(`"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"aws:ViaAWSService": "false"}`), when(`"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}`)}},

	{"UNKNOWN_CONDITION_KEY", policy.Identity, when(`"StringEquals": {"aws:SourceOrg": "x"}`), cond + "StringEquals.aws:SourceOrg", []string{when(`"StringEquals": {"AWS:sourceorgid": "o-1", "aws:ResourceTag/a/b": "x", "other:key": "x", "www.amazon.com:app_id": "x"}`)}},
	{"UNKNOWN_CONDITION_KEY", policy.Identity, when(`"StringEquals": {"s3:prefx": "x"}`), cond + "StringEquals.s3:prefx", []string{when(`"StringEquals": {"s3:Prefix": "x", "s3:ExistingObjectTag/team": "x", "sqs:Unknown": "x"}`)}},
	{"UNKNOWN_CONDITION_KEY", policy.Trust, trust(`"AWS": "111122223333"`, assume, `"StringEquals": {"sts:ExternalIds": "x"}`), cond + "StringEquals.sts:ExternalIds", []string{trust(`"AWS": "111122223333"`, assume, `"StringEquals": {"sts:ExternalID": "x"}`)}},
	{"TYPE_MISMATCH_OPERATOR", policy.Identity, when(`"StringEquals": {"aws:SecureTransport": "true"}`), cond + "StringEquals", []string{when(`"Bool": {"aws:SecureTransport": "true"}`), when(`"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}`), when(`"NumericLessThan": {"aws:EpochTime": "1"}`), when(`"Null": {"aws:SecureTransport": "true"}`), when(`"DateLessThan": {"aws:CurrentTime": "2027-01-01"}, "IpAddress": {"aws:SourceIp": "203.0.113.7"}, "StringEquals": {"aws:userid": "x"}`)}},
	{"TYPE_MISMATCH_OPERATOR", policy.Identity, when(`"BinaryEquals": {"aws:userid": "QQ=="}, "DateEquals": {"aws:userid": "2027"}, "IpAddress": {"aws:userid": "::1"}, "ArnLike": {"aws:userid": "arn:aws:s3:::b"}`), cond + "BinaryEquals " + cond + "DateEquals " + cond + "IpAddress " + cond + "ArnLike", []string{when(orgOnly)}},
	{"TYPE_MISMATCH_OPERATOR", policy.Identity, when(`"StringEquals": {"s3:TlsVersion": "1.2"}`), cond + "StringEquals", []string{when(`"NumericEquals": {"s3:TlsVersion": "1.2"}`)}},
	{"CONDITION_KEY_NOT_FOR_ACTION", policy.Identity, when(`"StringEquals": {"s3:prefix": "x"}`), cond + "StringEquals.s3:prefix", []string{
		when(`"NumericEquals": {"s3:TlsVersion": "1.2"}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "x"}}`),
		allow(`"Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}`), allow(`"Action": "s3:GetObjectTagging", "Resource": "*", "Condition": {"StringEquals": {"s3:ExistingObjectTag/x": "x"}}`),
		allow(`"Action": "ec2:RunInstances", "Resource": "*", "Condition": {"ArnLike": {"ec2:SourceInstanceArn": "arn:aws:ec2:*:*:instance/i-1"}, "StringEquals": {"aws:RequestedRegion": "x"}}`),
	}},
	{"TAG_ALLOW_UNSUPPORTED", policy.Identity, allow(`"Action": ["ec2:StopInstances", "ec2:DescribeInstances"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}}`), first + "Action[1]", []string{allow(`"Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}}`), when(orgOnly)}},
	{"TAG_DENY_UNSUPPORTED", policy.Identity, deny(`"Action": ["ec2:RunInstances", "s3:GetObject"], "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/team": "x"}}`), first + "Action[1]", []string{deny(`"Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/team": "x"}}`)}},
}

var accessSamples = []sample{
	{"ALLOW_NOTPRINCIPAL", policy.Resource, allow(`"NotPrincipal": {"AWS": "111122223333"}, ` + get), first + "NotPrincipal", []string{deny(`"NotPrincipal": {"AWS": "111122223333"}, ` + get), allow(`"Principal": {"AWS": "111122223333"}, ` + get)}},
	{"NOTPRINCIPAL_DENY", policy.Resource, deny(`"NotPrincipal": {"AWS": "111122223333"}, ` + get), first + "NotPrincipal", []string{deny(`"Principal": "*", ` + get)}},
	{"NOTPRINCIPAL_PARENTS", policy.Resource, deny(`"NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:user/bob", "444455556666"]}, ` + get), first + "NotPrincipal.AWS[0]", []string{deny(`"NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:user/bob", "111122223333"]}, ` + get), deny(`"NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:root"]}, ` + get)}},
	{"NOTPRINCIPAL_PARENTS", policy.Resource, deny(`"NotPrincipal": {"AWS": ["arn:aws:sts::111122223333:assumed-role/r/s", "111122223333"]}, ` + get), first + "NotPrincipal.AWS[0]", []string{deny(`"NotPrincipal": {"AWS": ["arn:aws:sts::111122223333:assumed-role/r/s", "111122223333", "arn:aws:iam::111122223333:role/x/r"]}, ` + get)}},
	{"PUBLIC_PRINCIPAL", policy.Resource, allow(`"Principal": "*", ` + get), first + "Principal", []string{
		allow(`"Principal": "*", ` + get + `, "Condition": {` + orgOnly + `}`), allow(`"Principal": {"AWS": "111122223333"}, ` + get), deny(`"Principal": "*", ` + get),
	}},
	{"PUBLIC_PRINCIPAL", policy.Resource, allow(`"Principal": {"AWS": "*"}, ` + get + `, "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}, "StringNotEquals": {"aws:PrincipalAccount": "444455556666"}}`), first + "Principal", []string{allow(`"Principal": {"AWS": "*"}, ` + get + `, "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}`)}},
	{"PRINCIPAL_UNIQUE_ID", policy.Trust, trust(`"AWS": ["AROAEXAMPLE123", "111122223333"]`, assume, ``), first + "Principal.AWS[0]", []string{trust(`"AWS": "arn:aws:iam::111122223333:role/AROAEXAMPLE123"`, assume, ``)}},
	{"PRINCIPAL_SESSION_REDUNDANT", policy.Trust, trust(`"AWS": ["arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:iam::111122223333:role/r"]`, assume, ``), first + "Principal.AWS[0]", []string{trust(`"AWS": ["arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:iam::111122223333:role/q"]`, assume, ``)}},
	{"FEDERATED_PRINCIPAL", policy.Resource, allow(`"Principal": {` + gitHub + `}, ` + get), first + "Principal.Federated", []string{allow(`"Principal": {"AWS": "111122223333"}, ` + get)}},
	{"ENDPOINT_PRINCIPAL", policy.Endpoint, allow(`"Principal": {"AWS": "111122223333"}, ` + get), first + "Principal", []string{allow(`"Principal": "*", ` + get)}},

	{"SERVICE_PRINCIPAL_SOURCE", policy.Resource, allow(`"Principal": {"Service": ["sns.amazonaws.com"]}, "Action": "sqs:SendMessage", "Resource": "*"`), first + "Principal.Service[0]", []string{
		allow(`"Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:t"}}`),
		deny(`"Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"`),
	}},
	{"SERVICE_PRINCIPAL_SOURCE", policy.Trust, trust(`"Service": "scheduler.amazonaws.com"`, assume, `"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}`), first + "Principal.Service", []string{
		trust(`"Service": "scheduler.amazonaws.com"`, assume, `"StringEquals": {"aws:SourceAccount": "111122223333"}`), trust(`"Service": "ec2.amazonaws.com"`, assume, ``),
	}},
	{"EXTERNAL_ID_MISSING", policy.Trust, trust(`"AWS": ["arn:aws:iam::444455556666:root", "111122223333"]`, assume, ``), first + "Principal.AWS[0]", []string{
		trust(`"AWS": "111122223333"`, assume, ``), trust(`"AWS": "444455556666"`, assume, `"StringEquals": {"sts:ExternalId": "x"}`),
		trust(`"AWS": "444455556666"`, assume, orgOnly), trust(`"AWS": "444455556666"`, `"sts:TagSession"`, ``),
	}},
	{"EXTERNAL_ID_MISSING", policy.Trust, trust(`"AWS": "444455556666"`, assume, `"StringLike": {"sts:ExternalId": "*"}`), first + "Principal.AWS", []string{trust(`"AWS": "444455556666"`, assume, `"StringLike": {"sts:ExternalId": "acme-*"}`)}},
	{"ROLES_ANYWHERE_ACTIONS", policy.Trust, trust(`"Service": "rolesanywhere.amazonaws.com"`, `["sts:AssumeRole", "sts:TagSession"]`, ``), "Statement[0]", []string{trust(`"Service": "rolesanywhere.amazonaws.com"`, `["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]`, ``), trust(`"Service": "ec2.amazonaws.com"`, assume, ``)}},
	{"PRINCIPAL_ACTION_MISMATCH", policy.Trust, trust(gitHub, assume, ``), first + "Principal.Federated", []string{trust(gitHub, web, ``), trust(saml, `["sts:AssumeRoleWithSAML", "sts:TagSession"]`, ``)}},
	{"PRINCIPAL_ACTION_MISMATCH", policy.Trust, trust(saml, web, ``), first + "Principal.Federated", []string{trust(saml, `"sts:*"`, ``)}},
	{"OIDC_NO_CONDITION", policy.Trust, trust(gitLab, web, ``), first + "Principal.Federated", []string{trust(gitLab, web, `"StringEquals": {"gitlab.com:aud": "x"}`), trust(saml, withSAML, ``)}},
	{"OIDC_NO_CONDITION", policy.Trust, trust(gitLab, web, `"StringLike": {"gitlab.com:sub": "*"}, "StringEquals": {"github.com:aud": "x"}`), first + "Principal.Federated", []string{trust(google, web, `"StringEquals": {"accounts.google.com:aud": "x"}`)}},
	{"OIDC_NO_SUB", policy.Trust, trust(gitHub, web, `"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}`), first + "Principal.Federated", []string{
		trust(gitHub, web, `"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:a/b:ref:refs/heads/main"}`), trust(gitHub, web, `"StringEquals": {"token.actions.githubusercontent.com:repository_id": "1"}`),
		trust(google, web, `"StringEquals": {"accounts.google.com:aud": "x"}`),
	}},
	{"OIDC_NO_AUD", policy.Trust, trust(gitHub, web, `"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:a/b:ref:refs/heads/main"}`), first + "Principal.Federated", []string{trust(gitHub, web, `"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}`)}},
	{"GITHUB_SUB", policy.Trust, trust(gitHub, web, `"StringLike": {"token.actions.githubusercontent.com:sub": ["repo:acme/app:*", "repo:acme/*", "repo:acme/app*", "rep*", "repo:acme/*:ref:x"]}`), cond + "StringLike.token.actions.githubusercontent.com:sub[1] " + cond + "StringLike.token.actions.githubusercontent.com:sub[2] " + cond + "StringLike.token.actions.githubusercontent.com:sub[3] " + cond + "StringLike.token.actions.githubusercontent.com:sub[4]", []string{trust(gitHub, web, `"StringLike": {"token.actions.githubusercontent.com:sub": ["repo:acme/app:ref:refs/tags/v*", "environment:*"]}`), trust(gitLab, web, `"StringLike": {"gitlab.com:sub": "project_path:acme/*"}`)}},
	{"SAML_NO_AUD", policy.Trust, trust(saml, withSAML, ``), first + "Principal.Federated", []string{trust(saml, withSAML, `"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}`), trust(gitHub, web, ``)}},

	{"ADMIN_STAR", policy.Identity, allow(`"Sid": "All", "Action": ["s3:*", "*"], "Resource": "*"`), first + "Sid", []string{allow(`"Action": "*", "Resource": "arn:aws:s3:::b"`), allow(`"Action": "*", "Resource": "*", "Condition": {` + orgOnly + `}`), deny(`"Action": "*", "Resource": "*"`)}},
	{"ALLOW_NOTACTION", policy.Identity, allow(`"NotAction": "iam:*", "Resource": "*"`), "Statement[0]", []string{deny(`"NotAction": "iam:*", "Resource": "*"`)}},
	{"ALLOW_NOTRESOURCE", policy.Identity, allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::b"`), "Statement[0]", []string{deny(`"Action": "s3:*", "NotResource": "arn:aws:s3:::b"`)}},
	{"PASSROLE_STAR", policy.Identity, allow(`"Action": ["iam:Pass*"], "Resource": "*"`), first + "Action[0]", []string{
		allow(`"Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app"`), allow(`"Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}`),
		deny(`"Action": "iam:PassRole", "Resource": "*"`), allow(`"Action": "*", "Resource": "*"`),
	}},
	{"PASSROLE_STAR", policy.Identity, allow(`"NotAction": "s3:*", "Resource": "arn:aws:iam::*:role/*"`), "Statement[0]", []string{allow(`"NotAction": "iam:Pass*", "Resource": "*"`), allow(`"Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/team/*"`), allow(`"Action": ["iam:PassRole", "s3:*"], "Resource": ["arn:aws:s3:::*", "arn:aws:iam"]`)}},
	{"CREATE_SLR_STAR", policy.Identity, allow(`"Action": "iam:CreateServiceLinkedRole", "Resource": "*"`), first + "Action", []string{allow(`"Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringLike": {"iam:AWSServiceName": "ecs.amazonaws.com"}}`), allow(`"Action": "iam:CreateRole", "Resource": "*"`)}},
	{"PRIVILEGE_ESCALATION", policy.Identity, allow(`"Action": ["s3:GetObject", "iam:CreatePolicyVersion"], "Resource": "*"`), first + "Action[1]", []string{
		allow(`"Action": "iam:CreatePolicyVersion", "Resource": "arn:aws:iam::111122223333:policy/app"`), deny(`"Action": "iam:CreatePolicyVersion", "Resource": "*"`),
		with(`{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}`),
		allow(`"Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}"`),
		allow(`"Action": "iam:CreateAccessKey", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PassedToService": "x"}}`),
		allow(`"Action": "iam:PutUserPolicy", "Resource": "*", "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}`),
	}},
	{"PRIVILEGE_ESCALATION", policy.Identity, with(`{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}`), first + "Action Statement[1].Action", []string{
		with(`{"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}`),
		allow(`"Action": ["lambda:CreateFunction", "iam:PassRole"], "Resource": "*"`),
	}},
	{"PRIVILEGE_ESCALATION", policy.Identity, with(`{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:userid": "x"}}}`), first + "Action", []string{with(`{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}`)}},
	{"PRIVILEGE_ESCALATION", policy.Identity, allow(`"Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::*:user/${aws:username}", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`), first + "Action", []string{allow(`"Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::*:user/ci"`)}},
}
