import { TerraformVariable, Token } from "cdktf";
import { describe, expect, it } from "vitest";
import { tagsProblems } from "../../../constructs/features/tags.js";
import { EncryptedBucket } from "../../../constructs/index.js";
import { expression, resourcesOf, stackOn, stackOnOvhcloud, storageOn, synth, warningsOf } from "../synth.js";

describe("versioning", () => {
  it.each([
    ["enabled", "Enabled"],
    ["suspended", "Suspended"],
  ] as const)("is declared as %s", (versioning, status) => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { versioning });
    const { resource } = synth(stack);
    const [address] = Object.keys(resource.aws_s3_bucket ?? {});
    expect(Object.values(resource.aws_s3_bucket_versioning ?? {})).toMatchObject([
      { bucket: expression(`aws_s3_bucket.${address}.id`), versioning_configuration: { status } },
    ]);
  });

  it("is left to the store by default", () => {
    const { stack } = stackOnOvhcloud();
    expect(new EncryptedBucket(stack, "invoices").versioning).toBeUndefined();
    expect(synth(stack).resource.aws_s3_bucket_versioning).toBeUndefined();
  });

  it("is refused with store and source if the store lacks it", () => {
    const { stack, storage } = stackOnOvhcloud();
    const source = "https://example.com/no-versions";
    const { subResources } = storage.store;
    const store = { ...storage.store, subResources: { ...subResources, versioning: { value: "unsupported", source } } };
    Object.assign(storage, { store });
    new EncryptedBucket(stack, "invoices", { versioning: "enabled" });
    expect(() => synth(stack)).toThrow(
      `[stack/invoices] versioning cannot be used on OVHcloud Object Storage, which has no versioning (${source})`,
    );
  });
});

const CONTROLS = "aws_s3_bucket_ownership_controls";

describe("ownership", () => {
  it("defaults to the bucket's owner on Amazon S3, and accepts another value", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "one");
    new EncryptedBucket(stack, "two", { ownership: "ObjectWriter" });
    expect(resourcesOf(synth(stack), CONTROLS)).toMatchObject([
      { rule: { object_ownership: "BucketOwnerEnforced" } },
      { rule: { object_ownership: "ObjectWriter" } },
    ]);
  });

  it.each(["ovhcloud", "scaleway", "ceph-rgw", "minio", "backblaze-b2", "generic"] as const)(
    "is left to %s by default and with false",
    (provider) => {
      const { stack } = stackOn(provider);
      const one = new EncryptedBucket(stack, "one");
      new EncryptedBucket(stack, "two", { ownership: false });
      expect(resourcesOf(synth(stack), CONTROLS)).toEqual([]);
      expect(warningsOf(one)).toEqual([]);
    },
  );

  it("can be left to Amazon S3 too, for an existing bucket with ACLs", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "one", { ownership: false }).ownership).toBeUndefined();
    expect(resourcesOf(synth(stack), CONTROLS)).toEqual([]);
  });

  it("keeps the id that Terraform state hangs on", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "invoices").ownership?.friendlyUniqueId).toBe("invoices_ownership_955434D0");
  });

  it("is refused with an alternative if the store lacks it", () => {
    const { stack } = stackOn("ovhcloud");
    new EncryptedBucket(stack, "one", { ownership: "BucketOwnerEnforced" });
    expect(() => synth(stack)).toThrow(
      /ownership cannot be used on OVHcloud.*no ownership controls \(https:\S+\): leave it out; instead, the writer of an object owns it there/,
    );
  });

  it("is declared with a warning if no document mentions it", () => {
    const { stack } = stackOn("ceph-rgw");
    const one = new EncryptedBucket(stack, "one", { ownership: "ObjectWriter" });
    expect(resourcesOf(synth(stack), CONTROLS)).toHaveLength(1);
    expect(warningsOf(one)).toEqual([expect.stringMatching(/^ownership: no document of Ceph/)]);
  });
});

const BLOCK = "aws_s3_bucket_public_access_block";
const ALL_ON = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};

describe("blockPublicAccess", () => {
  it.each(["aws", "ceph-rgw"] as const)("enables all four by default on %s, which documents it", (provider) => {
    const { stack } = stackOn(provider);
    new EncryptedBucket(stack, "invoices");
    expect(resourcesOf(synth(stack), BLOCK)).toMatchObject([ALL_ON]);
  });

  it.each(["ovhcloud", "scaleway", "minio", "backblaze-b2", "generic"] as const)(
    "declares nothing by default on %s",
    (provider) => {
      const { stack } = stackOn(provider);
      new EncryptedBucket(stack, "invoices", { blockPublicAccess: false });
      const exports = new EncryptedBucket(stack, "exports");
      expect(resourcesOf(synth(stack), BLOCK)).toEqual([]);
      expect(warningsOf(exports)).toEqual([]);
    },
  );

  it("declares nothing with false", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "invoices", { blockPublicAccess: false }).publicAccess).toBeUndefined();
    expect(resourcesOf(synth(stack), BLOCK)).toEqual([]);
  });

  it("accepts single settings, and the others stay on", () => {
    const { stack } = stackOn("aws");
    new EncryptedBucket(stack, "website", {
      blockPublicAccess: { blockPublicPolicy: false, restrictPublicBuckets: false },
    });
    const finer = { ...ALL_ON, block_public_policy: false, restrict_public_buckets: false };
    expect(resourcesOf(synth(stack), BLOCK)).toMatchObject([finer]);
  });

  it("keeps the id that Terraform state hangs on", () => {
    const { stack } = stackOn("aws");
    expect(new EncryptedBucket(stack, "invoices").publicAccess?.friendlyUniqueId).toBe(
      "invoices_public-access_F8551C61",
    );
  });

  it.each([
    [
      "ovhcloud",
      /blockPublicAccess cannot be used on OVHcloud.*no public access block \(https:\S+\): leave it out; instead, buckets and objects are private/,
    ],
    ["minio", /blockPublicAccess cannot be used on MinIO.*private there until a policy opens it/],
    [
      "backblaze-b2",
      /blockPublicAccess cannot be used on Backblaze B2.*private as a whole until its ACL is public-read/,
    ],
  ] as const)("is refused on %s, with an alternative", (provider, text) => {
    for (const blockPublicAccess of [true, {}]) {
      const { stack } = stackOn(provider);
      new EncryptedBucket(stack, "invoices", { blockPublicAccess });
      expect(() => synth(stack)).toThrow(text);
    }
  });

  it("is declared with a warning if no document mentions it", () => {
    const { stack } = stackOn("scaleway");
    const invoices = new EncryptedBucket(stack, "invoices", { blockPublicAccess: true });
    expect(resourcesOf(synth(stack), BLOCK)).toMatchObject([ALL_ON]);
    expect(warningsOf(invoices)).toEqual([expect.stringMatching(/^blockPublicAccess: no document of Scaleway/)]);
  });
});

const aws = storageOn("aws");

describe("tags", () => {
  it("are set on the bucket", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices", { tags: { team: "finance", "cost center": "4/2" } });
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})).toMatchObject([
      { tags: { team: "finance", "cost center": "4/2" } },
    ]);
  });

  it("are left out by default", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "invoices");
    expect(Object.values(synth(stack).resource.aws_s3_bucket ?? {})[0]).not.toHaveProperty("tags");
  });

  it("accept references, one by one or all together", () => {
    const { stack } = stackOnOvhcloud();
    const team = new TerraformVariable(stack, "team", {}).stringValue;
    new EncryptedBucket(stack, "one", { tags: { team } });
    const all = new TerraformVariable(stack, "tags", {}).value as unknown;
    new EncryptedBucket(stack, "all", { tags: Token.asStringMap(all as never) });
    const { text } = synth(stack);
    expect(text).toContain(expression("var.team"));
    expect(text).toContain(expression("var.tags"));
  });

  it.each<[string, Record<string, string>, string]>([
    ["an empty key", { "": "v" }, "a key has 1 to 128 characters"],
    ["a long key", { ["k".repeat(129)]: "v" }, "a key has 1 to 128 characters"],
    ["a long value", { k: "v".repeat(257) }, "a value has at most 256 characters"],
    ["Amazon's own prefix", { "AWS:team": "v" }, 'a key does not begin with "aws:"'],
    ["a character that S3 refuses", { team: "a&b" }, "both hold letters, digits, spaces and _.:/=+-@ only"],
  ])("refuse %s", (_, tags, words) => {
    expect(tagsProblems({ tags }, aws)).toEqual([expect.stringContaining(words)]);
  });

  it("accept values within these limits, in any script", () => {
    const tags = { ["k".repeat(128)]: "v".repeat(256), équipe: "données 1_.:/=+-@", empty: "" };
    expect(tagsProblems({ tags }, aws)).toEqual([]);
  });

  it("are limited to 50", () => {
    const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
    expect(tagsProblems({ tags: tags(51) }, aws)).toEqual(["there are 51 tags; a bucket has 50 at most"]);
    expect(tagsProblems({ tags: tags(50) }, aws)).toEqual([]);
  });

  it("are refused with store and source if the store lacks them", () => {
    expect(tagsProblems({ tags: { a: "b" } }, storageOn("backblaze-b2"))).toEqual([
      expect.stringMatching(
        /^tags cannot be used on Backblaze B2, which has no bucket tags \(https:\S+\): leave it out/,
      ),
    ]);
    expect(tagsProblems({}, storageOn("backblaze-b2"))).toEqual([]);
  });
});
