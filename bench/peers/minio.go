package peers

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/minio/pkg/v3/policy"

	"github.com/rolecall/rolecall/bench"
)

// minioKeys are keys that MinIO has in place of those that it has not.
var minioKeys = map[string]string{
	"aws:PrincipalArn": "jwt:upn", "aws:PrincipalOrgID": "jwt:iss", "aws:PrincipalTag/team": "jwt:name",
	"aws:RequestedRegion": "jwt:website", "aws:MultiFactorAuthPresent": "jwt:scope", "sts:ExternalId": "jwt:client_id",
	"token.actions.githubusercontent.com:aud": "jwt:aud", "token.actions.githubusercontent.com:sub": "jwt:sub",
}

func minioKey(key string) string {
	if other, ok := minioKeys[key]; ok {
		return other
	}
	return key
}

// minioResource makes an S3 resource of any, since MinIO knows no other.
func minioResource(arn string) string {
	if rest, ok := strings.CutPrefix(arn, "arn:aws:s3:::"); ok {
		return rest
	}
	return strings.NewReplacer("arn:aws:", "", "/", "|").Replace(arn)
}

// minio decides with the policies of identities, or of buckets where there is a
// resource policy. The statements are those of the workload but for keys and
// operators that MinIO lacks.
func minio(w *bench.Workload) (func() bool, error) {
	all, err := statements(w)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": minioStatements(all, w.ResourcePolicy != nil)})
	if err != nil {
		return nil, err
	}
	values := map[string][]string{}
	for key, value := range requestKeys(w, all) {
		_, name, _ := strings.Cut(minioKey(key), ":")
		if strings.HasPrefix(key, "aws:SecureTransport") || strings.HasPrefix(key, "aws:SourceIp") {
			name = http.CanonicalHeaderKey(name)
		}
		values[name] = []string{value}
	}
	bucket, object, _ := strings.Cut(minioResource(w.Request.Resource), "/")
	if w.ResourcePolicy != nil {
		var p policy.BucketPolicy
		err := json.Unmarshal(text, &p)
		args := policy.BucketPolicyArgs{Action: policy.Action(w.Request.Action), BucketName: bucket, ObjectName: object, ConditionValues: values}
		return func() bool {
			// The caller goes by two names, of which the account's decides here.
			args.AccountName = names(w)[0]
			if strings.HasSuffix(w.Request.Action, "Role") {
				args.AccountName = names(w)[1]
			}
			return p.IsAllowed(args)
		}, err
	}
	var p policy.Policy
	err = json.Unmarshal(text, &p)
	args := policy.Args{Action: policy.Action(w.Request.Action), BucketName: bucket, ObjectName: object, ConditionValues: values}
	return func() bool { return p.IsAllowed(args) }, err
}

func minioStatements(all []statement, named bool) []map[string]any {
	list := make([]map[string]any, len(all))
	for i, st := range all {
		m := map[string]any{"Effect": st.Effect, "Action": st.Action}
		if named { // MinIO wants a resource besides
			m["Principal"], m["Resource"] = map[string]any{"AWS": st.Principal}, "arn:aws:s3:::iam*"
		}
		if st.Resource != nil {
			resources := make([]string, len(st.Resource))
			for j, r := range st.Resource {
				resources[j] = "arn:aws:s3:::" + minioResource(r)
			}
			m["Resource"] = resources
		}
		condition := map[string]map[string]texts{}
		for op, keys := range st.Condition {
			for key, values := range keys {
				as := strings.Replace(op, "Arn", "String", 1)
				if op == "Bool" && key != "aws:SecureTransport" {
					as = "StringEquals"
				}
				if condition[as] == nil {
					condition[as] = map[string]texts{}
				}
				condition[as][minioKey(key)] = values
			}
		}
		if len(condition) > 0 {
			m["Condition"] = condition
		}
		list[i] = m
	}
	return list
}
