import { describe, expect, it } from "vitest";
import { effectiveRules } from "../../../../constructs/features/lifecycle/lifecycle-rule.js";
import { type ProviderId, providers } from "../../../../providers/index.js";

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
