import { describe, expect, it } from "vitest";
import { effectiveRules } from "../../../../constructs/features/lifecycle/effective-rules.js";
import { type ProviderId, providers } from "../../../../providers/index.js";

const DEFAULT = { id: "abort-incomplete-multipart-uploads", abortIncompleteMultipartUploadDays: 7 };

describe("the rules of a bucket that names none", () => {
  const expected: Readonly<Record<ProviderId, boolean>> = {
    aws: true,
    ovhcloud: true,
    scaleway: true,
    "ceph-rgw": true,
    // It removes them by itself, and refuses such a rule.
    minio: false,
    // It gives rules back otherwise than they were written.
    "backblaze-b2": false,
    "cloudflare-r2": false,
    wasabi: false,
    generic: false,
  };

  it.each(Object.entries(expected))("on %s: unfinished uploads go after 7 days: %s", (id, isThere) => {
    expect(effectiveRules({}, providers[id as ProviderId])).toEqual(isThere ? [DEFAULT] : undefined);
  });

  it("are none while versioning is suspended where the store takes none then", () => {
    expect(effectiveRules({ versioning: "suspended" }, providers.ovhcloud)).toBeUndefined();
    expect(effectiveRules({ versioning: "suspended" }, providers.aws)).toEqual([DEFAULT]);
    expect(effectiveRules({ versioning: "enabled" }, providers.ovhcloud)).toEqual([DEFAULT]);
  });

  it("are left alone with false, and none in effect with an empty list too", () => {
    const abortIncompleteMultipartUploadDays = false;
    expect(effectiveRules({ abortIncompleteMultipartUploadDays }, providers.ovhcloud)).toBeUndefined();
    expect(effectiveRules({ abortIncompleteMultipartUploadDays, lifecycleRules: [] }, providers.ovhcloud)).toEqual([
      { ...DEFAULT, enabled: false },
    ]);
  });
});

describe("the rule that clears away unfinished uploads", () => {
  const own = { id: "own", abortIncompleteMultipartUploadDays: 1 };

  it("is added to the rules given", () => {
    const expire = { id: "logs", prefix: "logs/", expirationDays: 30 };
    expect(effectiveRules({ lifecycleRules: [expire] }, providers.aws)).toEqual([expire, DEFAULT]);
  });

  it("is left out where one of those does it for the whole bucket, and only there", () => {
    expect(effectiveRules({ lifecycleRules: [own] }, providers.aws)).toEqual([own]);
    for (const partial of [
      { ...own, prefix: "tmp/" },
      { ...own, enabled: false },
    ]) {
      expect(effectiveRules({ lifecycleRules: [partial] }, providers.aws)).toEqual([partial, DEFAULT]);
    }
  });

  it("goes by the days given", () => {
    expect(effectiveRules({ abortIncompleteMultipartUploadDays: 3 }, providers.aws)).toEqual([
      { ...DEFAULT, abortIncompleteMultipartUploadDays: 3 },
    ]);
  });
});
