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

describe("a bucket", () => {
  test("that encrypts by default and keeps nothing else gives no warning", () => {
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
  ])("warns of %s alone", (words, given) => {
    expect(warn(...given)).toEqual([expect.stringMatching(words)]);
  });

  test.each([
    ["aborts unfinished uploads", rules(["aborts-uploads"])],
    ["removes delete markers with nothing beneath", rules(["removes-lone-delete-markers", "aborts-uploads"])],
    ["is switched off", rules(["expires", "moves"], false)],
  ])("with a rule that %s gives no warning", (_, lifecycle) => {
    expect(warn({ lifecycle })).toEqual([]);
  });

  test("whose objects go under a customer key warns of that alone, even where its default is a KMS key", () => {
    const kms = { ...QUIET, defaultEncryption: { before: "sse-kms", after: "sse-kms" } } as const;
    expect(bucketWarnings(kms, aws, sseC(customerKey(new Uint8Array(32))))).toEqual([
      expect.stringMatching(/under a customer key by default/),
    ]);
  });

  test("that locks every new object says what is refused, beside what stays", () => {
    const stays = expect.stringMatching(/Object Lock is on/);
    expect(warn({ objectLock: "locks-by-default" })).toEqual([
      stays,
      expect.stringMatching(/default retention.*refused/),
    ]);
  });

  test("whose default was set by this run warns of it no more", () => {
    expect(warn({ defaultEncryption: { before: "none", after: "sse-s3" } })).toEqual([]);
  });

  test("of a store that does not document what HEAD shows says so", () => {
    expect(bucketWarnings(QUIET, generic)).toEqual([expect.stringMatching(/does not document that HEAD/)]);
  });
});
