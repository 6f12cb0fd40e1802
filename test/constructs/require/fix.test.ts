import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketServerSideEncryptionConfigurationA as EncryptionDefault } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import {
  Aspects,
  TerraformCount,
  TerraformIterator,
  TerraformResource,
  type TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "../../../constructs/index.js";
import { annotationsOf, synthApp } from "../annotations.js";
import { expression, newStack, stackOnOvhcloud, synth } from "../synth.js";
import { failure, rule } from "./complaints.js";

const TYPE = "aws_s3_bucket_server_side_encryption_configuration";

function fixed(stack: TerraformStack) {
  Aspects.of(stack).add(new RequireEncryption({ mode: "fix" }));
  return Object.values(synth(stack).resource[TYPE] ?? {});
}

const sealed = { rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }] };

describe("the mode fix", () => {
  it("gives a bucket the default that it lacks, through the bucket's own provider, and says so", () => {
    const { stack } = stackOnOvhcloud();
    const sbg = new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    new S3Bucket(stack, "here", { bucket: "acme-here" });
    new S3Bucket(stack, "there", { bucket: "acme-there", provider: sbg.aws });
    const overridden = new S3Bucket(stack, "overridden");
    overridden.addOverride("provider", "aws.sbg");
    expect(fixed(stack)).toEqual([
      { bucket: expression("aws_s3_bucket.here.id"), ...sealed },
      { bucket: expression("aws_s3_bucket.overridden.id"), provider: "aws.sbg", ...sealed },
      { bucket: expression("aws_s3_bucket.there.id"), provider: "aws.sbg", ...sealed },
    ]);
    expect(annotationsOf(stack).map(({ level }) => level)).toEqual(["@cdktf/info", "@cdktf/info", "@cdktf/info"]);
  });

  it("gives it an id of its own, which nothing that is declared around it changes", () => {
    const idOf = (others: readonly string[]) => {
      const { stack } = stackOnOvhcloud();
      for (const id of others) new S3Bucket(stack, id);
      const bucket = new S3Bucket(stack, "raw");
      fixed(stack);
      expect(bucket.node.findChild("bucketseal-encryption").node.path).toBe("stack/raw/bucketseal-encryption");
      return (bucket.node.findChild("bucketseal-encryption") as EncryptionDefault).friendlyUniqueId;
    };
    expect(idOf(["a", "b"])).toBe(idOf([]));
  });

  it("never gives a second one, nor one on a second synth", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "sealed");
    const raw = new S3Bucket(stack, "raw");
    new EncryptionDefault(stack, "kms", {
      bucket: raw.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }],
    });
    new S3Bucket(stack, "inline", { serverSideEncryptionConfiguration: { rule: rule[0] as never } });
    expect(fixed(stack)).toHaveLength(2);
    new S3Bucket(stack, "later");
    expect(Object.values(synth(stack).resource[TYPE] ?? {})).toHaveLength(3);
    expect(Object.values(synth(stack).resource[TYPE] ?? {})).toHaveLength(3);
  });

  it("follows count, for_each and the region of a bucket, chained to its instances", () => {
    const { stack } = stackOnOvhcloud();
    const iterator = TerraformIterator.fromList(["acme-a", "acme-b"]);
    new S3Bucket(stack, "counted", { count: TerraformCount.of(2) });
    new S3Bucket(stack, "each", { forEach: iterator, bucket: iterator.value });
    new S3Bucket(stack, "placed").addOverride("region", "sbg");
    expect(fixed(stack)).toEqual([
      {
        bucket: expression("aws_s3_bucket.counted[count.index].id"),
        count: expression("length(aws_s3_bucket.counted)"),
        ...sealed,
      },
      { bucket: expression("each.value.id"), for_each: expression("aws_s3_bucket.each"), ...sealed },
      { bucket: expression("aws_s3_bucket.placed.id"), region: "sbg", ...sealed },
    ]);
    expect(failure(stack)).toBe("");
  });

  it("sets the encryption of OVHcloud's own resource", () => {
    const { stack } = stackOnOvhcloud();
    const bucket = new TerraformResource(stack, "own", { terraformResourceType: "ovh_cloud_project_storage" });
    bucket.addOverride("name", "acme-own");
    bucket.addOverride("encryption.sse_algorithm", "plaintext");
    expect(fixed(stack)).toEqual([]);
    expect(synth(stack).resource.ovh_cloud_project_storage).toEqual({
      own: { name: "acme-own", encryption: { sse_algorithm: "AES256" } },
    });
  });

  it("fails for what it cannot mend: a default that may be the bucket's already, and a store that has none", () => {
    const { stack } = stackOnOvhcloud();
    const name = new TerraformVariable(stack, "name", {}).stringValue;
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new EncryptionDefault(stack, "doubtful", { bucket: name, rule });
    expect(failure(stack, { mode: "fix" })).toMatch(
      /"stack\/raw" has no encryption default that is certain to be its own/,
    );
    expect(Object.keys(JSON.parse(Testing.synth(stack)).resource[TYPE])).toEqual(["doubtful"]);
  });
});

describe("the mode fix in a whole app", () => {
  it("mends every stack before it is written", () => {
    const app = Testing.app();
    const stacks = ["first", "second"].map((id) => newStack(id, app));
    RequireEncryption.everywhereIn(app, { mode: "fix" });
    for (const stack of stacks) {
      new AwsProvider(stack, "aws", { region: "eu-west-3" });
      new S3Bucket(stack, "raw");
    }
    expect(synthApp(app).annotations).toHaveLength(2);
    for (const stack of stacks) expect(Object.keys(synth(stack).resource[TYPE] ?? {})).toHaveLength(1);
  });

  it("fails for a stack that came too late to be mended, and not for one that needs nothing", () => {
    const app = Testing.app();
    RequireEncryption.everywhereIn(app, { mode: "fix" });
    const late = newStack("late", app);
    new AwsProvider(late, "aws", { region: "eu-west-3" });
    const storage = new ObjectStorageProvider(late, "storage", { provider: "ovhcloud", region: "gra", alias: "ovh" });
    new EncryptedBucket(late, "sealed", { storage });
    expect(() => app.synth()).not.toThrow();
    new S3Bucket(late, "raw");
    expect(() => app.synth()).toThrow(/"late\/raw".*call RequireEncryption\.everywhereIn last/);
  });
});
