import type { BucketSubResource } from "../providers/index.js";
import { type Behaviour, REFERENCE_BEHAVIOUR } from "./behaviour.js";

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

/** What AWS answers otherwise than Ceph does, each of which its clients must take. */
const AS_AWS = {
  encodedSpace: "plus",
  wrongCustomerKey: "access-denied",
  completeNeedsCustomerKey: false,
  writeUnlessEtag: "not-implemented",
  partNumberBeyond: "InvalidPartNumber",
  attributesListParts: "with-checksums",
} as const satisfies Partial<Behaviour>;

/** What Ceph answers about lifecycle rules: https://github.com/ceph/ceph/blob/main/src/rgw/rgw_lc_s3.cc */
const CEPH_LIFECYCLE = {
  transitionSizeHeader: "absent",
  emptyLifecycleFilter: "prefix",
} as const satisfies Partial<Behaviour>;

// Where a provider documents nothing the preset takes the answer that asks more of the caller.
const PRESETS = {
  /** The S3 API as documented; plaintext by default. */
  reference: {},
  /**
   * Not played: that multipart uploads forget Content-Encoding and Content-Disposition. One customer reported it in June 2026
   * (https://github.com/ovh/public-cloud-roadmap/issues/1175), the report is closed, and no document has it. Where a store does, probe and
   * canary find it: `forgottenBy: { upload: [...] }` on this profile rehearses that.
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
    // Its list of actions has none for versions, so that of the object has to do.
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
   * Ceph RGW 18 as it was seen: a copy of an object onto itself is refused, or, with its metadata sent again, answered 200
   * and not encrypted; copies in parts encrypt, forget tags and locks, are refused where a customer key is in play, and read
   * another object where a key seems to hold a version id. Completing an upload ignores If-Match.
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
  /** Answers 200 to a copy that asks for encryption, and does not encrypt. */
  liar: { sseKms: "refused", sseHeaderOnCopy: "ignored", defaultEncryptionOnCopy: false },
  /** Answers 200 to the same copy, and what it stored can no longer be read. */
  corruptor: { sseKms: "refused", sseHeaderOnCopy: "corrupts" },
  /** Knows no condition on any write: a lost update cannot be prevented. */
  "no-conditions": {
    putConditions: "ignored",
    deleteConditions: "ignored",
    completeConditions: "ignored",
    copyConditions: "ignored",
    copySourceConditions: "ignored",
    uploadPartCopyConditions: "ignored",
  },
  /** Drops whatever S3 leaves a store room to drop. */
  forgetful: {
    headReportsSseAfterCopy: false,
    writesReportSse: false,
    tagsAfterCopy: "dropped",
    metadataAfterCopy: "dropped",
    taggingHeader: "ignored",
    etagAfterCopy: "random",
  },
} as const satisfies Readonly<Record<string, Partial<Behaviour>>>;

export type SandboxProfile = keyof typeof PRESETS;

export const SANDBOX_PROFILES = Object.keys(PRESETS) as readonly SandboxProfile[];

/** The total behaviour of a profile, with single switches laid over it. */
export function behaviourOf(profile: SandboxProfile, changes: Partial<Behaviour> = {}): Behaviour {
  return { ...REFERENCE_BEHAVIOUR, ...PRESETS[profile], ...changes };
}
