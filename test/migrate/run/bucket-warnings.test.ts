import { describe, expect, test } from "vitest";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import { sseC } from "../../../migrate/model/target-sse-c.js";
import { bucketWarnings } from "../../../migrate/run/bucket-warnings.js";
import { aws, generic } from "../fixtures/providers.js";

const QUIET: Omit<BucketFindings, "warnings"> = {
  bucket: "b",
  defaultEncryption: { before: "sse-s3", after: "sse-s3" },
  versioning: "never",
  objectLock: "absent",
  openMultipartUploads: 0,
};
const RULE = { id: null, enabled: true, prefix: "", isNarrower: false };
type Action = Extract<BucketFindings["lifecycle"], { kind: "present" }>["first"][number]["actions"][number];
const rules = (kinds: readonly Action["kind"][], enabled = true, total = 1): BucketFindings["lifecycle"] => {
  const actions = kinds.map((kind) => ({ kind, days: 7, date: null, storageClass: null }));
  return { kind: "present", total, first: [{ ...RULE, enabled, actions }] };
};
const replication: BucketFindings["replication"] = {
  kind: "present",
  total: 1,
  first: [{ ...RULE, destination: null }],
};
const warn = (changes: Partial<typeof QUIET>) => bucketWarnings({ ...QUIET, ...changes }, aws);

describe("bucketWarnings", () => {
  test("returns none for a bucket that encrypts by default and has no other settings", () => {
    expect(warn({})).toEqual([]);
    const unreadable = { kind: "unreadable" } as const;
    expect(warn({ openMultipartUploads: null, lifecycle: unreadable, replication: unreadable })).toEqual([]);
  });

  test.each<[RegExp, Parameters<typeof warn>]>([
    [/no default encryption/, [{ defaultEncryption: { before: "none", after: "none" } }]],
    [/KMS key.*weaker/, [{ defaultEncryption: { before: "sse-kms", after: "sse-kms" } }]],
    [/versions/, [{ versioning: "enabled" }]],
    [/versions/, [{ versioning: "suspended" }]],
    [/Object Lock/, [{ objectLock: "present" }]],
    [/^3 multipart uploads are open/, [{ openMultipartUploads: 3 }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["expires"]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["moves"]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["removes-noncurrent"]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["aborts-uploads", "moves-noncurrent"]) }]],
    // Of what is not known nobody can say that it does no harm.
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules([]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["aborts-uploads"], true, 2) }]],
    [/replication/, [{ replication }]],
  ])("warns only of %s", (words, given) => {
    expect(warn(...given)).toEqual([expect.stringMatching(words)]);
  });

  test.each([
    ["aborts unfinished uploads", rules(["aborts-uploads"])],
    ["removes delete markers with nothing beneath", rules(["removes-lone-delete-markers", "aborts-uploads"])],
    ["is switched off", rules(["expires", "moves"], false)],
  ])("returns none for a rule that %s", (_, lifecycle) => {
    expect(warn({ lifecycle })).toEqual([]);
  });

  test("warns only of the default if objects get a customer key, even if the default is SSE-KMS", () => {
    const kms = { ...QUIET, defaultEncryption: { before: "sse-kms", after: "sse-kms" } } as const;
    expect(bucketWarnings(kms, aws, sseC(customerKey(new Uint8Array(32))))).toEqual([
      expect.stringMatching(/under a customer key by default/),
    ]);
  });

  test("names the objects that are refused if the bucket locks every new object", () => {
    const stays = expect.stringMatching(/Object Lock is on/);
    expect(warn({ objectLock: "locks-by-default" })).toEqual([
      stays,
      expect.stringMatching(/default retention.*refused/),
    ]);
  });

  test("returns none if the run set the default", () => {
    expect(warn({ defaultEncryption: { before: "none", after: "sse-s3" } })).toEqual([]);
  });

  test("warns if the store does not document what HEAD shows", () => {
    expect(bucketWarnings(QUIET, generic)).toEqual([expect.stringMatching(/does not document that HEAD/)]);
  });
});
