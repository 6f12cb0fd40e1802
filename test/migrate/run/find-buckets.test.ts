import { describe, expect, it, test } from "vitest";
import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import { sseC } from "../../../migrate/model/target-sse.js";
import { policyStatements, readBucketsAgain, readDefaultsAgain } from "../../../migrate/run/bucket-settings.js";
import { bucketWarnings } from "../../../migrate/run/bucket-warnings.js";
import { findBucket, findBuckets } from "../../../migrate/run/find-buckets.js";
import { aws, generic } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const SET_AT = "2026-01-01T00:00:00.000Z";

/** A bucket whose default is this algorithm, and whether it was set anew. */
async function foundWith(algorithms: readonly string[]) {
  let isSet = false;
  const missing = () => Promise.reject(storeError("not-found"));
  const store = fakeStore({
    getBucketEncryption: async () => (isSet ? ["AES256"] : algorithms),
    putBucketEncryption: async () => {
      isSet = true;
    },
    getBucketVersioning: async () => null,
    getObjectLockConfiguration: missing,
    listMultipartUploads: missing,
    getBucketLifecycle: missing,
    getBucketReplication: missing,
    getBucketPolicy: missing,
  });
  const { defaultEncryption } = await findBucket(store, "b", {
    provider: aws,
    setDefault: true,
    storeTime: () => new Date(SET_AT),
  });
  return { defaultEncryption, isSet };
}

test("findBucket sets default encryption if there is none, and records the time", async () => {
  const defaultEncryption = { before: "none", after: "sse-s3", setAt: SET_AT };
  expect(await foundWith([])).toEqual({ defaultEncryption, isSet: true });
});

test.each([
  ["aws:kms", "sse-kms"],
  ["aws:newer-than-this-tool", "unreadable"],
])("findBucket keeps a default encryption of %s", async (algorithm, state) => {
  expect(await foundWith([algorithm])).toEqual({ defaultEncryption: { before: state, after: state }, isSet: false });
});

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
    [/^3 multipart uploads are open:/, [{ openMultipartUploads: 3 }]],
    [/^1 multipart upload is open:/, [{ openMultipartUploads: 1 }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["expires"]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["moves"]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["removes-noncurrent"]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["aborts-uploads", "moves-noncurrent"]) }]],
    // Nobody can say that an unknown setting does no harm.
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules([]) }]],
    [/lifecycle rules delete or move objects/, [{ lifecycle: rules(["aborts-uploads"], true, 2) }]],
    [/replication/, [{ replication }]],
  ])("warns only of %s", (words, given) => {
    expect(warn(...given)).toEqual([expect.stringMatching(words)]);
  });

  test.each([
    ["aborts unfinished uploads", rules(["aborts-uploads"])],
    ["removes delete markers without versions", rules(["removes-lone-delete-markers", "aborts-uploads"])],
    ["is switched off", rules(["expires", "moves"], false)],
  ])("returns none for a rule that %s", (_, lifecycle) => {
    expect(warn({ lifecycle })).toEqual([]);
  });

  test("warns only of the default if objects get a customer key, even if the default is SSE-KMS", () => {
    const kms = { ...QUIET, defaultEncryption: { before: "sse-kms", after: "sse-kms" } } as const;
    expect(bucketWarnings(kms, aws, sseC(customerKey(new Uint8Array(32))))).toEqual([
      expect.stringMatching(/default encryption cannot be a customer key/),
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

const DENY = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "*" };
const found = (Statement: unknown) => policyStatements(JSON.stringify({ Version: "2012-10-17", Statement }));

describe("policyStatements", () => {
  it("counts the statements, and names those about encryption by Sid or position", () => {
    const onEncryption = { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } };
    const onKeys = { Null: { "S3:X-Amz-Server-Side-Encryption-Customer-Algorithm": "false" } };
    expect(
      found([
        { ...DENY, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        { ...DENY, Sid: "DenyPlain", Condition: onEncryption },
        { ...DENY, Condition: onKeys },
      ]),
    ).toEqual({ kind: "present", statements: 3, onEncryption: ["DenyPlain", "statement 3"] });
  });

  it("accepts a single statement without brackets or condition", () => {
    expect(found(DENY)).toEqual({ kind: "present", statements: 1, onEncryption: [] });
  });

  it.each(["", "not json", "[]", '{"Statement":"all"}', '<ListBucketResult xmlns="x"/>'])(
    "returns null for %j",
    (document) => expect(policyStatements(document)).toBeNull(),
  );
});

type Ownership = NonNullable<BucketFindings["ownership"]>;
const DISABLED: Ownership = { kind: "present", setting: "BucketOwnerEnforced" };
const ENABLED: Ownership = { kind: "present", setting: "ObjectWriter" };
const ACLS_MAY_BE_LOST = /access control lists were disabled/;

describe("Object Ownership", () => {
  /** The settings of a bucket of which nothing else is configured, and how often its ownership was asked for. */
  function storeWith(ownership: () => Promise<string>) {
    const missing = () => Promise.reject(storeError("not-found"));
    let asked = 0;
    const store = fakeStore({
      getBucketEncryption: async () => ["AES256"],
      getBucketVersioning: async () => null,
      getObjectLockConfiguration: missing,
      listMultipartUploads: async () => ({ open: 0, earlier: 0, firstEarlier: [] }),
      getBucketLifecycle: missing,
      getBucketReplication: missing,
      getBucketPolicy: missing,
      getBucketOwnership: () => {
        asked += 1;
        return ownership();
      },
    });
    return { store, asked: () => asked };
  }
  const find = (ownership: () => Promise<string>, provider = aws, copies = true) => {
    const { store, asked } = storeWith(ownership);
    const options = { provider, copies, setDefault: false, storeTime: () => new Date(SET_AT) };
    return findBucket(store, "b", options).then((found) => ({ ownership: found.ownership, asked: asked() }));
  };

  test.each<[string, () => Promise<string>, Ownership]>([
    ["as the store names it", async () => "BucketOwnerEnforced", DISABLED],
    ["that the answer does not name", async () => "", { kind: "absent" }],
    ["that is not set", () => Promise.reject(storeError("not-found")), { kind: "absent" }],
    ["that may not be read", () => Promise.reject(storeError("access-denied")), { kind: "unreadable" }],
    ["that the store does not implement", () => Promise.reject(storeError("not-implemented")), { kind: "unsupported" }],
  ])("is recorded %s", async (_, read, ownership) => {
    expect(await find(read)).toEqual({ ownership, asked: 1 });
  });

  test("is not asked for if nothing is copied, or if the provider does not document it", async () => {
    const unasked = { ownership: undefined, asked: 0 };
    expect(await find(async () => "BucketOwnerEnforced", aws, false)).toEqual(unasked);
    expect(await find(async () => "BucketOwnerEnforced", generic)).toEqual(unasked);
  });

  /** The findings of a session after earlier ones left this. */
  async function resumed(earlier: Pick<BucketFindings, "ownership" | "warnings">, setting: string) {
    const scope = { bucket: "b", prefix: "" };
    const options = { provider: aws, setDefault: false, dryRun: false, policy: {}, capabilities: { from: "probe" } };
    const run = { command: "migrate", scopes: [scope], buckets: [{ ...QUIET, ...earlier }] };
    const [found] = await findBuckets(options as never, storeWith(async () => setting).store, run as never, {
      sights: { seen: () => [scope], attempt: (_: unknown, look: () => unknown) => look() } as never,
      regions: new Map(),
      isDone: () => false,
      onEvent: () => undefined,
      storeTime: () => new Date(SET_AT),
    });
    return { ownership: found?.ownership, warnings: found?.warnings ?? [] };
  }

  test("warns, in every later session too, if a resumed run finds the lists enabled", async () => {
    const second = await resumed({ ownership: DISABLED, warnings: [] }, "ObjectWriter");
    expect(second).toEqual({ ownership: ENABLED, warnings: [expect.stringMatching(ACLS_MAY_BE_LOST)] });
    expect(await resumed(second, "ObjectWriter")).toEqual(second);
    expect(await resumed({ ownership: DISABLED, warnings: [] }, "BucketOwnerEnforced")).toEqual({
      ownership: DISABLED,
      warnings: [],
    });
  });

  test("stays as found by a session that has read access control lists", async () => {
    const earlier = { ownership: ENABLED, warnings: [] };
    expect(await resumed(earlier, "BucketOwnerEnforced")).toEqual(earlier);
  });

  async function atEnd(ownership: Ownership | undefined, now: () => Promise<string>) {
    const { store, asked } = storeWith(now);
    const sessions = [{ startedAt: SET_AT, endedAt: null, end: null, message: null }];
    const buckets = [{ ...QUIET, ...(ownership && { ownership }), warnings: [] }];
    const storeTime = () => new Date(SET_AT);
    const defaults = await readDefaultsAgain(store, buckets, storeTime);
    const [found] = await readBucketsAgain(store, { buckets, sessions }, defaults, storeTime);
    return { ownership: found?.atEnd?.ownership, warnings: found?.warnings, asked: asked() };
  }
  const warned = [expect.stringMatching(ACLS_MAY_BE_LOST)];

  test.each<[string, Ownership | undefined, () => Promise<string>, Awaited<ReturnType<typeof atEnd>>]>([
    ["still disabled", DISABLED, async () => "BucketOwnerEnforced", { ownership: DISABLED, warnings: [], asked: 1 }],
    ["enabled", DISABLED, async () => "ObjectWriter", { ownership: ENABLED, warnings: warned, asked: 1 }],
    [
      "no longer readable",
      DISABLED,
      () => Promise.reject(storeError("access-denied")),
      { ownership: { kind: "unreadable" }, warnings: warned, asked: 1 },
    ],
    ["of no matter, as they were read", ENABLED, async () => "", { ownership: undefined, warnings: [], asked: 0 }],
    ["of no matter in an audit", undefined, async () => "", { ownership: undefined, warnings: [], asked: 0 }],
  ])("is read again at the end: the lists are %s", async (_, ownership, now, found) => {
    expect(await atEnd(ownership, now)).toEqual(found);
  });
});
