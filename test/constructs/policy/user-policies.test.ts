import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, ovhUserPolicy } from "../../../constructs/index.js";
import { type BucketUse, ovhUserPolicyActions, rightsFor } from "../../../providers/index.js";
import { expression, resourcesOf, stackOn, stackOnOvhcloud, synth, warningsOf } from "../synth.js";

interface Document {
  readonly Version?: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

const USES = Object.keys(rightsFor) as BucketUse[];
const parse = (json: string) => JSON.parse(json) as Document;
const actions = (json: string) => parse(json).Statement.flatMap(({ Action }) => Action as string[]);

describe("the user policy of OVHcloud", () => {
  it.each(USES)("names for %s only documented actions, each on the resource that OVHcloud lists it for", (use) => {
    const { bucket, object } = ovhUserPolicyActions.value;
    for (const { Action, Resource, Effect, ...rest } of parse(ovhUserPolicy({ use, buckets: ["acme"] })).Statement) {
      expect(Object.keys(rest)).toEqual(["Sid"]);
      expect(Effect).toBe("Allow");
      const ofObjects = (Resource as string[]).every((each) => each.startsWith("arn:aws:s3:::acme/"));
      expect(ofObjects ? object : bucket).toEqual(expect.arrayContaining(Action as string[]));
    }
  });

  it("has no version, and accepts several buckets and a prefix", () => {
    expect(parse(ovhUserPolicy({ use: "migrate", buckets: ["acme", "acme-2"], prefix: "2024/" }))).toEqual({
      Statement: [
        expect.objectContaining({ Resource: ["arn:aws:s3:::acme", "arn:aws:s3:::acme-2"] }),
        expect.objectContaining({ Resource: ["arn:aws:s3:::acme/2024/*", "arn:aws:s3:::acme-2/2024/*"] }),
        {
          Sid: "OnlyItsTestObjects",
          Effect: "Allow",
          Action: ["s3:DeleteObject"],
          Resource: [
            "arn:aws:s3:::acme/2024/.bucketseal-canary-*",
            "arn:aws:s3:::acme/2024/.bucketseal-probe-*",
            "arn:aws:s3:::acme-2/2024/.bucketseal-canary-*",
            "arn:aws:s3:::acme-2/2024/.bucketseal-probe-*",
          ],
        },
      ],
    });
  });

  it("allows writing only for read-write, and deletes nothing for a reader, an auditor or a migration", () => {
    const writes = (use: BucketUse) =>
      actions(ovhUserPolicy({ use, buckets: ["acme"] })).filter((action) => /:(Put|Delete|Abort)/.test(action));
    expect(writes("read")).toEqual([]);
    expect(writes("audit")).toEqual([]);
    expect(writes("read-write")).toEqual(["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]);
  });

  it("refers to buckets of the app", () => {
    const { stack } = stackOnOvhcloud();
    const { bucket, bucketName } = new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    const archive = new BucketEncryption(stack, "archive", { bucketName: "acme-archive" });
    const policy = ovhUserPolicy({ use: "read", buckets: [archive, { bucketName, storage: archive.storage }] });
    stack.addOverride("resource.ovh_cloud_project_user_s3_policy.reader", { user_id: "1", policy });
    const [written] = resourcesOf(synth(stack), "ovh_cloud_project_user_s3_policy");
    expect(parse(written?.policy as string).Statement[0]?.Resource).toEqual([
      "arn:aws:s3:::acme-archive",
      `arn:aws:s3:::${expression(`aws_s3_bucket.${bucket.friendlyUniqueId}.bucket`)}`,
    ]);
  });

  it("refuses unknown uses, no buckets, and buckets of another store", () => {
    const { stack } = stackOn("aws");
    const bucket = new EncryptedBucket(stack, "invoices");
    expect(() => ovhUserPolicy({ use: "admin" as never, buckets: ["acme"] })).toThrow(
      'ovhUserPolicy cannot be used: use "admin" is not known; give one of "audit", "migrate", "read", "read-write"',
    );
    expect(() => ovhUserPolicy({ use: "read", buckets: [] })).toThrow("buckets is empty; give at least one");
    expect(() => ovhUserPolicy({ use: "read", buckets: [bucket] })).toThrow("a bucket of Amazon S3 is not a bucket of");
    expect(() => ovhUserPolicy({ use: "read", buckets: [{} as never] })).toThrow("buckets contains {}; give a bucket");
  });
});

describe("a grant on Amazon S3", () => {
  const KEY = "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555";

  it("returns the JSON of an IAM policy, for a policy itself and for a document that joins several", () => {
    const { stack } = stackOn("aws");
    const bucket = new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    new IamPolicy(stack, "reader", { policy: bucket.grantRead("2024/") });
    const { json } = new DataAwsIamPolicyDocument(stack, "joined", {
      sourcePolicyDocuments: [bucket.grantReadWrite(), bucket.grantAudit(), bucket.grantMigrate()],
    });
    new IamPolicy(stack, "writer", { policy: json });
    const synthesised = synth(stack);
    const arn = `arn:aws:s3:::${expression(`aws_s3_bucket.${bucket.bucket.friendlyUniqueId}.bucket`)}`;
    const reader = resourcesOf(synthesised, "aws_iam_policy").find(({ policy }) => String(policy).startsWith("{"));
    expect(parse(reader?.policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: rightsFor.read.bucket, Resource: [arn] },
        { Effect: "Allow", Action: rightsFor.read.objects, Resource: [`${arn}/2024/*`] },
      ],
    });
    expect(actions(bucket.grantMigrate())).toEqual(Object.values(rightsFor.migrate).flat());
  });

  it("includes the rights on the bucket's key if its ARN is known", () => {
    const { stack } = stackOn("aws");
    const sealed = new EncryptedBucket(stack, "sealed", { kmsKey: KEY });
    expect(parse(sealed.grantRead()).Statement[2]).toMatchObject({ Action: ["kms:Decrypt"], Resource: [KEY] });
    expect(actions(sealed.grantAudit()).some((action) => action.startsWith("kms:"))).toBe(false);
    expect(warningsOf(sealed)).toEqual([]);
    const byAlias = new EncryptedBucket(stack, "by-alias", { kmsKey: "alias/invoices" });
    expect(actions(byAlias.grantReadWrite()).some((action) => action.startsWith("kms:"))).toBe(false);
    expect(warningsOf(byAlias)).toEqual([
      'the rights on the kmsKey "alias/invoices" are not in the policy, because IAM names keys by their ARN; give its ARN, or allow kms:Decrypt, kms:GenerateDataKey yourself',
    ]);
  });

  it("is refused on other stores, with an alternative", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices").grantRead();
    expect(() => synth(stack)).toThrow(
      "grantRead makes a policy for Amazon's IAM, which OVHcloud Object Storage does not have; give the user the policy that ovhUserPolicy makes",
    );
    const scaleway = stackOn("scaleway");
    new EncryptedBucket(scaleway.stack, "invoices").grantMigrate();
    expect(() => synth(scaleway.stack)).toThrow("give the rights by Scaleway Object Storage's own means");
  });

  it("joins the ARN of some objects, which names them by a pattern", () => {
    const { stack } = stackOn("aws", { region: "cn-north-1" });
    const bucket = new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    new IamPolicy(stack, "own", { policy: bucket.arnForObjects("2024/*") });
    expect(resourcesOf(synth(stack), "aws_iam_policy")[0]?.policy).toBe(
      `arn:aws-cn:s3:::${expression(`aws_s3_bucket.${bucket.bucket.friendlyUniqueId}.bucket`)}/2024/*`,
    );
  });
});
