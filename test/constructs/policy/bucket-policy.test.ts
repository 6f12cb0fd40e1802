import { App, Fn, TerraformVariable, Token } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlockPublicAccess, EncryptedBucket, type PolicyStatement } from "../../../constructs/index.js";
import { keepPolicyVariables } from "../../../constructs/policy/policy-statement.js";
import type { ProviderId } from "../../../providers/index.js";
import { expression, policyOf, resourcesOf, stackOn, stackOnOvhcloud, synth, warningsOf } from "../synth.js";

const readers: PolicyStatement = {
  sid: "Readers",
  effect: "Allow",
  principals: { AWS: ["arn:aws:iam::123456789012:role/reader"] },
  actions: ["s3:GetObject", "s3:ListBucket"],
};

describe("addToResourcePolicy", () => {
  it("makes the one policy of the bucket, for the bucket and all its objects", () => {
    const { stack } = stackOn("aws");
    const invoices = new EncryptedBucket(stack, "invoices");
    invoices.addToResourcePolicy(readers);
    invoices.addToResourcePolicy({ ...readers, sid: "Listers", actions: ["s3:ListBucket"] });
    const synthesised = synth(stack);
    const name = expression(`aws_s3_bucket.${invoices.bucket.friendlyUniqueId}.bucket`);
    expect(policyOf(synthesised)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Readers",
          Effect: "Allow",
          Principal: { AWS: ["arn:aws:iam::123456789012:role/reader"] },
          Action: ["s3:GetObject", "s3:ListBucket"],
          Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        },
        expect.objectContaining({ Sid: "Listers", Action: "s3:ListBucket" }),
      ],
    });
    expect(resourcesOf(synthesised, "aws_s3_bucket_policy")).toMatchObject([
      {
        bucket: expression(`aws_s3_bucket.${invoices.bucket.friendlyUniqueId}.id`),
        depends_on: [`aws_s3_bucket_public_access_block.${invoices.publicAccess?.friendlyUniqueId}`],
      },
    ]);
  });

  it("keeps the id that Terraform state hangs on", () => {
    const { stack } = stackOn("aws");
    const invoices = new EncryptedBucket(stack, "invoices");
    expect(invoices.policy).toBeUndefined();
    invoices.addToResourcePolicy(readers);
    expect(invoices.policy?.friendlyUniqueId).toBe("invoices_policy_E5181A73");
  });

  it("declares no policy without a statement", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "invoices");
    expect(synth(stack).resource.aws_s3_bucket_policy).toBeUndefined();
  });

  it("accepts references, and escapes policy variables for Terraform", () => {
    const { stack } = stackOn("aws");
    const role = new TerraformVariable(stack, "role", {}).stringValue;
    const invoices = new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    invoices.addToResourcePolicy({
      effect: "Allow",
      principals: { AWS: [role] },
      actions: ["s3:PutObject"],
      resources: [`arn:aws:s3:::acme-invoices/home/\${aws:username}/*`],
      conditions: { StringLike: { "s3:prefix": [`\${aws:userid}/*`, role] } },
    });
    const [statement] = policyOf(synth(stack)).Statement;
    expect(statement).toMatchObject({
      Principal: { AWS: [expression("var.role")] },
      Resource: `arn:aws:s3:::acme-invoices/home/$\${aws:username}/*`,
      Condition: { StringLike: { "s3:prefix": [`$\${aws:userid}/*`, expression("var.role")] } },
    });
  });

  it("names buckets by the partition of their region", () => {
    const { stack } = stackOn("aws", { region: "cn-north-1" });
    const invoices = new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    invoices.addToResourcePolicy(readers);
    expect(policyOf(synth(stack)).Statement[0]?.Resource[0]).toMatch(/^arn:aws-cn:s3:::/);
  });

  it("writes the form that Scaleway requires: its own version, and bare names", () => {
    const { stack } = stackOn("scaleway");
    const invoices = new EncryptedBucket(stack, "invoices");
    invoices.addToResourcePolicy({ ...readers, principals: { SCW: "user_id:0b1f" } });
    const name = expression(`aws_s3_bucket.${invoices.bucket.friendlyUniqueId}.bucket`);
    expect(policyOf(synth(stack))).toMatchObject({
      Version: "2023-04-17",
      Statement: [{ Resource: [name, `${name}/*`] }],
    });
  });
});

describe("keepPolicyVariables", () => {
  it.each([
    [`\${aws:username}`, `$\${aws:username}`],
    [`home/\${aws:PrincipalTag/team, 'none'}/*`, `home/$\${aws:PrincipalTag/team, 'none'}/*`],
    [`\${s3:prefix}\${aws:userid}`, `$\${s3:prefix}$\${aws:userid}`],
    [`\${*} \${?} \${$}`, `$\${*} $\${?} $\${$}`],
    ["100%{", "100%%{"],
  ])("escapes the policy variable in %s", (text, kept) => expect(keepPolicyVariables(text)).toBe(kept));

  it.each([
    ["a reference", `\${aws_s3_bucket.one.arn}/*`],
    ["a condition of Terraform's own", `\${var.public ? "a:b" : "c"}`],
    ["a token of CDKTF", `\${TfToken[TOKEN.12]}`],
    ["escaped text", `$\${aws:username} %%{`],
    ["a single dollar sign", "$5 {a:b}"],
  ])("leaves %s alone", (_, text) => expect(keepPolicyVariables(text)).toBe(text));

  it("escapes a text once, however often it runs", () => {
    const texts = fc
      .array(fc.constantFrom(`\${aws:username}`, `\${var.x}`, "%{", "$", "{", "a:b", "}"))
      .map((all) => all.join(""));
    fc.assert(
      fc.property(texts, (text) => keepPolicyVariables(keepPolicyVariables(text)) === keepPolicyVariables(text)),
    );
  });
});

describe("a policy statement", () => {
  const refusalOf = (provider: Parameters<typeof stackOn>[0], statement: Partial<PolicyStatement>) => {
    const { stack } = stackOn(provider);
    new EncryptedBucket(stack, "invoices").addToResourcePolicy({ ...readers, ...statement });
    return () => synth(stack);
  };

  it("is refused with source and alternative if the store has no policies", () => {
    expect(refusalOf("ovhcloud", {})).toThrow(
      /\[stack\/invoices\] the policy statement "Readers" cannot be used on OVHcloud Object Storage, which has no bucket policies \(https:\S+\): leave it out; instead, give each user its rights by a user policy/,
    );
  });

  it.each([
    ["if it denies, on Scaleway", "scaleway", { effect: "Deny" }, /bucket policies can allow but not deny \(https:/],
    [
      "with a key that Scaleway does not know",
      "scaleway",
      { conditions: { Bool: { "aws:SecureTransport": "false", "aws:SourceIp": "10.0.0.0/8" } } },
      /do not know the condition key aws:SecureTransport \(https:/,
    ],
    ["for users, on MinIO", "minio", {}, /bucket policies apply only to anonymous requests \(https:.*mc admin policy/],
    [
      "with a variable, on Ceph",
      "ceph-rgw",
      { resources: [`arn:aws:s3:::home/\${aws:username}/*`] },
      /bucket policies replace no variables \(https:/,
    ],
    ["without an action", "aws", { actions: [] }, /the policy statement "Readers" names no action/],
    ["with no resource", "aws", { resources: [] }, /the policy statement "Readers" has an empty list of resources/],
    [
      "with a list that is a reference",
      "aws",
      { actions: Token.asList(Fn.split(",", "a,b")) },
      /contains a list that is a reference; give a list of strings/,
    ],
  ] as const)("is refused %s", (_, provider, statement, text) => expect(refusalOf(provider, statement)).toThrow(text));

  it("is refused with the same message by App.synth, which resolves a reference list before it validates", () => {
    const { stack } = stackOn("aws");
    const actions = Token.asList(Fn.split(",", "a,b"));
    new EncryptedBucket(stack, "invoices").addToResourcePolicy({ ...readers, actions });
    expect(() => App.of(stack).synth()).toThrow(/contains a list that is a reference; give a list of strings/);
  });

  it.each([
    ["if it lets the public read, on MinIO", "minio", { principals: "*" }],
    ["with keys that Ceph knows, in any case", "ceph-rgw", { conditions: { Bool: { "AWS:securetransport": "true" } } }],
    ["with any key, on Amazon S3", "aws", { conditions: { Bool: { "aws:ViaAWSService": "true" } } }],
    ["of any kind, on a store of which nothing is known", "generic", { effect: "Deny" }],
  ] as const)("is accepted %s", (_, provider, statement) => expect(refusalOf(provider, statement)).not.toThrow());

  it("is refused if another one has the same sid", () => {
    const { stack } = stackOn("aws");
    const invoices = new EncryptedBucket(stack, "invoices");
    invoices.addToResourcePolicy(readers);
    invoices.addToResourcePolicy(readers);
    expect(() => synth(stack)).toThrow(/more than one statement with the sid "Readers"; name each once/);
  });
});

it("a policy causes a warning only if documents do not mention it, never on a generic store", () => {
  const { stack, storage } = stackOn("scaleway");
  const policy = { value: "undocumented", source: "undocumented: probe it" };
  Object.assign(storage, { store: { ...storage.store, subResources: { ...storage.store.subResources, policy } } });
  const invoices = new EncryptedBucket(stack, "invoices");
  invoices.addToResourcePolicy({ ...readers, principals: "*" });
  expect(warningsOf(invoices)).toEqual([expect.stringMatching(/^addToResourcePolicy: no document of Scaleway/)]);

  const generic = new EncryptedBucket(stackOn("generic").stack, "invoices");
  generic.addToResourcePolicy(readers);
  expect(warningsOf(generic)).toEqual([]);
  expect(warningsOf(new EncryptedBucket(stackOnOvhcloud().stack, "invoices"))).toEqual([]);
});

const everybody: PolicyStatement = { sid: "Public", effect: "Allow", principals: "*", actions: ["s3:GetObject"] };

function synthesised(
  provider: ProviderId,
  statement: Partial<PolicyStatement>,
  blockPublicAccess?: boolean | BlockPublicAccess,
) {
  const { stack } = stackOn(provider);
  const pages = new EncryptedBucket(stack, "pages", blockPublicAccess === undefined ? {} : { blockPublicAccess });
  pages.addToResourcePolicy({ ...everybody, ...statement });
  return () => synth(stack);
}

describe("a statement for everybody", () => {
  it.each([
    ["aws", {}],
    ["aws", { principals: { AWS: ["*"] } }],
    ["ceph-rgw", {}],
  ] as const)("is refused on %s as %j, if public policies are blocked by default", (provider, statement) => {
    expect(synthesised(provider, statement)).toThrow(
      /the policy statement "Public" opens the bucket to everybody.*\(https:\S+\); name its principals, or give blockPublicAccess: \{ blockPublicPolicy: false/,
    );
  });

  it.each([
    ["if the block is off", "aws", {}, false],
    ["if the block of policies is off", "aws", {}, { blockPublicPolicy: false, restrictPublicBuckets: false }],
    ["if the store has no such block", "minio", {}, undefined],
    ["if a condition narrows it", "aws", { conditions: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }, undefined],
    ["if it denies", "aws", { effect: "Deny" }, undefined],
    ["if it names somebody", "aws", { principals: { AWS: "123456789012" } }, undefined],
  ] as const)("is accepted %s", (_, provider, statement, block) => {
    expect(synthesised(provider, statement, block)).not.toThrow();
  });
});
