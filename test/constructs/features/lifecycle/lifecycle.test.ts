import { describe, expect, it } from "vitest";
import { lifecycleProblems } from "../../../../constructs/features/lifecycle/lifecycle.js";
import { effectiveRules, type LifecycleRule } from "../../../../constructs/features/lifecycle/lifecycle-rule.js";
import { type ProviderId, providers } from "../../../../providers/index.js";
import { storageOn } from "../../synth.js";

const aws = storageOn("aws");
const ovhcloud = storageOn("ovhcloud");

const problemsOf = (rule: Omit<LifecycleRule, "id">, storage = aws) =>
  lifecycleProblems({ lifecycleRules: [{ id: "r", ...rule }] }, storage);

describe("lifecycle rules together", () => {
  const rule = (id: string): LifecycleRule => ({ id, expirationDays: 1 });

  it("need unique ids of at most 255 characters", () => {
    expect(lifecycleProblems({ lifecycleRules: [rule("a"), rule("a"), rule("b")] }, aws)).toEqual([
      'lifecycle rule "a" is declared twice; give each rule an id of its own',
    ]);
    expect(lifecycleProblems({ lifecycleRules: [rule("")] }, aws).join()).toContain("an id has 1 to 255 characters");
    expect(lifecycleProblems({ lifecycleRules: [rule("a".repeat(255))] }, aws)).toEqual([]);
    expect(lifecycleProblems({ lifecycleRules: [rule("a".repeat(256))] }, aws)).toHaveLength(1);
  });

  it("leave the id of the rule that removes uploads to it, unless there is no such rule", () => {
    const lifecycleRules = [rule("abort-incomplete-multipart-uploads")];
    expect(lifecycleProblems({ lifecycleRules }, aws).join()).toContain("is declared twice");
    expect(lifecycleProblems({ lifecycleRules, abortIncompleteMultipartUploadDays: false }, aws)).toEqual([]);
  });

  it("are limited to 1000, including the one that removes uploads", () => {
    const lifecycleRules = Array.from({ length: 1000 }, (_, index) => rule(`r${index}`));
    expect(lifecycleProblems({ lifecycleRules }, aws)).toEqual([
      "the bucket has 1001 lifecycle rules; 1000 are allowed",
    ]);
    expect(lifecycleProblems({ lifecycleRules, abortIncompleteMultipartUploadDays: false }, aws)).toEqual([]);
  });

  it("are refused with the source while versioning is suspended, if the store accepts none then", () => {
    const suspended = { versioning: "suspended", lifecycleRules: [rule("a")] } as const;
    expect(lifecycleProblems(suspended, ovhcloud)).toEqual([
      expect.stringMatching(
        /^lifecycleRules cannot be used while versioning is "suspended": OVHcloud Object Storage accepts no lifecycle rules then \(https:\S+s3-bucket-lifecycle\); leave them out, or enable versioning$/,
      ),
    ]);
    expect(lifecycleProblems(suspended, aws)).toEqual([]);
    expect(lifecycleProblems({ versioning: "suspended" }, ovhcloud)).toEqual([]);
  });
});

describe("abortIncompleteMultipartUploadDays", () => {
  it.each([0, -1, 1.5])("refuses %d", (days) => {
    expect(lifecycleProblems({ abortIncompleteMultipartUploadDays: days }, aws)).toEqual([
      `abortIncompleteMultipartUploadDays ${days} cannot be used; give a whole number from 1, or false for no such rule`,
    ]);
  });

  it("is refused beside a rule for the whole bucket that does the same, and accepted beside one for a prefix", () => {
    const asked = (rule: Omit<LifecycleRule, "id">) =>
      lifecycleProblems({ lifecycleRules: [{ id: "r", ...rule }], abortIncompleteMultipartUploadDays: 3 }, aws);
    expect(asked({ abortIncompleteMultipartUploadDays: 1 }).join()).toContain("leave one of the two out");
    expect(asked({ abortIncompleteMultipartUploadDays: 1, prefix: "tmp/" })).toEqual([]);
    expect(asked({ abortIncompleteMultipartUploadDays: 1, enabled: false })).toEqual([]);
  });

  it("is refused with the source if the store does not support it", () => {
    expect(lifecycleProblems({ abortIncompleteMultipartUploadDays: 7 }, storageOn("minio"))).toEqual([
      expect.stringMatching(
        /abortIncompleteMultipartUploadDays cannot be used on MinIO, which does not do that \(https:/,
      ),
    ]);
    expect(lifecycleProblems({}, storageOn("minio"))).toEqual([]);
  });
});

describe("a rule that Terraform writes by a resource that waits for Amazon S3", () => {
  it.each<[string, Omit<LifecycleRule, "id">]>([
    ["objectSizeGreaterThanBytes", { expirationDays: 1, objectSizeGreaterThanBytes: 1 }],
    ["objectSizeLessThanBytes", { expirationDays: 1, objectSizeLessThanBytes: 1 }],
    ["newerNoncurrentVersions", { noncurrentVersionExpirationDays: 1, newerNoncurrentVersions: 1 }],
    [
      "newerNoncurrentVersions of noncurrentVersionTransitions",
      {
        noncurrentVersionTransitions: [{ storageClass: "STANDARD_IA", noncurrentDays: 30, newerNoncurrentVersions: 1 }],
      },
    ],
  ])("is refused elsewhere: %s", (property, rule) => {
    expect(problemsOf(rule, ovhcloud)).toEqual([
      `lifecycle rule "r": ${property} cannot be used on OVHcloud Object Storage: Terraform's AWS provider writes it with a resource that waits for a header that only Amazon S3 sends (https://github.com/hashicorp/terraform-provider-aws/issues/49019); leave it out, or declare an S3BucketLifecycleConfiguration of your own as docs/constructs.md shows`,
    ]);
    expect(problemsOf(rule, storageOn("ceph-rgw")).join()).toContain(
      "waits until the rules are read back as written, which does not happen (https://github.com/ceph/ceph/blob/main/src/rgw/rgw_lc_s3.cc); leave it out",
    );
    expect(problemsOf(rule, aws)).toEqual([]);
  });
});

const DEFAULT = { id: "abort-incomplete-multipart-uploads", abortIncompleteMultipartUploadDays: 7 };

describe("a bucket without lifecycle rules", () => {
  const expected: Readonly<Record<ProviderId, boolean>> = {
    aws: true,
    // Each plan would warn about the argument that writes rules there.
    ovhcloud: false,
    scaleway: false,
    "ceph-rgw": false,
    minio: false,
    "backblaze-b2": false,
    "cloudflare-r2": false,
    wasabi: false,
    generic: false,
  };

  it.each(Object.entries(expected))("on %s removes unfinished uploads after 7 days: %s", (id, isThere) => {
    expect(effectiveRules({}, providers[id as ProviderId])).toEqual(isThere ? [DEFAULT] : undefined);
  });

  it("removes unfinished uploads on other stores if asked to", () => {
    expect(effectiveRules({ abortIncompleteMultipartUploadDays: 7 }, providers.ovhcloud)).toEqual([DEFAULT]);
  });

  it.each([{ abortIncompleteMultipartUploadDays: false }, {}] as const)(
    "keeps the existing rules with %o, and has none in effect with an empty list too",
    (props) => {
      expect(effectiveRules(props, providers.ovhcloud)).toBeUndefined();
      expect(effectiveRules({ ...props, lifecycleRules: [] }, providers.ovhcloud)).toEqual([
        { ...DEFAULT, enabled: false },
      ]);
    },
  );
});

describe("the rule that removes unfinished uploads", () => {
  const own = { id: "own", abortIncompleteMultipartUploadDays: 1 };

  it("is added to the given rules", () => {
    const expire = { id: "logs", prefix: "logs/", expirationDays: 30 };
    expect(effectiveRules({ lifecycleRules: [expire] }, providers.aws)).toEqual([expire, DEFAULT]);
  });

  it("is left out only if a given rule does the same for the whole bucket", () => {
    expect(effectiveRules({ lifecycleRules: [own] }, providers.aws)).toEqual([own]);
    for (const partial of [
      { ...own, prefix: "tmp/" },
      { ...own, enabled: false },
    ]) {
      expect(effectiveRules({ lifecycleRules: [partial] }, providers.aws)).toEqual([partial, DEFAULT]);
    }
  });

  it("uses the given number of days", () => {
    expect(effectiveRules({ abortIncompleteMultipartUploadDays: 3 }, providers.aws)).toEqual([
      { ...DEFAULT, abortIncompleteMultipartUploadDays: 3 },
    ]);
  });
});
