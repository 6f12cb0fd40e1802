import { describe, expect, it } from "vitest";
import { EncryptedBucket, type EncryptedBucketProps } from "../../../../constructs/index.js";
import type { ProviderId } from "../../../../providers/index.js";
import { expression, stackOn, synth, warningsOf } from "../../synth.js";

function declared(provider: ProviderId, props: EncryptedBucketProps) {
  const { stack } = stackOn(provider);
  const bucket = new EncryptedBucket(stack, "logs", props);
  const { resource } = synth(stack);
  const [inBucket] = Object.values(resource.aws_s3_bucket ?? {});
  const [[address, own] = []] = Object.entries(resource.aws_s3_bucket_lifecycle_configuration ?? {});
  return { bucket, address, own, inBucket: inBucket?.lifecycle_rule };
}

const lifecycleRules = [
  { id: "logs", prefix: "logs/", expirationDays: 30, abortIncompleteMultipartUploadDays: 1 },
  {
    id: "archive",
    tags: { keep: "long" },
    transitions: [
      { storageClass: "STANDARD_IA", days: 30 },
      { storageClass: "GLACIER_IR", days: 60 },
    ],
  },
  { id: "both", prefix: "a/", tags: { b: "c" }, expirationDate: "2031-01-31" },
  {
    id: "versions",
    enabled: false,
    noncurrentVersionExpirationDays: 90,
    noncurrentVersionTransitions: [{ storageClass: "STANDARD_IA", noncurrentDays: 30 }],
  },
  { id: "markers", expiredObjectDeleteMarker: true },
] as const;

describe("lifecycle rules on Amazon S3", () => {
  it("become a resource, with a single filter as it is and several in an and", () => {
    const { bucket, address, own, inBucket } = declared("aws", { lifecycleRules });
    expect(inBucket).toBeUndefined();
    expect(address).toBe(bucket.lifecycle?.friendlyUniqueId);
    expect(own?.bucket).toBe(expression(`aws_s3_bucket.${bucket.bucket.friendlyUniqueId}.id`));
    expect(own?.rule).toEqual([
      {
        id: "logs",
        status: "Enabled",
        filter: [{ prefix: "logs/" }],
        expiration: [{ days: 30 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      },
      {
        id: "archive",
        status: "Enabled",
        filter: [{ tag: [{ key: "keep", value: "long" }] }],
        transition: [
          { storage_class: "STANDARD_IA", days: 30 },
          { storage_class: "GLACIER_IR", days: 60 },
        ],
      },
      {
        id: "both",
        status: "Enabled",
        filter: [{ and: [{ prefix: "a/", tags: { b: "c" } }] }],
        expiration: [{ date: "2031-01-31T00:00:00Z" }],
      },
      {
        id: "versions",
        status: "Disabled",
        filter: [{}],
        noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        noncurrent_version_transition: [{ storage_class: "STANDARD_IA", noncurrent_days: 30 }],
      },
      { id: "markers", status: "Enabled", filter: [{}], expiration: [{ expired_object_delete_marker: true }] },
      {
        id: "abort-incomplete-multipart-uploads",
        status: "Enabled",
        filter: [{}],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ]);
  });

  it("filter by size, and keep versions", () => {
    const { own } = declared("aws", {
      abortIncompleteMultipartUploadDays: false,
      lifecycleRules: [
        { id: "large", objectSizeGreaterThanBytes: 10, expirationDays: 1 },
        { id: "middle", objectSizeGreaterThanBytes: 10, objectSizeLessThanBytes: 20, expirationDays: 1 },
        {
          id: "kept",
          noncurrentVersionExpirationDays: 1,
          newerNoncurrentVersions: 3,
          noncurrentVersionTransitions: [{ storageClass: "GLACIER", noncurrentDays: 0, newerNoncurrentVersions: 2 }],
        },
      ],
    });
    expect(own?.rule).toMatchObject([
      { filter: [{ object_size_greater_than: 10 }] },
      { filter: [{ and: [{ object_size_greater_than: 10, object_size_less_than: 20 }] }] },
      {
        noncurrent_version_expiration: [{ noncurrent_days: 1, newer_noncurrent_versions: 3 }],
        noncurrent_version_transition: [{ noncurrent_days: 0, newer_noncurrent_versions: 2 }],
      },
    ]);
  });

  it("depend on versioning, since some of them are about versions", () => {
    const { bucket, own } = declared("aws", { versioning: "enabled" });
    expect(own?.depends_on).toEqual([`aws_s3_bucket_versioning.${bucket.versioning?.friendlyUniqueId}`]);
  });
});

describe("lifecycle rules elsewhere", () => {
  it("are part of the bucket, since Terraform's resource for them waits for a header of Amazon S3", () => {
    const { bucket, own, inBucket } = declared("ovhcloud", {
      abortIncompleteMultipartUploadDays: 7,
      lifecycleRules: [...lifecycleRules.slice(0, 1), ...lifecycleRules.slice(2)],
    });
    expect(own).toBeUndefined();
    expect(bucket.lifecycle).toBeUndefined();
    expect(inBucket).toEqual([
      { id: "abort-incomplete-multipart-uploads", enabled: true, abort_incomplete_multipart_upload_days: 7 },
      { id: "both", enabled: true, prefix: "a/", tags: { b: "c" }, expiration: { date: "2031-01-31" } },
      {
        id: "logs",
        enabled: true,
        prefix: "logs/",
        expiration: { days: 30 },
        abort_incomplete_multipart_upload_days: 1,
      },
      { id: "markers", enabled: true, expiration: { expired_object_delete_marker: true } },
      {
        id: "versions",
        enabled: false,
        noncurrent_version_expiration: { days: 90 },
        noncurrent_version_transition: [{ storage_class: "STANDARD_IA", days: 30 }],
      },
    ]);
  });

  it("are sorted by id, which is the order that Ceph returns", () => {
    const ids = (provider: ProviderId) => {
      const rules = ["é", "old", "B", "z"].map((id) => ({ id, expirationDays: 1 }));
      const { inBucket, own } = declared(provider, { lifecycleRules: rules, abortIncompleteMultipartUploadDays: 7 });
      const found = (inBucket ?? own?.rule) as { id: string }[] | undefined;
      return found?.map(({ id }) => id);
    };
    expect(ids("ceph-rgw")).toEqual(["B", "abort-incomplete-multipart-uploads", "old", "z", "é"]);
    expect(ids("aws")).toEqual(["é", "old", "B", "z", "abort-incomplete-multipart-uploads"]);
  });

  it("move objects to colder classes", () => {
    const { inBucket } = declared("scaleway", {
      abortIncompleteMultipartUploadDays: false,
      lifecycleRules: [{ id: "cold", transitions: [{ storageClass: "GLACIER", days: 90 }] }],
    });
    expect(inBucket).toEqual([{ id: "cold", enabled: true, transition: [{ storage_class: "GLACIER", days: 90 }] }]);
  });

  it("are left as they are without rules, and an empty list declares one that is disabled", () => {
    const abortIncompleteMultipartUploadDays = false;
    expect(declared("ovhcloud", { abortIncompleteMultipartUploadDays }).inBucket).toBeUndefined();
    expect(declared("ovhcloud", { abortIncompleteMultipartUploadDays, lifecycleRules: [] }).inBucket).toEqual([
      { id: "abort-incomplete-multipart-uploads", enabled: false, abort_incomplete_multipart_upload_days: 7 },
    ]);
  });

  it("cause a warning if versioning is suspended and the store accepts no rules meanwhile", () => {
    const warnings = (provider: ProviderId, versioning: "enabled" | "suspended") =>
      warningsOf(new EncryptedBucket(stackOn(provider).stack, "logs", { versioning }));
    expect(warnings("ovhcloud", "suspended")).toEqual([
      expect.stringMatching(
        /accepts no lifecycle rules meanwhile \(https:.*remove them first: aws s3api delete-bucket-lifecycle/,
      ),
    ]);
    expect(warnings("ovhcloud", "enabled")).toEqual([]);
    expect(warnings("aws", "suspended")).toEqual([]);
  });

  it("are refused together with the path of the bucket if they are wrong", () => {
    const { stack } = stackOn("ovhcloud");
    const wrong = [
      { id: "a", expirationDays: 0 },
      { id: "b", transitions: [{ storageClass: "COLD", days: 1 }] },
    ];
    new EncryptedBucket(stack, "logs", { lifecycleRules: wrong });
    expect(() => synth(stack)).toThrow(
      /\[stack\/logs\] lifecycle rule "a": expirationDays 0[\s\S]*\[stack\/logs\] lifecycle rule "b": objects cannot be moved to COLD/,
    );
  });
});
