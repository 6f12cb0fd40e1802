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

/** Everything that HEAD tells of one object version, header values as they came. */
export interface ObjectFacts {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | null;
  readonly sizeBytes: number;
  /** Bare, without quotes. */
  readonly etag: string;
  /** ISO 8601, UTC. */
  readonly lastModified: string | null;
  readonly storageClass: string;
  readonly encryption: { readonly state: EncryptionState; readonly evidence: Evidence };
  /** What HEAD was answered with, and every other reading call needs; `null` where it took none. */
  readonly customerKey: CustomerKey | null;
  readonly content: Readonly<Partial<Record<ContentHeader, string>>>;
  /** By `x-amz-meta-` header name, prefix left out. */
  readonly userMetadata: Readonly<Record<string, string>>;
  /** How many entries of its metadata HEAD cannot show, since they are no HTTP headers, or no request can send again. */
  readonly hiddenMetadata: number;
  /** `null` where HEAD counts none: there are no tags, or the store does not count them. */
  readonly tagCount: number | null;
  readonly websiteRedirect: string | null;
  readonly lock: ObjectLock;
  readonly checksums: Readonly<Record<string, string>>;
  /** Archived now: it cannot be read, nor copied. */
  readonly archived: boolean;
  /** Of an archive class, and readable for as long as its restored copy lasts. A copy has none. */
  readonly restored?: boolean | undefined;
  /** The class that its copy is to have, where another one was asked for; HEAD does not tell it. */
  readonly copyClass?: string;
  /** Keys of a client-side encryption envelope are in its metadata. */
  readonly clientSideEncrypted: boolean;
  readonly requestId: string | null;
}

/** As `ObjectFacts`, before its size is settled. */
export interface HeadFacts extends Omit<ObjectFacts, "sizeBytes"> {
  /** `null` if the answer holds no Content-Length that can be read. */
  readonly sizeBytes: number | null;
}

/** What HEAD does not tell and a copy does not keep: read only for objects that will be copied. */
export interface CarriedFacts {
  /** `null` where the access control list is the default one: the owner's alone. */
  readonly grants: readonly Grant[] | null;
  readonly tags: readonly Tag[];
  /** What could not be read and may be lost, since the operator said so. */
  readonly losses: readonly AcceptedLoss[];
  /** Absent where the copy belongs to whom the object belongs to, and where that cannot be told. */
  readonly owner?: OwnerChange;
  /** Absent where the copy keeps the class of the object. */
  readonly newClass?: ClassChange;
}

/** That was asked for. */
export interface ClassChange {
  readonly before: string;
  readonly after: string;
}

/** Ids as access control lists have them: whose the object is, and whose its copy will be. */
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

/** One entry of a listing, as the list step hands it on. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Bare, without quotes. */
  readonly etag: string;
  readonly lastModified: string;
  readonly storageClass: string;
  /** `false` where it is named elsewhere and the listing does not show it: of it the key alone is known. @default true */
  readonly isListed?: boolean;
  /** Why the object of this key is not the one that a manifest names, in words. Of it the key alone counts. */
  readonly notAsNamed?: string;
  /** Absent if its whole entry can be read. */
  readonly fault?: ListingFault;
}

/** A lock without a retention that has ended: HEAD goes on telling it, and stores refuse to be sent it again. */
export function activeLock(lock: ObjectLock, now: Date): ObjectLock {
  const ended = lock.retainUntil !== null && Date.parse(lock.retainUntil) <= now.getTime();
  return ended ? { ...lock, mode: null, retainUntil: null } : lock;
}

/** Tags or grants to be compared: some stores answer with them in another order each time. */
export function unordered(entries: readonly object[] | null): readonly string[] | null {
  return entries === null ? null : entries.map((entry) => JSON.stringify(entry)).toSorted();
}

/** What may be lost by the operator's own word is no difference. */
export function loses({ losses }: CarriedFacts, what: Loss): boolean {
  return losses.some((loss) => loss.of === what);
}
