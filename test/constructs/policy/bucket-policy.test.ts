import { TerraformVariable } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, type PolicyStatement } from "../../../constructs/index.js";
import { keepPolicyVariables } from "../../../constructs/policy/policy-statement.js";
import { expression, policyOf, resourcesOf, stackOn, synth } from "../synth.js";

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
