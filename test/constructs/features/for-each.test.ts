import {
  Aspects,
  DefaultTokenResolver,
  StringConcat,
  TerraformIterator,
  TerraformVariable,
  Testing,
  Token,
  Tokenization,
} from "cdktf";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
  RequireEncryption,
} from "../../../constructs/index.js";
import { expression, newStack, placeOf, resourcesOf, stackOn, stackOnOvhcloud, synth } from "../synth.js";

const TEAMS = { invoices: { name: "acme-invoices" }, exports: { name: "acme-exports" } };
const EVERYTHING = {
  versioning: "enabled",
  defaultRetention: { mode: "governance", days: 1 },
  lifecycleRules: [{ id: "tmp", prefix: "tmp/", expirationDays: 3 }],
  cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }],
  website: { indexDocument: "index.html" },
  enforceTls: true,
} satisfies EncryptedBucketProps;
const ROLE = "arn:aws:iam::123456789012:role/replication";

const resolver = new DefaultTokenResolver(new StringConcat());

function problemOf(declare: (stack: ReturnType<typeof stackOnOvhcloud>["stack"]) => void) {
  const { stack } = stackOnOvhcloud();
  declare(stack);
  return () => synth(stack);
}

describe("forEach", () => {
  it("applies to every part of a bucket, and each part refers to the instance of its own key", () => {
    const { stack } = stackOn("aws");
    const forEach = TerraformIterator.fromMap(TEAMS);
    const logs = new EncryptedBucket(stack, "logs", { forEach, bucketName: `${forEach.getString("name")}-logs` });
    const copies = new EncryptedBucket(stack, "copies", {
      forEach,
      bucketName: `${forEach.getString("name")}-copies`,
      versioning: "enabled",
      objectLock: true,
    });
    const { bucket, bucketName } = new EncryptedBucket(stack, "teams", {
      ...EVERYTHING,
      forEach,
      bucketName: forEach.getString("name"),
      serverAccessLogs: { bucket: logs, prefix: "teams/" },
      replication: { destination: copies, role: ROLE },
    });
    const synthesised = synth(stack);
    const own = expression(`aws_s3_bucket.${bucket.friendlyUniqueId}[each.key].id`);
    const parts = Object.entries(synthesised.resource)
      .flatMap(([type, blocks]) => Object.entries(blocks).map(([id, block]) => ({ type, id, block })))
      .filter(({ id }) => id.startsWith("teams_"));
    expect(parts).toHaveLength(12);
    for (const { type, block } of parts) {
      expect([type, block.for_each]).toEqual([type, TEAMS]);
      expect(block.bucket).toBe(type === "aws_s3_bucket" ? expression("each.value.name") : own);
    }
    expect(Tokenization.resolve(bucketName, { scope: stack, resolver, preparing: false })).toBe(
      expression(`aws_s3_bucket.${bucket.friendlyUniqueId}[each.key].bucket`),
    );
    expect(resourcesOf(synthesised, "aws_s3_bucket_logging")[0]).toMatchObject({
      target_bucket: expression(`aws_s3_bucket.${logs.bucket.friendlyUniqueId}[each.key].bucket`),
    });
    expect(JSON.stringify(resourcesOf(synthesised, "aws_s3_bucket_replication_configuration"))).toContain(
      `aws:s3:::${expression(`aws_s3_bucket.${copies.bucket.friendlyUniqueId}[each.key].bucket`)}`,
    );
  });

  it("accepts lists, lists of objects and maps, and publishes the buckets by their keys", () => {
    const { stack } = stackOnOvhcloud();
    const list = TerraformIterator.fromList(["a", "b"]);
    const variable = new TerraformVariable(stack, "buckets", { type: "list(object({ name = string }))" });
    const objects = TerraformIterator.fromComplexList(variable.value, "name");
    const { bucket } = new EncryptedBucket(stack, "list", { forEach: list, bucketName: `acme-${list.key}` });
    new EncryptedBucket(stack, "objects", { forEach: objects, bucketName: objects.getString("name") });
    const { encryption } = new BucketEncryption(stack, "found", {
      forEach: list,
      bucketName: `found-${list.value}`,
    });
    const { output, resource } = synth(stack);
    const names = (type: string, id: string) => expression(`{ for key, one in ${type}.${id} : key => one.bucket }`);
    expect(output.bucketseal_list).toMatchObject({
      value: { bucketseal: 1, buckets: names("aws_s3_bucket", bucket.friendlyUniqueId), provider: "ovhcloud" },
    });
    expect(output.bucketseal_found).toMatchObject({
      value: {
        buckets: names("aws_s3_bucket_server_side_encryption_configuration", encryption.friendlyUniqueId),
      },
    });
    expect(Object.values(resource.aws_s3_bucket ?? {}).map(({ for_each }) => for_each)).toEqual([
      expression('toset(["a", "b"])'),
      expression("{ for key, val in var.buckets: val.name => val }"),
    ]);
  });

  it("lets all its buckets log to one bucket, whose policy names each", () => {
    const { stack } = stackOn("aws");
    const forEach = TerraformIterator.fromList(["a", "b"]);
    const logs = new EncryptedBucket(stack, "logs", { bucketName: "acme-logs" });
    const { bucket } = new EncryptedBucket(stack, "many", {
      forEach,
      bucketName: `acme-${forEach.key}`,
      serverAccessLogs: { bucket: logs },
    });
    const [{ policy } = { policy: "" }] = resourcesOf(synth(stack), "aws_s3_bucket_policy");
    const all = `values(aws_s3_bucket.${bucket.friendlyUniqueId})[*].bucket`;
    expect(policy).toContain(`"aws:SourceArn":["\${join("\\",\\"", formatlist("arn:aws:s3:::%s", ${all}))}"]`);
  });

  it("counts for RequireEncryption, with the names that it spells out", () => {
    const { stack } = stackOnOvhcloud();
    const forEach = TerraformIterator.fromMap(TEAMS);
    Aspects.of(stack).add(new RequireEncryption());
    new EncryptedBucket(stack, "teams", { forEach, bucketName: forEach.getString("name") });
    expect(() => synth(stack)).not.toThrow();
    new EncryptedBucket(stack, "else", { bucketName: "acme-exports" });
    expect(() => synth(stack)).toThrow('"acme-exports" is taken twice');
  });

  it("refuses a name that is the same for each bucket, that no bucket can have, or that occurs twice", () => {
    const forEach = TerraformIterator.fromList(["a", "b"]);
    expect(problemOf((stack) => new EncryptedBucket(stack, "x", { forEach, bucketName: "acme" }))).toThrow(
      'bucketName "acme" would be the same for each bucket; build it from the iterator, as in iterator.key',
    );
    expect(
      problemOf((stack) => new EncryptedBucket(stack, "x", { forEach, bucketName: Token.asString(forEach.key) })),
    ).toThrow('bucket name "a" cannot be used on OVHcloud Object Storage: a name has 3 to 63 characters');
    const same = TerraformIterator.fromMap({ a: { name: "acme" }, b: { name: "acme" } });
    expect(
      problemOf((stack) => new BucketEncryption(stack, "x", { forEach: same, bucketName: same.getString("name") })),
    ).toThrow('forEach gives the bucketName "acme" twice; give each a name of its own');
  });

  it("is refused with importExisting, and required if the name comes from an iterator", () => {
    const forEach = TerraformIterator.fromList(["aaa", "bbb"]);
    expect(
      problemOf(
        (stack) =>
          new EncryptedBucket(stack, "x", { forEach, bucketName: Token.asString(forEach.key), importExisting: true }),
      ),
    ).toThrow("importExisting cannot be combined with forEach; import the buckets one by one");
    expect(problemOf((stack) => new EncryptedBucket(stack, "x", { bucketName: Token.asString(forEach.key) }))).toThrow(
      `bucketName "${expression("each.key")}" comes from an iterator; give the iterator as forEach`,
    );
    expect(problemOf((stack) => new EncryptedBucket(stack, "x", { forEach: ["a"] as never }))).toThrow(
      "forEach is a list; give a TerraformIterator, as in TerraformIterator.fromList(names)",
    );
  });

  it("refuses logs and replicas from a bucket without the same iterator in the same stack", () => {
    const { stack } = stackOn("aws");
    const forEach = TerraformIterator.fromList(["aaa", "bbb"]);
    const logs = new EncryptedBucket(stack, "logs", {
      forEach,
      bucketName: Token.asString(forEach.key),
      versioning: "enabled",
    });
    const other = TerraformIterator.fromList(["aaa", "bbb"]);
    new EncryptedBucket(stack, "one", { bucketName: "acme", serverAccessLogs: { bucket: logs } });
    new EncryptedBucket(stack, "two", {
      forEach: other,
      bucketName: `${other.key}-2`,
      versioning: "enabled",
      replication: { destination: logs, role: ROLE },
    });
    const words =
      "is declared with forEach, so it is unclear which of its buckets is meant; give both the same iterator";
    expect(() => synth(stack)).toThrow(`[stack/one] serverAccessLogs.bucket ${words}`);
    expect(() => synth(stack)).toThrow(`[stack/two] replication.destination ${words}`);
  });

  it("may be used in two stacks, each with its own buckets", () => {
    const app = Testing.app();
    const forEach = TerraformIterator.fromList(["aaa", "bbb"]);
    for (const provider of ["ovhcloud", "scaleway"] as const) {
      const stack = newStack(provider, app);
      new ObjectStorageProvider(stack, "storage", placeOf(provider));
      new EncryptedBucket(stack, "many", { forEach, bucketName: Token.asString(forEach.key) });
      expect(() => synth(stack)).not.toThrow();
    }
  });
});
