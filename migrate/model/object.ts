import type { Grant, ListingFault, Tag } from "../store/answers.js";
import type { CustomerKey, EncryptionState, Evidence } from "./encryption.js";

export const CONTENT_HEADERS = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-disposition",
  "cache-control",
  "expires",
] as const;
type ContentHeader = (typeof CONTENT_HEADERS)[number];

export interface ObjectLock {
  readonly mode: string | null;
  readonly retainUntil: string | null;
  readonly legalHold: string | null;
}

/** Everything that HEAD returns about one object version, with header values as received. */
export interface ObjectFacts {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | null;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** ISO 8601, UTC. */
  readonly lastModified: string | null;
  readonly storageClass: string;
  readonly encryption: { readonly state: EncryptionState; readonly evidence: Evidence };
  /** As HEAD names it; absent if it is under none, or HEAD names none. */
  readonly kmsKeyId?: string | undefined;
  /** The customer key that HEAD used, which all other reads need too; `null` if it used none. */
  readonly customerKey: CustomerKey | null;
  readonly content: Readonly<Partial<Record<ContentHeader, string>>>;
  /** Keyed by `x-amz-meta-` header name without the prefix. */
  readonly userMetadata: Readonly<Record<string, string>>;
  /**
   * Number of metadata entries that HEAD cannot return because they are not valid HTTP headers, or that no
   * request can send again.
   */
  readonly hiddenMetadata: number;
  /** `null` if HEAD returns no count: there are no tags, or the store does not count them. */
  readonly tagCount: number | null;
  readonly websiteRedirect: string | null;
  readonly lock: ObjectLock;
  readonly checksums: Readonly<Record<string, string>>;
  /** Currently archived: it can be neither read nor copied. */
  readonly archived: boolean;
  /** In an archive class and readable until its restored copy expires. Copies never have this. */
  readonly restored?: boolean | undefined;
  /** The requested storage class of its copy, if it differs. Not from HEAD. */
  readonly copyClass?: string;
  /** Its metadata contains the keys of a client-side encryption envelope. */
  readonly clientSideEncrypted: boolean;
  readonly requestId: string | null;
}

/** As `ObjectFacts`, before the size is certain. */
export interface HeadFacts extends Omit<ObjectFacts, "sizeBytes"> {
  /** `null` if the answer has no readable Content-Length. */
  readonly sizeBytes: number | null;
}

/** Properties that HEAD does not return and a copy does not keep. Read only for objects that will be copied. */
export interface CarriedFacts {
  /** `null` if the access control list is the default: full control for the owner only. */
  readonly grants: readonly Grant[] | null;
  readonly tags: readonly Tag[];
  /** Properties that could not be read and may be lost, because the operator allowed it. */
  readonly losses: readonly AcceptedLoss[];
  /** Absent if the copy has the same owner as the object, or if its owner is unknown. */
  readonly owner?: OwnerChange;
  /** Absent if the copy keeps the storage class. */
  readonly newClass?: ClassChange;
}

/** A change of storage class that was requested. */
export interface ClassChange {
  readonly before: string;
  readonly after: string;
}

/** Owner IDs as in access control lists: of the object, and of its copy. */
export interface OwnerChange {
  readonly before: string;
  readonly after: string;
}

export interface AcceptedLoss {
  readonly of: Loss;
  readonly words: string;
}

export const LOSSES = ["acl", "tags", "storage-class", "metadata", "restore"] as const;
export type Loss = (typeof LOSSES)[number];

/** One listing entry, as the list step yields it. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: string;
  readonly storageClass: string;
  /** `false` if a manifest names the object but it is not listed, so only its key is known. @default true */
  readonly isListed?: boolean;
  /** Why the object under this key is not the one that a manifest names, in words. Only its key counts then. */
  readonly notAsNamed?: string;
  /** Absent if the whole entry is readable. */
  readonly fault?: ListingFault;
}

/** Removes a retention that has expired. HEAD continues to return it, but stores reject it in a request. */
export function activeLock(lock: ObjectLock, now: Date): ObjectLock {
  const ended = lock.retainUntil !== null && Date.parse(lock.retainUntil) <= now.getTime();
  return ended ? { ...lock, mode: null, retainUntil: null } : lock;
}

/** Makes tags or grants comparable, since some stores return them in a different order each time. */
export function unordered(entries: readonly object[] | null): readonly string[] | null {
  return entries === null ? null : entries.map((entry) => JSON.stringify(entry)).toSorted();
}

/** Whether the operator accepted this loss. An accepted loss does not count as a difference. */
export function loses({ losses }: CarriedFacts, what: Loss): boolean {
  return losses.some((loss) => loss.of === what);
}
