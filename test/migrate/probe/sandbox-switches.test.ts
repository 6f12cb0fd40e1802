import { beforeAll, describe, expect, test } from "vitest";
import { type ProbeResult, probe, type Topic } from "../../../migrate/index.js";
import { type Behaviour, startSandbox } from "../../../sandbox/index.js";
import { createBucket, rawS3 } from "../../buckets/raw-s3.js";
import {
  emptyWorld,
  everythingIn,
  found,
  PROBED_BUCKET,
  probeOf,
  probeOptions,
  setDefaultEncryption,
} from "../fixtures/versioned-world.js";

type Found = Partial<Record<Topic, string>>;

/** The findings on a store that does everything that S3 documents, with buckets that keep plaintext. */
const REFERENCE: Readonly<Record<Topic, string>> = {
  versioning: "never",
  "object-lock": "off ObjectLockConfigurationNotFoundError",
  "default-encryption": "not-found ServerSideEncryptionConfigurationNotFoundError",
  "listing-encoding": "yes",
  "put-with-sse": "yes",
  "head-sse-after-put": "yes",
  "put-without-sse": "nothing",
  "self-copy": "yes",
  "self-copy-replacing": "yes",
  "head-sse-after-copy": "yes",
  "body-after-copy": "yes",
  "etag-after-copy": "same",
  "content-headers-after-copy": "yes",
  "metadata-after-copy": "yes",
  "object-tagging": "yes",
  "tags-counted": "yes",
  "tags-after-copy": "yes",
  "tagging-header-on-put": "yes",
  "tagging-header-on-upload": "yes",
  "owner-of-writes": "sandbox-owner",
  "object-acl": "yes",
  "grant-form": "quoted",
  "acl-sent-with-put": "yes",
  "acl-after-copy": "reset",
  "acl-sent-with-copy": "yes",
  "acl-sent-with-upload": "yes",
  "storage-class-after-copy": "reset",
  "storage-class-sent-with-copy": "yes",
  "kept-by-copy": "yes",
  "kept-by-copy-replacing": "yes",
  "kept-by-copy-in-parts": "yes",
  "kept-by-rewrite": "yes",
  "put-if-match-quoted": "yes",
  "put-if-match-bare": "yes",
  "copy-if-match": "yes",
  "copy-source-if-match": "yes",
  "upload-part-copy": "yes",
  "part-copy-percent": "yes",
  "part-etag": "md5",
  "part-copy-source-if-match": "yes",
  "complete-if-match": "yes",
  "read-retention": "not-observable no-lock",
  "read-legal-hold": "not-observable no-lock",
  "write-retention": "not-observable no-lock",
  "write-legal-hold": "not-observable no-lock",
};

/** A store whose copies in one piece do not come out encrypted, as far as HEAD shows. */
const UNENCRYPTED = { "kept-by-copy": "no", "kept-by-copy-replacing": "no" } as const;

const NOT_IMPLEMENTED = "no NotImplemented";

const AN_HOUR_MS = 3_600_000;

/** The findings that each switch changes; all others stay as they are without it. */
const SWITCHES: readonly (readonly [Partial<Behaviour>, Found])[] = [
  [{ headReportsSseAfterPut: false }, { "head-sse-after-put": "no" }],
  [{ headReportsSseAfterCopy: false }, { "head-sse-after-copy": "no", ...UNENCRYPTED }],
  [
    { sseHeaderOnCopy: "ignored", defaultEncryptionOnCopy: false },
    { "head-sse-after-copy": "no", ...UNENCRYPTED },
  ],
  [
    { sseHeaderOnCopy: "corrupts" },
    {
      "body-after-copy": "no InternalError",
      ...UNENCRYPTED,
      "kept-by-copy-in-parts": "no",
      "part-copy-percent": "no InternalError",
    },
  ],
  [
    { forgottenBy: { upload: ["content-encoding", "content-disposition", "x-amz-storage-class"] } },
    { "kept-by-copy-in-parts": "no" },
  ],
  // A property that a test copy lost is not sent that way: no object that has it is copied that way.
  [{ forgottenBy: { copy: ["expires"] } }, { "content-headers-after-copy": "no", "kept-by-copy-replacing": "no" }],
  [{ forgottenBy: { put: ["x-amz-server-side-encryption"] } }, { "head-sse-after-put": "no" }],
  [
    { selfCopyChangingSse: "refused" },
    {
      "self-copy": "no InvalidRequest",
      "content-headers-after-copy": "not-observable metadata-sent-again",
      "metadata-after-copy": "not-observable metadata-sent-again",
    },
  ],
  [{ unsetDefaultEncryption: "empty" }, { "default-encryption": "empty" }],
  [{ unsetDefaultEncryption: "plaintext" }, { "default-encryption": "plaintext" }],
  [
    { unsetDefaultEncryption: "aes256" },
    {
      "default-encryption": "AES256",
      "put-without-sse": "AES256",
      "self-copy": "not-observable encrypted-on-arrival",
    },
  ],
  [
    { unsetDefaultEncryption: "aes256", headReportsSseAfterPut: false },
    {
      "default-encryption": "AES256",
      "head-sse-after-put": "no",
      "self-copy": "not-observable default-encryption-set",
    },
  ],
  [{ unsupportedSubResources: ["encryption"] }, { "default-encryption": NOT_IMPLEMENTED }],
  [{ putConditions: "ignored" }, { "put-if-match-quoted": "no", "put-if-match-bare": "no" }],
  [
    { putConditions: "not-implemented" },
    { "put-if-match-quoted": NOT_IMPLEMENTED, "put-if-match-bare": NOT_IMPLEMENTED },
  ],
  [{ completeConditions: "ignored" }, { "complete-if-match": "no" }],
  [{ completeConditions: "not-implemented" }, { "complete-if-match": NOT_IMPLEMENTED }],
  [{ copyConditions: "ignored" }, { "copy-if-match": "no" }],
  [{ copyConditions: "not-implemented" }, { "copy-if-match": NOT_IMPLEMENTED }],
  [{ copyIfMatchOf: "source" }, { "copy-if-match": "no PreconditionFailed" }],
  [{ copySourceConditions: "ignored" }, { "copy-source-if-match": "no" }],
  [{ copySourceConditions: "not-implemented" }, { "copy-source-if-match": NOT_IMPLEMENTED }],
  [{ uploadPartCopyConditions: "ignored" }, { "part-copy-source-if-match": "no" }],
  [{ uploadPartCopyConditions: "not-implemented" }, { "part-copy-source-if-match": NOT_IMPLEMENTED }],
  [
    { uploadPartCopy: "not-implemented" },
    {
      "upload-part-copy": NOT_IMPLEMENTED,
      "part-copy-percent": "not-observable part-copy-refused",
      "part-etag": "not-observable part-copy-refused",
      "part-copy-source-if-match": "not-observable part-copy-refused",
      "complete-if-match": "not-observable part-copy-refused",
      "tagging-header-on-upload": "not-observable part-copy-refused",
      "kept-by-copy-in-parts": "not-observable part-copy-refused",
      "acl-sent-with-upload": "not-observable part-copy-refused",
    },
  ],
  [{ partSource: "decoded-twice" }, { "part-copy-percent": "no" }],
  [{ partSource: "decoded-first" }, {}],
  [{ ifMatchEtags: "quoted" }, { "put-if-match-bare": "no PreconditionFailed" }],
  [{ ifMatchEtags: "bare" }, { "put-if-match-quoted": "no PreconditionFailed" }],
  [{ etagAfterCopy: "random" }, { "etag-after-copy": "changed" }],
  [{ metadataAfterCopy: "dropped" }, { "metadata-after-copy": "no" }],
  [{ headCountsTags: false }, { "tags-counted": "no" }],
  [{ tagsAfterCopy: "dropped" }, { "tags-after-copy": "no" }],
  [{ taggingHeader: "ignored" }, { "tagging-header-on-put": "no", "tagging-header-on-upload": "no" }],
  [
    { taggingHeader: "not-implemented" },
    { "tagging-header-on-put": NOT_IMPLEMENTED, "tagging-header-on-upload": NOT_IMPLEMENTED },
  ],
  [{ aclAfterCopy: "kept" }, { "acl-after-copy": "kept" }],
  [{ aclSentWithCopy: "ignored" }, { "acl-sent-with-copy": "no" }],
  [{ aclSentWithCopy: "refused" }, { "acl-sent-with-copy": "no AccessControlListNotSupported" }],
  [{ aclSentWithCopy: "ignored", aclAfterCopy: "kept" }, { "acl-after-copy": "kept" }],
  [
    { objectAcl: "unsupported" },
    {
      "owner-of-writes": "not-observable no-acl",
      "object-acl": NOT_IMPLEMENTED,
      "grant-form": "not-observable no-acl",
      "acl-sent-with-put": "not-observable no-acl",
      "acl-after-copy": "not-observable no-acl",
      "acl-sent-with-copy": "not-observable no-acl",
      "acl-sent-with-upload": "not-observable no-acl",
    },
  ],
  [{ grantForm: "bare" }, { "grant-form": "bare" }],
  [
    { aclSentWithWrites: "refused" },
    {
      "grant-form": "not-observable grants-refused",
      "acl-sent-with-put": "no InvalidArgument",
      "acl-after-copy": "not-observable grants-refused",
      "acl-sent-with-copy": "not-observable grants-refused",
      "acl-sent-with-upload": "not-observable grants-refused",
    },
  ],
  [
    { putObjectTagging: "refused" },
    { "tags-counted": "not-observable tags-not-kept", "tags-after-copy": "not-observable tags-not-kept" },
  ],
  [{ storageClassAfterCopy: "kept" }, { "storage-class-after-copy": "kept" }],
  [{ storageClassSentWithCopy: "ignored" }, { "storage-class-sent-with-copy": "no" }],
  [{ storageClassSentWithCopy: "refused" }, { "storage-class-sent-with-copy": "no InvalidStorageClass" }],
  [{ storageClassSentWithCopy: "ignored", storageClassAfterCopy: "kept" }, { "storage-class-after-copy": "kept" }],
  [
    { objectTagging: "unsupported" },
    {
      "object-tagging": NOT_IMPLEMENTED,
      "tags-counted": "not-observable no-tags",
      "tags-after-copy": "not-observable no-tags",
      "tagging-header-on-put": "not-observable no-tags",
      "tagging-header-on-upload": "not-observable no-tags",
    },
  ],
  // Tags that were dropped are tags that are not there, in whichever way that is said.
  [
    { emptyTagSet: "no-bytes", taggingHeader: "ignored" },
    { "tagging-header-on-put": "no", "tagging-header-on-upload": "no" },
  ],
  [{ encodingType: "ignored" }, { "listing-encoding": "no" }],
  [{ listingLagMs: AN_HOUR_MS }, { "listing-encoding": "not-observable not-listed-yet" }],
  [{ versioning: "unsupported" }, { versioning: NOT_IMPLEMENTED }],
  [{ objectLock: "unsupported" }, { "object-lock": NOT_IMPLEMENTED }],
];

/** Switches that change no answer. */
const HARMLESS: readonly Partial<Behaviour>[] = [
  { writesReportSse: false },
  { headSendsStandardClass: true },
  { conditionalConflictEvery: 3 },
  { etagAfterCopy: "source" },
  { sseKms: "refused" },
  { etagOfForeignKeys: "md5" },
  { conditionsOnCustomerKeys: "ignored" },
  { headNamesCustomerKey: false },
  { rangeBeforeCustomerKey: true },
  { partBeyondSource: "InvalidRange" },
  { listingOrder: "utf-16" },
  { grantForm: "quoted" },
  { removalTakesCurrentBody: true },
  { headerEncoding: "misread" },
  { uploadListing: "empty" },
  { uploadListing: "encoded-unsaid" },
  { putConditionsOnNamedVersions: "refused" },
  { minPartBytes: 1 },
  { copyTakesMs: 5 },
  { objectAclDecides: true },
];

function allFound(result: ProbeResult): Record<string, string> {
  return Object.fromEntries((Object.keys(REFERENCE) as Topic[]).map((topic) => [topic, found(result, topic)]));
}

describe("probe", () => {
  let reference: ProbeResult;
  beforeAll(async () => {
    const sandbox = await startSandbox({ profile: "reference" });
    const raw = rawS3(sandbox);
    await createBucket(raw, PROBED_BUCKET);
    reference = await probe(probeOptions(sandbox));
    raw.close();
    await sandbox.close();
  });

  test("finds everything that S3 documents on the reference store", () => {
    expect(allFound(reference)).toEqual(REFERENCE);
    expect(reference).toMatchObject({ end: "completed", obstacle: null, missingRights: [], leftovers: [] });
  });

  test.each(SWITCHES)("finds exactly the differences with %j", { tags: "slow" }, async (behaviour, changed) => {
    for (const [topic, word] of Object.entries(changed)) expect(REFERENCE[topic as Topic]).not.toBe(word);
    const { sandbox, raw } = await emptyWorld({ behaviour });
    const before = await everythingIn(raw, PROBED_BUCKET);
    const result = await probe(probeOptions(sandbox));
    expect(allFound(result)).toEqual({ ...REFERENCE, ...changed });
    expect(result.leftovers).toEqual([]);
    // A listing that lags would hide the objects.
    sandbox.changeBehaviour({ listingLagMs: 0 });
    expect(await everythingIn(raw, PROBED_BUCKET)).toBe(before);
  });

  test.each(HARMLESS)("finds no difference with %j", { tags: "slow" }, async (behaviour) => {
    expect(allFound(await probeOf({ behaviour }))).toEqual(REFERENCE);
  });

  test("cannot make a plaintext source in a bucket with a default, and still tests conditions", async () => {
    const { sandbox, raw } = await emptyWorld();
    await setDefaultEncryption(raw, PROBED_BUCKET);
    expect(allFound(await probe(probeOptions(sandbox)))).toEqual({
      ...REFERENCE,
      "default-encryption": "AES256",
      "put-without-sse": "AES256",
      "self-copy": "not-observable encrypted-on-arrival",
    });
  });

  test("leaves copies unobserved if every source is encrypted and the store cannot copy such a source", {
    tags: ["slow"],
  }, async () => {
    const { sandbox, raw } = await emptyWorld({ behaviour: { copyOfEncryptedSource: "not-implemented" } });
    await setDefaultEncryption(raw, PROBED_BUCKET);
    const result = await probe(probeOptions(sandbox));
    const ofCopies: readonly Topic[] = [
      "head-sse-after-copy",
      "body-after-copy",
      "etag-after-copy",
      "metadata-after-copy",
      "tags-after-copy",
      "acl-after-copy",
      "acl-sent-with-copy",
      "storage-class-after-copy",
      "storage-class-sent-with-copy",
      "copy-if-match",
      "copy-source-if-match",
    ];
    for (const topic of ofCopies) expect([topic, found(result, topic)]).toEqual([topic, "not-observable copy-refused"]);
    expect(found(result, "self-copy-replacing")).toBe(NOT_IMPLEMENTED);
    expect(found(result, "self-copy")).toBe("not-observable encrypted-on-arrival");
    expect(result.capabilities).toMatchObject({ selfCopy: true, copySourceIfMatch: true, copyIfMatch: false });
  });

  test("accepts no plaintext source if the provider always encrypts or nothing can prove it", {
    tags: ["slow"],
  }, async () => {
    const always = await probeOf({}, { provider: "wasabi" });
    expect(found(always, "self-copy")).toBe("not-observable always-encrypted");
    const { sandbox } = await emptyWorld({
      behaviour: { headReportsSseAfterPut: false },
      intercept: ({ operation }) =>
        operation === "GetBucketEncryption" ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
    });
    const blind = await probe(probeOptions(sandbox));
    expect(found(blind, "self-copy")).toBe("not-observable plaintext-unproven");
    expect(found(blind, "default-encryption")).toBe("failed AccessDenied");
    expect(blind.missingRights).toEqual(["s3:GetEncryptionConfiguration"]);
  });

  test("skips storage classes if the profile lists only one", { tags: ["slow"] }, async () => {
    const result = await probeOf({}, { provider: "generic" });
    for (const topic of ["storage-class-after-copy", "storage-class-sent-with-copy"] as const) {
      expect(found(result, topic)).toBe("not-observable no-class-listed");
    }
  });

  test("reports ACLs as supported but not sendable if the bucket refuses objects put with grants", async () => {
    const refused = { kind: "error", status: 400, code: "AccessControlListNotSupported" } as const;
    const { sandbox } = await emptyWorld({
      intercept: ({ operation, key }) =>
        operation === "PutObject" && /-acl(-sent|-upload)?$/.test(key) ? refused : undefined,
    });
    const result = await probe(probeOptions(sandbox));
    expect(allFound(result)).toEqual({
      ...REFERENCE,
      "grant-form": "not-observable grants-refused",
      "acl-sent-with-put": "no AccessControlListNotSupported",
      "acl-after-copy": "not-observable grants-refused",
      "acl-sent-with-copy": "not-observable grants-refused",
      "acl-sent-with-upload": "not-observable grants-refused",
    });
    expect(result.capabilities).toMatchObject({ objectAcl: true, copyTakesAcl: false, ownerOfWrites: "sandbox-owner" });
  });

  test("shows what the provider documents beside each finding", async () => {
    const { findings } = reference;
    const documented = Object.fromEntries(findings.map((answer) => [answer.topic, answer.documented]));
    expect(documented["complete-if-match"]).toMatchObject({
      says: "supported",
      source: expect.stringMatching(/^https:/),
    });
    expect(documented["copy-if-match"]?.says).toBe("undocumented");
    expect(documented["put-if-match-quoted"]?.says).toBe("bare ETags");
  });
});
