import type { ProviderProfile } from "../../providers/index.js";
import { CONTENT_HEADERS, type ObjectFacts } from "./object.js";
import type { StrategyName } from "./reason.js";
import type { Target } from "./target.js";

/** The capabilities of the store in this run, from which plans are made. Sizes are in bytes. */
export interface Capabilities {
  readonly sseS3: boolean;
  /** The provider encrypts every object, whatever HEAD reports. */
  readonly encryptsAlways: boolean;
  /** The store supports a self-copy that changes only the encryption. */
  readonly selfCopy: boolean;
  /** The store supports a self-copy that sends all metadata again. */
  readonly selfCopyReplacing: boolean;
  readonly uploadPartCopy: boolean;
  /** UploadPartCopy reads the correct source even if its key contains a percent sign. */
  readonly partCopyTakesPercent: boolean;
  /** Without customer keys, the ETag that UploadPartCopy returns is the MD5 of the part. */
  readonly partEtagIsMd5: boolean;
  /**
   * UpdateObjectEncryption puts an object under the KMS key of the run and leaves everything else. Only a test object
   * under that key shows it.
   */
  readonly updatesEncryption: boolean;
  readonly putIfMatch: boolean;
  readonly copyIfMatch: boolean;
  readonly copySourceIfMatch: boolean;
  /** The same condition on each part of a multipart copy. */
  readonly partCopySourceIfMatch: boolean;
  readonly completeMultipartIfMatch: boolean;
  /**
   * Whether these conditions also work if the object is under a customer key (SSE-C) before or after the
   * write.
   */
  readonly conditionsOnCustomerKeys: boolean;
  readonly etagForm: "quoted" | "bare";
  readonly objectAcl: boolean;
  readonly objectTagging: boolean;
  /** The store keeps tags that are sent with a PUT, a replacing copy or the creation of an upload. */
  readonly taggingHeader: boolean;
  /** HEAD returns the tag count of an object that has tags. */
  readonly headCountsTags: boolean;
  /** The properties that a plain copy keeps, or sets from its request headers. */
  readonly copyKeepsMetadata: boolean;
  readonly copyKeepsTags: boolean;
  readonly copyTakesAcl: boolean;
  /** The store applies grants that are sent with a PUT or with the creation of an upload. */
  readonly putTakesAcl: boolean;
  readonly uploadTakesAcl: boolean;
  /** The form of a grantee in `x-amz-grant-*`: `id="..."` or `id=...`. */
  readonly grantForm: "quoted" | "bare";
  readonly copyTakesStorageClass: boolean;
  /** The owner of the objects that this run writes, as in access control lists; `null` if unknown. */
  readonly ownerOfWrites: string | null;
  /** The properties that each copy strategy was seen to lose, and the strategies that are no longer used. */
  readonly lostBy: LostByWay;
  readonly closedWays: readonly StrategyName[];
  /** Strategies that the store rejects for objects under a customer key, before or after the copy. */
  readonly closedToCustomerKeys: readonly StrategyName[];
  /** Storage classes whose objects are readable at once. */
  readonly onlineClasses: readonly string[];
  readonly archiveClasses: readonly string[];
  readonly maxCopyBytes: number;
  readonly minPartBytes: number;
  readonly maxPartBytes: number;
  readonly maxParts: number;
  readonly maxObjectBytes: number;
}

/**
 * The capabilities according to the provider's documentation. If it is silent, a call that fails harmlessly
 * (a copy, an ACL, a source condition) is assumed to work. If bucketseal could not notice that a safeguard is
 * absent (a destination condition), it assumes that it is.
 */
export function documentedCapabilities(profile: ProviderProfile): Capabilities {
  const { conditions, limits } = profile;
  const classes = profile.storageClasses.value;
  return {
    ...documentedEncryption(profile.encryption),
    selfCopy: profile.selfCopy.value !== "unsupported",
    selfCopyReplacing: profile.selfCopy.value !== "unsupported",
    uploadPartCopy: profile.selfCopy.value !== "unsupported",
    // Documented wherever copies are: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
    partCopyTakesPercent: profile.selfCopy.value === "supported",
    partEtagIsMd5: false,
    putIfMatch: conditions.putIfMatch.value === "supported",
    copyIfMatch: conditions.copyIfMatch.value === "supported",
    copySourceIfMatch: conditions.copySourceIfMatch.value !== "unsupported",
    partCopySourceIfMatch: conditions.copySourceIfMatch.value !== "unsupported",
    completeMultipartIfMatch: conditions.completeMultipartIfMatch.value === "supported",
    conditionsOnCustomerKeys: conditions.onCustomerKeys.value === "supported",
    etagForm: conditions.etagForm.value,
    objectAcl: profile.objectAcl.value !== "unsupported",
    objectTagging: profile.objectTagging.value !== "unsupported",
    taggingHeader: profile.objectTagging.value !== "unsupported",
    headCountsTags: true,
    copyKeepsMetadata: true,
    copyKeepsTags: true,
    copyTakesAcl: true,
    putTakesAcl: true,
    uploadTakesAcl: true,
    grantForm: "quoted",
    copyTakesStorageClass: true,
    ownerOfWrites: null,
    lostBy: {},
    closedWays: [],
    closedToCustomerKeys: [],
    onlineClasses: classes.filter(({ access }) => access === "online").map(({ name }) => name),
    archiveClasses: classes.filter(({ access }) => access === "archive").map(({ name }) => name),
    ...documentedLimits(limits),
  };
}

function documentedEncryption({ sseS3, atRest, updateToKms }: ProviderProfile["encryption"]) {
  return {
    sseS3: sseS3.value !== "unsupported",
    encryptsAlways: atRest.value === "always",
    updatesEncryption: updateToKms.value === "supported",
  };
}

function documentedLimits(limits: ProviderProfile["limits"]) {
  return {
    maxCopyBytes: limits.maxCopyBytes.value,
    minPartBytes: limits.minPartBytes.value,
    maxPartBytes: limits.maxPartBytes.value,
    maxParts: limits.maxParts.value,
    maxObjectBytes: limits.maxObjectBytes.value,
  };
}

/**
 * Everything that a copy can lose. `encryption`: the copy was not under SSE-S3. A `lock` is applied to the
 * copy again.
 */
export const PROPERTIES = [
  ...CONTENT_HEADERS,
  "user-metadata",
  "website-redirect",
  "storage-class",
  "tags",
  "acl",
  "checksum",
  "lock",
  "encryption",
  "body",
] as const;
export type Property = (typeof PROPERTIES)[number];

/** The properties of a complete test object that each copy strategy was seen to lose. */
export type LostByWay = Readonly<Partial<Record<StrategyName, readonly Property[]>>>;

/**
 * The capabilities for one object. If it is under a customer key before or after the copy, some stores
 * support no condition on writes, and some reject a copy strategy. Pure.
 */
export function capabilitiesFor(
  { encryption }: Pick<ObjectFacts, "encryption">,
  target: Target,
  capabilities: Capabilities,
): Capabilities {
  const underKey = encryption.state === "sse-c" || target.customerKey !== null;
  if (!underKey) return capabilities;
  const closedWays = [...capabilities.closedWays, ...capabilities.closedToCustomerKeys];
  const open = { ...capabilities, closedWays };
  return capabilities.conditionsOnCustomerKeys ? open : withoutDestinationConditions(open);
}

/** The capabilities for a write that replaces an entry without an ETag. */
export function withoutDestinationConditions(capabilities: Capabilities): Capabilities {
  return { ...capabilities, putIfMatch: false, copyIfMatch: false, completeMultipartIfMatch: false };
}
