import { describe, expect, it } from "vitest";
import { objectLockProblems } from "../../../constructs/features/object-lock.js";
import { EncryptedBucket } from "../../../constructs/index.js";
import { expression, stackOnOvhcloud, storageOn, synth } from "../synth.js";

describe("Object Lock", () => {
  it("is chosen when the bucket is created, and enables versioning", () => {
    const { stack } = stackOnOvhcloud();
    const { bucket, objectLock } = new EncryptedBucket(stack, "records", { objectLock: true });
    const { resource } = synth(stack);
    expect(Object.values(resource.aws_s3_bucket ?? {})).toMatchObject([{ object_lock_enabled: true }]);
    expect(Object.values(resource.aws_s3_bucket_versioning ?? {})).toMatchObject([
      {
        bucket: expression(`aws_s3_bucket.${bucket.friendlyUniqueId}.id`),
        versioning_configuration: { status: "Enabled" },
      },
    ]);
    expect(objectLock).toBeUndefined();
    expect(resource.aws_s3_bucket_object_lock_configuration).toBeUndefined();
  });

  it.each([
    [
      { mode: "governance", days: 60 },
      { mode: "GOVERNANCE", days: 60 },
    ],
    [
      { mode: "compliance", years: 7 },
      { mode: "COMPLIANCE", years: 7 },
    ],
  ] as const)("locks every new version: %j", (defaultRetention, declared) => {
    const { stack } = stackOnOvhcloud();
    const { bucket, versioning } = new EncryptedBucket(stack, "records", { defaultRetention });
    const { resource } = synth(stack);
    expect(Object.values(resource.aws_s3_bucket ?? {})).toMatchObject([{ object_lock_enabled: true }]);
    expect(Object.values(resource.aws_s3_bucket_object_lock_configuration ?? {})).toMatchObject([
      {
        bucket: expression(`aws_s3_bucket.${bucket.friendlyUniqueId}.id`),
        rule: { default_retention: declared },
        depends_on: [`aws_s3_bucket_versioning.${versioning?.friendlyUniqueId}`],
      },
    ]);
  });

  it("is not declared by default", () => {
    const { stack } = stackOnOvhcloud();
    new EncryptedBucket(stack, "records");
    expect(synth(stack).text).not.toContain("object_lock");
  });
});

describe("the check of Object Lock", () => {
  const aws = storageOn("aws");

  it("refuses suspended versioning", () => {
    expect(objectLockProblems({ objectLock: true, versioning: "suspended" }, aws)).toEqual([
      'objectLock needs versioning, which is "suspended"; leave versioning out, or give "enabled"',
    ]);
    expect(objectLockProblems({ objectLock: true, versioning: "enabled" }, aws)).toEqual([]);
    expect(objectLockProblems({ objectLock: false, versioning: "suspended" }, aws)).toEqual([]);
  });

  it("refuses a default retention together with objectLock: false", () => {
    const defaultRetention = { mode: "governance", days: 1 } as const;
    expect(objectLockProblems({ objectLock: false, defaultRetention }, aws)).toEqual([
      "defaultRetention needs Object Lock, and objectLock is false; leave one of the two out",
    ]);
    expect(objectLockProblems({ objectLock: true, defaultRetention }, aws)).toEqual([]);
  });

  it("refuses a missing period, and two", () => {
    const period = (given: object) => objectLockProblems({ defaultRetention: { mode: "governance", ...given } }, aws);
    const words = "defaultRetention lasts for days or for years; give exactly one of the two";
    expect(period({})).toEqual([words]);
    expect(period({ days: 1, years: 1 })).toEqual([words]);
    expect(period({ days: 0 })).toEqual(["defaultRetention of 0 cannot be used; give a whole number from 1"]);
    expect(period({ years: 1.5 })).toEqual(["defaultRetention of 1.5 cannot be used; give a whole number from 1"]);
    expect(period({ years: 100 })).toEqual([]);
  });

  it("reports store and source if the store has none", () => {
    expect(objectLockProblems({ objectLock: true }, storageOn("cloudflare-r2"))).toEqual([
      expect.stringMatching(/^objectLock cannot be used on Cloudflare R2, which has no Object Lock \(https:/),
    ]);
  });
});
