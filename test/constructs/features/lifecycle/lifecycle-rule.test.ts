import { describe, expect, it } from "vitest";
import { effectiveRules } from "../../../../constructs/features/lifecycle/lifecycle-rule.js";
import { type ProviderId, providers } from "../../../../providers/index.js";

const DEFAULT = { id: "abort-incomplete-multipart-uploads", abortIncompleteMultipartUploadDays: 7 };

describe("the rules of a bucket that names none", () => {
  const expected: Readonly<Record<ProviderId, boolean>> = {
    aws: true,
    // Each plan would warn of the argument that writes rules there.
    ovhcloud: false,
    scaleway: false,
    "ceph-rgw": false,
    minio: false,
    "backblaze-b2": false,
    "cloudflare-r2": false,
    wasabi: false,
    generic: false,
  };

  it.each(Object.entries(expected))("on %s: unfinished uploads go after 7 days: %s", (id, isThere) => {
    expect(effectiveRules({}, providers[id as ProviderId])).toEqual(isThere ? [DEFAULT] : undefined);
  });

  it("clear unfinished uploads away on other stores once that is asked for", () => {
    expect(effectiveRules({ abortIncompleteMultipartUploadDays: 7 }, providers.ovhcloud)).toEqual([DEFAULT]);
  });

  it.each([{ abortIncompleteMultipartUploadDays: false }, {}] as const)(
    "are left alone with %o, and none in effect with an empty list too",
    (props) => {
      expect(effectiveRules(props, providers.ovhcloud)).toBeUndefined();
      expect(effectiveRules({ ...props, lifecycleRules: [] }, providers.ovhcloud)).toEqual([
        { ...DEFAULT, enabled: false },
      ]);
    },
  );
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
