import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
} from "../../../../constructs/index.js";
import type { ProviderId } from "../../../../providers/index.js";
import { stackOn, synth } from "../../synth.js";
import { type Ends, replicating, role } from "./replicating.js";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";

describe("a replication rule", () => {
  const refusal =
    (provider: ProviderId, ends: Ends = {}) =>
    () =>
      synth(replicating(provider, ends).stack);

  it.each([
    [
      "into a plain name",
      "acme-backup",
      'replication.destination is "acme-backup", which is not known to encrypt by default; give an EncryptedBucket, or a BucketEncryption',
    ],
    ["without a destination", null, "replication.destination is null, which is not known to encrypt"],
  ])("is refused %s", (_, destination, text) => {
    expect(refusal("ovhcloud", { rule: { destination: destination as never } })).toThrow(text);
  });

  it("is refused into a bucket that this app does not encrypt", () => {
    const { stack, storage } = stackOn("ovhcloud");
    const destination = { bucketName: "acme-backup", storage } as never;
    new EncryptedBucket(stack, "invoices", { versioning: "enabled", replication: { destination } });
    expect(() => synth(stack)).toThrow("replication.destination is a bucket, which is not known to encrypt");
  });

  it.each([
    ["without versions here", { source: { versioning: "suspended" } }, "give this bucket versioning"],
    ["without versions there", { destination: { versioning: "suspended" } }, "give the destination versioning"],
    [
      "with delete markers and tags",
      { rule: { deleteMarkers: true, tags: { a: "b" } } },
      "deleteMarkers cannot be combined with replication.tags",
    ],
    [
      "into a class that replicas cannot have",
      { rule: { storageClass: "GLACIER" } },
      /storageClass "GLACIER" is not a storage class of replicas on OVHcloud Object Storage \(https:\S+\); choose one of STANDARD, STANDARD_IA, EXPRESS_ONEZONE/,
    ],
    [
      "with a role, which OVHcloud does not take",
      { rule: { role } },
      /replication.role is not used on OVHcloud Object Storage, which replicates with rights of its own \(https:/,
    ],
    [
      "with a replica key while the bucket has no key",
      { rule: { replicaKmsKey: KEY } },
      "replicaKmsKey has no effect if this bucket has no kmsKey",
    ],
  ] as const)("is refused %s", (_, ends, text) => expect(refusal("ovhcloud", ends)).toThrow(text));

  it.each([
    [
      "without a role",
      { rule: { role: undefined as never } },
      /replication.role is missing; give the ARN of a role that Amazon S3 replicates with \(https:/,
    ],
    [
      "with an invalid role",
      { rule: { role: "arn:aws:iam::0f3a:role/s3-replication" } },
      "whose account has 12 digits",
    ],
    [
      "for KMS objects without a key for replicas",
      { source: { kmsKey: "alias/a" } },
      "replication.replicaKmsKey is missing",
    ],
    [
      "with an alias for a key of replicas",
      { source: { kmsKey: "alias/a" }, destination: { kmsKey: "alias/b" } },
      'needs the ARN of the replicas\' KMS key, not "alias/b"',
    ],
  ] as const)("is refused on Amazon S3 %s", (_, ends, text) => expect(refusal("aws", ends)).toThrow(text));

  it("is refused with a class that the store does not have, unless it may have its own classes", () => {
    const rule = { storageClass: "STANDARD_IA" };
    expect(refusal("scaleway", { rule })).toThrow(
      /storageClass "STANDARD_IA" is not a storage class of replicas on Scaleway Object Storage \(https:\S+\); choose one of STANDARD, ONEZONE_IA/,
    );
    expect(refusal("ceph-rgw", { rule })).not.toThrow();
    expect(refusal("generic", { rule })).not.toThrow();
  });

  it("is refused for locked objects if the destination has no lock", () => {
    const lock: EncryptedBucketProps = { objectLock: true };
    expect(refusal("ovhcloud", { source: lock })).toThrow("give the destination objectLock: true");
    expect(refusal("ovhcloud", { destination: lock })).toThrow(
      /replication on OVHcloud Object Storage goes into a bucket with Object Lock only from .* \(https:\S+\); give this bucket objectLock/,
    );
    expect(refusal("ovhcloud", { source: lock, destination: lock })).not.toThrow();
    expect(refusal("aws", { destination: lock })).not.toThrow();
  });

  it("is refused into the bucket itself, and into another store", () => {
    const { stack, storage } = stackOn("ovhcloud");
    const itself = new BucketEncryption(stack, "legacy", { bucketName: "acme" });
    const replication = { destination: itself };
    new EncryptedBucket(stack, "invoices", { bucketName: "acme", versioning: "enabled", replication });
    expect(() => synth(stack)).toThrow("replication cannot go into the bucket itself");

    const aws = new ObjectStorageProvider(stack, "aws", { provider: "aws", region: "eu-west-1", alias: "aws" });
    const away = new EncryptedBucket(stack, "away", { storage: aws, versioning: "enabled" });
    new EncryptedBucket(stack, "exports", { storage, versioning: "enabled", replication: { destination: away } });
    expect(() => synth(stack)).toThrow("replication cannot go from OVHcloud Object Storage to Amazon S3");
  });

  it("is refused with an alternative if Terraform's AWS provider cannot write it", () => {
    expect(refusal("minio")).toThrow(
      /replication cannot be used on MinIO, whose rules Terraform's AWS provider cannot write \(https:\S+\): leave it out; instead, set it up with mc replicate add/,
    );
  });
});
