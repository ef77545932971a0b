// Makes calls with the AWS SDK for JavaScript and prints what came of each, a
// line each. Arguments: the endpoint, a web identity token.
import {
  AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, DecodeAuthorizationMessageCommand, GetCallerIdentityCommand,
  GetSessionTokenCommand, STSClient,
} from "@aws-sdk/client-sts";

const [endpoint, token] = process.argv.slice(2);
const role = "arn:aws:iam::111111111111:role/deploy";

const client = (credentials) => new STSClient({ endpoint, credentials, region: "eu-central-1", maxAttempts: 1 });
const of = (c) => ({ accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken });
const alice = client({ accessKeyId: "AKIARTXV5AHDTBI2OLLM", secretAccessKey: "aliceSecret" });

const print = async (what, call) => {
  try {
    console.log(what, await call());
  } catch (e) {
    console.log(what, e.name, e.$metadata?.httpStatusCode, e.message);
  }
};
const identity = async (who) => (await who.send(new GetCallerIdentityCommand({}))).Arn;

await print("identity", () => identity(alice));
await print("role", async () => {
  const out = await alice.send(new AssumeRoleCommand({
    RoleArn: role, RoleSessionName: "ana", Tags: [{ Key: "team", Value: "red" }], TransitiveTagKeys: ["team"], PolicyArns: [],
  }));
  return `${await identity(client(of(out.Credentials)))} ${out.Credentials.Expiration instanceof Date}`;
});
await print("session", async () => identity(client(of((await alice.send(new GetSessionTokenCommand({}))).Credentials))));
await print("web", async () => (await client().send(new AssumeRoleWithWebIdentityCommand({
  RoleArn: role, RoleSessionName: "ana", WebIdentityToken: token,
}))).AssumedRoleUser.Arn);
await print("message", () => alice.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: "x" })));
await print("constraint", () => alice.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "a:b" })));
await print("secret", () => identity(client({ accessKeyId: "AKIARTXV5AHDTBI2OLLM", secretAccessKey: "x" })));
