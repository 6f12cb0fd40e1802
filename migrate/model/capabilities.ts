import type { ProviderProfile } from "../../providers/index.js";
import { CONTENT_HEADERS, type ObjectFacts } from "./object.js";
import type { StrategyName } from "./strategy.js";
import type { Target } from "./target.js";

/** What the store of this run can do: what a plan is made from. Sizes in bytes. */
export interface Capabilities {
  readonly sseS3: boolean;
  /** Every object is encrypted by the provider, whatever HEAD says. */
  readonly encryptsAlways: boolean;
  /** A copy onto itself that changes only the encryption. */
  readonly selfCopy: boolean;
  /** A copy onto itself that sends all metadata again. */
  readonly selfCopyReplacing: boolean;
  readonly uploadPartCopy: boolean;
  /** A part is copied from the very key that was named, if that has a percent sign. */
  readonly partCopyTakesPercent: boolean;
  /** The ETag that UploadPartCopy answers is the MD5 of the part, where no customer key is in play. */
  readonly partEtagIsMd5: boolean;
  readonly putIfMatch: boolean;
  readonly copyIfMatch: boolean;
  readonly copySourceIfMatch: boolean;
  /** The same on each part of a copy in parts. */
  readonly partCopySourceIfMatch: boolean;
  readonly completeMultipartIfMatch: boolean;
  /** Whether these conditions hold too where a customer key (SSE-C) is in play, before the write or after it. */
  readonly conditionsOnCustomerKeys: boolean;
  readonly etagForm: "quoted" | "bare";
  readonly objectAcl: boolean;
  readonly objectTagging: boolean;
  /** Tags that are sent with a PUT, a replacing copy or the begin of an upload are stored. */
  readonly taggingHeader: boolean;
  /** HEAD counts the tags of an object that has some. */
  readonly headCountsTags: boolean;
  /** What a plain copy keeps, and what it takes from the headers sent with it. */
  readonly copyKeepsMetadata: boolean;
  readonly copyKeepsTags: boolean;
  readonly copyTakesAcl: boolean;
  /** Grants that are sent with a PUT, or with the begin of an upload, are there afterwards. */
  readonly putTakesAcl: boolean;
  readonly uploadTakesAcl: boolean;
  /** How `x-amz-grant-*` names somebody: `id="..."` or `id=...`. */
  readonly grantForm: "quoted" | "bare";
  readonly copyTakesStorageClass: boolean;
  /** Whose the run's own writes are, as access control lists name owners; `null` where that is not known. */
  readonly ownerOfWrites: string | null;
  /** What each way of copying was seen to lose, and ways that no object may go any more. */
  readonly lostBy: LostByWay;
  readonly closedWays: readonly StrategyName[];
  /** Ways that the store refuses to what is under a customer key, before the copy or after it. */
  readonly closedToCustomerKeys: readonly StrategyName[];
  /** Classes whose objects can be read at once. */
  readonly onlineClasses: readonly string[];
  readonly archiveClasses: readonly string[];
  readonly maxCopyBytes: number;
  readonly minPartBytes: number;
  readonly maxPartBytes: number;
  readonly maxParts: number;
  readonly maxObjectBytes: number;
}

/**
 * What the provider's documents say. Where they are silent: a call whose refusal is harmless (a copy, an ACL, a source
 * condition) is taken to work, and a guard whose absence would go unseen (a destination condition) to be missing.
 */
export function documentedCapabilities(profile: ProviderProfile): Capabilities {
  const { encryption, conditions, limits } = profile;
  const classes = profile.storageClasses.value;
  return {
    sseS3: encryption.sseS3.value !== "unsupported",
    encryptsAlways: encryption.atRest.value === "always",
    selfCopy: profile.selfCopy.value !== "unsupported",
    selfCopyReplacing: profile.selfCopy.value !== "unsupported",
    uploadPartCopy: profile.selfCopy.value !== "unsupported",
    // Documented where copies are: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
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
    maxCopyBytes: limits.maxCopyBytes.value,
    minPartBytes: limits.minPartBytes.value,
    maxPartBytes: limits.maxPartBytes.value,
    maxParts: limits.maxParts.value,
    maxObjectBytes: limits.maxObjectBytes.value,
  };
}

/** All that a copy can lose of an object. `encryption`: it did not come out under SSE-S3; a `lock` is put on the copy again. */
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

/** What each way of copying was seen to lose of a test object that had all of them. */
export type LostByWay = Readonly<Partial<Record<StrategyName, readonly Property[]>>>;

/**
 * What the store can do with this very object: where a customer key is in play, before the copy or after it, some have no
 * condition on a write, and some refuse a way of copying. Pure.
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

/** The same store, for a write that replaces something which has no ETag to match. */
export function withoutDestinationConditions(capabilities: Capabilities): Capabilities {
  return { ...capabilities, putIfMatch: false, copyIfMatch: false, completeMultipartIfMatch: false };
}
