import type { BucketSubResource } from "../providers/index.js";
import type { Behaviour, KmsKey } from "./behaviour.js";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The key that is used if none is named, two more, and one that is disabled. */
const SANDBOX_KMS_KEYS: readonly KmsKey[] = [
  { id: "00000000-0000-4000-8000-000000000000", aliases: ["alias/aws/s3"], enabled: true },
  { id: "11111111-1111-4111-8111-111111111111", aliases: ["alias/vault"], enabled: true },
  { id: "22222222-2222-4222-8222-222222222222", aliases: ["alias/other"], enabled: true },
  { id: "33333333-3333-4333-8333-333333333333", aliases: ["alias/off"], enabled: false },
];

/** The S3 API as documented, with buckets that store plaintext by default. */
export const REFERENCE_BEHAVIOUR: Behaviour = {
  headReportsSseAfterPut: true,
  headReportsSseAfterCopy: true,
  writesReportSse: true,
  selfCopyChangingSse: "accepted",
  sseHeaderOnCopy: "applied",
  copyOfEncryptedSource: "supported",
  defaultEncryptionOnCopy: true,
  defaultEncryptionRefused: "never",
  unsetDefaultEncryption: "not-found",
  sseS3: "supported",
  sseKms: "supported",
  kmsKeys: SANDBOX_KMS_KEYS,
  headNamesKmsKey: true,
  bucketKeys: "honoured",
  updateObjectEncryption: "supported",
  putConditions: "honoured",
  putConditionsOnNamedVersions: "honoured",
  deleteConditions: "honoured",
  completeConditions: "honoured",
  copyConditions: "honoured",
  copyIfMatchOf: "destination",
  copySourceConditions: "honoured",
  uploadListing: "all",
  uploadPartCopy: "supported",
  partSource: "exact",
  partCopyOfCustomerKeys: "supported",
  uploadPartCopyConditions: "honoured",
  partBeyondSource: "InvalidArgument",
  conditionsOnCustomerKeys: "honoured",
  headNamesCustomerKey: true,
  rangeBeforeCustomerKey: false,
  wrongCustomerKey: "invalid-request",
  completeNeedsCustomerKey: true,
  writeUnlessEtag: "honoured",
  ifMatchEtags: "both",
  conditionalConflictEvery: 0,
  etagAfterCopy: "md5",
  etagOfForeignKeys: "opaque",
  forgottenBy: {},
  removalTakesCurrentBody: false,
  metadataAfterCopy: "kept",
  headerEncoding: "utf-8",
  tagsAfterCopy: "kept",
  taggingHeader: "honoured",
  aclAfterCopy: "reset",
  aclSentWithCopy: "taken",
  aclSentWithWrites: "taken",
  grantForm: "both",
  putObjectTagging: "taken",
  storageClassAfterCopy: "reset",
  storageClassSentWithCopy: "taken",
  headSendsStandardClass: false,
  headSendsLength: true,
  copiedBytes: "all",
  encodingType: "supported",
  listingOrder: "utf-8",
  headCountsTags: true,
  listedSizes: "true",
  listedDates: "true",
  nextPages: "advance",
  pageEntries: 1000,
  encodedSpace: "percent",
  listingLagMs: 0,
  copyTakesMs: 0,
  versioning: "supported",
  objectLock: "supported",
  lockDates: "as-sent",
  objectAcl: "supported",
  objectAclDecides: false,
  bucketAclDecides: false,
  bucketPolicy: "enforced",
  versionActions: "own",
  objectTagging: "supported",
  emptyTagSet: "empty-set",
  partNumberBeyond: "InvalidPart",
  attributesListParts: "always",
  maxCopyBytes: 5 * GIB,
  minPartBytes: 5 * MIB,
  transitionSizeHeader: "sent",
  emptyLifecycleFilter: "kept",
  unsupportedSubResources: [],
  archiveClasses: ["GLACIER", "DEEP_ARCHIVE"],
  deniedBuckets: [],
  bucketRegions: {},
  otherRegion: "redirect",
};

const OVHCLOUD_LACKS: readonly BucketSubResource[] = [
  "policy",
  "public-access-block",
  "ownership-controls",
  "notification",
  "inventory",
  "metrics",
  "analytics",
  "accelerate",
  "request-payment",
  "intelligent-tiering",
];

const LOCK_HEADERS = ["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"];

/** The answers of AWS that differ from Ceph's. Clients must accept both. */
const AS_AWS = {
  encodedSpace: "plus",
  wrongCustomerKey: "access-denied",
  completeNeedsCustomerKey: false,
  writeUnlessEtag: "not-implemented",
  partNumberBeyond: "InvalidPartNumber",
  attributesListParts: "with-checksums",
} as const satisfies Partial<Behaviour>;

/** Ceph's answers about lifecycle rules: https://github.com/ceph/ceph/blob/main/src/rgw/rgw_lc_s3.cc */
const CEPH_LIFECYCLE = {
  transitionSizeHeader: "absent",
  emptyLifecycleFilter: "prefix",
} as const satisfies Partial<Behaviour>;

// If a provider does not document an answer, the preset uses the one that demands more of the caller.
const PRESETS = {
  /** The S3 API as documented; plaintext by default. */
  reference: {},
  /**
   * Not included: multipart uploads that lose Content-Encoding and Content-Disposition. One customer reported
   * this in June 2026 (https://github.com/ovh/public-cloud-roadmap/issues/1175). The report is closed, and no
   * document mentions it. If a store does this, the probe and the canary detect it.
   * `forgottenBy: { upload: [...] }` on this profile simulates it.
   */
  ovh: {
    ...AS_AWS,
    sseKms: "refused",
    transitionSizeHeader: "absent",
    copyConditions: "ignored",
    conditionsOnCustomerKeys: "not-implemented",
    // The guide's example of HEAD shows the MD5 of Debian's /etc/magic, and its class.
    etagOfForeignKeys: "md5",
    headSendsStandardClass: true,
    // Its list of actions has none for versions, so the object's action applies.
    versionActions: "of-object",
    unsupportedSubResources: OVHCLOUD_LACKS,
  },
  aws: { ...AS_AWS, unsetDefaultEncryption: "aes256" },
  scaleway: {
    ...AS_AWS,
    sseKms: "refused",
    transitionSizeHeader: "absent",
    unsetDefaultEncryption: "empty",
    unsupportedSubResources: OVHCLOUD_LACKS.slice(3),
  },
  "ceph-old": {
    ...CEPH_LIFECYCLE,
    sseKms: "refused",
    copyOfEncryptedSource: "not-implemented",
    putConditions: "ignored",
    deleteConditions: "ignored",
    completeConditions: "ignored",
    copyConditions: "ignored",
    uploadPartCopyConditions: "ignored",
    unsupportedSubResources: ["accelerate", "inventory", "metrics", "analytics", "intelligent-tiering"],
  },
  /**
   * Ceph RGW 18 as observed.
   *
   * - A self-copy is rejected. If it sends its metadata again, it gets 200 but is not encrypted.
   * - Multipart copies are encrypted, but lose tags and locks. They are rejected if a customer key is
   *   involved, and read another object if a key seems to contain a version ID.
   * - Completing an upload ignores If-Match.
   */
  "ceph-18": {
    ...CEPH_LIFECYCLE,
    sseKms: "refused",
    selfCopyChangingSse: "refused",
    forgottenBy: {
      copy: ["x-amz-server-side-encryption", "x-amz-tagging"],
      upload: ["x-amz-tagging", ...LOCK_HEADERS],
    },
    lockDates: "nanoseconds",
    partSource: "decoded-twice",
    partCopyOfCustomerKeys: "refused",
    defaultEncryptionOnCopy: false,
    ifMatchEtags: "bare",
    completeConditions: "ignored",
    copyConditions: "ignored",
    uploadPartCopyConditions: "ignored",
    unsupportedSubResources: ["accelerate", "inventory", "metrics", "analytics", "intelligent-tiering"],
  },
  minio: {
    encodedSpace: "plus",
    sseKms: "refused",
    transitionSizeHeader: "absent",
    copyConditions: "ignored",
    objectAcl: "unsupported",
    storageClassAfterCopy: "kept",
    unsupportedSubResources: [...OVHCLOUD_LACKS.slice(1), "acl", "website", "logging"],
  },
  backblaze: {
    sseKms: "refused",
    transitionSizeHeader: "absent",
    taggingHeader: "not-implemented",
    objectTagging: "unsupported",
  },
  /** Answers 200 to a copy that requests encryption, but does not encrypt. */
  liar: { sseKms: "refused", sseHeaderOnCopy: "ignored", defaultEncryptionOnCopy: false },
  /** Answers 200 to the same copy, but the stored object is no longer readable. */
  corruptor: { sseKms: "refused", sseHeaderOnCopy: "corrupts" },
  /** Supports no condition on any write, so a lost update cannot be prevented. */
  "no-conditions": {
    putConditions: "ignored",
    deleteConditions: "ignored",
    completeConditions: "ignored",
    copyConditions: "ignored",
    copySourceConditions: "ignored",
    uploadPartCopyConditions: "ignored",
  },
  /** Loses everything that S3 allows a store to lose. */
  forgetful: {
    headReportsSseAfterCopy: false,
    writesReportSse: false,
    tagsAfterCopy: "dropped",
    metadataAfterCopy: "dropped",
    taggingHeader: "ignored",
    etagAfterCopy: "random",
  },
} as const satisfies Readonly<Record<string, Partial<Behaviour>>>;

/** The name of a preset: a provider as documented, a store as observed, or one with particular faults. */
export type SandboxProfile = keyof typeof PRESETS;

export const SANDBOX_PROFILES = Object.keys(PRESETS) as readonly SandboxProfile[];

/** The complete behaviour of a profile, with single switches overridden. */
export function behaviourOf(profile: SandboxProfile, changes: Partial<Behaviour> = {}): Behaviour {
  return { ...REFERENCE_BEHAVIOUR, ...PRESETS[profile], ...changes };
}
