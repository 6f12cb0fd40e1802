import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketServerSideEncryptionConfigurationA as EncryptionDefault } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import {
  type App,
  Aspects,
  App as CdktfApp,
  TerraformCount,
  TerraformIterator,
  TerraformResource,
  type TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { Construct } from "constructs";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  ObjectStorageProvider,
  RequireEncryption,
} from "../../../constructs/index.js";
import { annotationsIn, expression, newStack, stackOnOvhcloud, synth, synthApp } from "../synth.js";
import { complaints, failure, rule } from "./complaints.js";

function storeIn(stack: TerraformStack): ObjectStorageProvider {
  return new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
}

describe("RequireEncryption on a stack", () => {
  it("accepts EncryptedBuckets", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
    expect(failure(stack)).toBe("");
  });

  it("fails the synth for every raw bucket, naming their paths", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "sealed");
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new S3Bucket(new Construct(stack, "team"), "nested");
    expect(complaints(stack)).toEqual(["stack/raw", "stack/team/nested"]);
  });

  it("reports where the bucket was created, and what to do", () => {
    const { stack } = stackOnOvhcloud();
    new S3Bucket(stack, "raw");
    expect(failure(stack)).toMatch(
      /bucket "stack\/raw" has no encryption default \(created at test\/constructs\/require\/require-encryption\.test\.ts:\d+\); declare it as an EncryptedBucket/,
    );
  });

  it("sees the additions of earlier aspects, and not those of later ones", () => {
    const sealer = {
      visit(node: Construct) {
        if (node instanceof S3Bucket) new BucketEncryption(node.cdktfStack, "added", { bucketName: node.id });
      },
    };
    const [before, after] = [stackOnOvhcloud().stack, stackOnOvhcloud().stack];
    for (const stack of [before, after]) new S3Bucket(stack, "raw");
    Aspects.of(before).add(sealer);
    expect(complaints(before)).toEqual([]);
    Aspects.of(after).add(new RequireEncryption());
    Aspects.of(after).add(sealer);
    expect(() => Testing.fullSynth(after)).toThrow(/"stack\/raw" has no encryption default/);
  });
});

describe("RequireEncryption in a whole app", () => {
  function twoStacks(): { app: App; first: TerraformStack; second: TerraformStack } {
    const app = Testing.app();
    const [first, second] = [newStack("first", app), newStack("second", app)];
    storeIn(first);
    storeIn(second);
    RequireEncryption.everywhereIn(app);
    return { app, first, second };
  }

  it("names the buckets of all stacks in one error", () => {
    const { app, first, second } = twoStacks();
    new S3Bucket(first, "raw");
    new S3Bucket(second, "raw");
    expect(() => app.synth()).toThrow(
      /"first\/raw" has no encryption default[\s\S]*"second\/raw" has no encryption default/,
    );
  });

  it("needs everywhereIn, since CDKTF does not visit the aspects of an App", () => {
    const app = Testing.app();
    const first = newStack("first", app);
    new S3Bucket(first, "raw");
    // No ObjectStorageProvider is there to notice it.
    new AwsProvider(first, "aws", { region: "eu-west-3" });
    Aspects.of(app).add(new RequireEncryption());
    expect(() => app.synth()).not.toThrow();
    RequireEncryption.everywhereIn(app);
    expect(() => app.synth()).toThrow(/"first\/raw" has no encryption default/);
  });

  it("accepts an app whose buckets all have a default, also from another stack, and by any aspect", () => {
    const { app, first, second } = twoStacks();
    const bucket = new S3Bucket(first, "raw");
    new S3Bucket(second, "late");
    new BucketEncryption(second, "default", { bucketName: bucket.id });
    Aspects.of(second).add({
      visit(node) {
        if (node instanceof S3Bucket) new BucketEncryption(second, "added", { bucketName: node.id });
      },
    });
    expect(() => app.synth()).not.toThrow();
  });

  it("distinguishes a bucket of one stack from its namesake in the other", () => {
    const { app, first, second } = twoStacks();
    new S3Bucket(first, "raw");
    const namesake = new S3Bucket(second, "raw");
    new BucketEncryption(second, "default", { bucketName: namesake.id });
    expect(() => app.synth()).toThrow(/"first\/raw" has no encryption default/);
    expect(() => app.synth()).not.toThrow(/second\/raw/);
  });

  it("sees a stack that is created after it, and a single construct", () => {
    const app = Testing.app();
    RequireEncryption.everywhereIn(app);
    const late = newStack("late", app);
    storeIn(late);
    new S3Bucket(late, "raw");
    expect(() => app.synth()).toThrow(/"late\/raw" has no encryption default/);

    const { stack } = stackOnOvhcloud();
    const [team, others] = [new Construct(stack, "team"), new Construct(stack, "others")];
    RequireEncryption.everywhereIn(team);
    new S3Bucket(others, "raw");
    expect(() => Testing.fullSynth(stack)).not.toThrow();
    new S3Bucket(team, "raw");
    expect(() => Testing.fullSynth(stack)).toThrow(/"stack\/team\/raw" has no encryption default/);
  });

  it("refuses an App that skips its validations, which would check nothing", () => {
    const app = new CdktfApp({ outdir: Testing.app().outdir, skipValidation: true });
    expect(() => RequireEncryption.everywhereIn(app)).toThrow(/checks nothing in an App with skipValidation/);
  });
});

describe("the mode warn", () => {
  it("lets the synth pass and warns about each bucket once", () => {
    const app = Testing.app();
    const [first, second] = [newStack("first", app), newStack("second", app)];
    for (const stack of [first, second]) {
      storeIn(stack);
      new S3Bucket(stack, "raw");
      new EncryptedBucket(stack, "sealed");
    }
    Aspects.of(second).add(new RequireEncryption({ mode: "warn" }));
    RequireEncryption.everywhereIn(first, { mode: "warn" });
    const { annotations } = synthApp(app);
    expect(annotations.map(({ level, message }) => [level, /"[^"]+"/.exec(message)?.[0]])).toEqual([
      ["@cdktf/warn", '"first/raw"'],
      ["@cdktf/warn", '"second/raw"'],
    ]);
  });

  it("covers a whole app, and fails if a stack came too late for a warning", () => {
    const app = Testing.app();
    const first = newStack("first", app);
    storeIn(first);
    new S3Bucket(first, "raw");
    RequireEncryption.everywhereIn(app, { mode: "warn" });
    expect(synthApp(app).annotations).toHaveLength(1);
    expect(annotationsIn(first)).toHaveLength(1);
    const late = newStack("late", app);
    storeIn(late);
    new S3Bucket(late, "raw");
    expect(() => app.synth()).toThrow(/"late\/raw".*call RequireEncryption\.everywhereIn last/);
    expect(() => app.synth()).not.toThrow(/first\/raw/);
  });
});

const TYPE = "aws_s3_bucket_server_side_encryption_configuration";

function fixed(stack: TerraformStack) {
  Aspects.of(stack).add(new RequireEncryption({ mode: "fix" }));
  return Object.values(synth(stack).resource[TYPE] ?? {});
}

const sealed = { rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }] };

describe("the mode fix", () => {
  it("adds the missing default through the bucket's own provider, and reports it", () => {
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
    expect(annotationsIn(stack).map(({ level }) => level)).toEqual(["@cdktf/info", "@cdktf/info", "@cdktf/info"]);
  });

  it("gives the default a fixed id, which later declarations do not change", () => {
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

  it("never adds a second one, nor one on a second synth", () => {
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

  it("fails if it cannot fix a bucket: a default that may be the bucket's already, and a store that has none", () => {
    const { stack } = stackOnOvhcloud();
    const name = new TerraformVariable(stack, "name", {}).stringValue;
    new S3Bucket(stack, "raw", { bucket: "acme-raw" });
    new EncryptionDefault(stack, "doubtful", { bucket: name, rule });
    expect(failure(stack, { mode: "fix" })).toMatch(/"stack\/raw" has no encryption default that is certain: only/);
    expect(Object.keys(JSON.parse(Testing.synth(stack)).resource[TYPE])).toEqual(["doubtful"]);
  });
});

describe("the mode fix in a whole app", () => {
  it("fixes every stack before it is written", () => {
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

  it("fails for a stack that came too late, unless it needs nothing", () => {
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
