import type { Grant, Tag } from "../store/answers.js";
import type { CustomerKey, EncryptionState, Evidence } from "./encryption-state.js";

export const CONTENT_HEADERS = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-disposition",
  "cache-control",
  "expires",
] as const;
export type ContentHeader = (typeof CONTENT_HEADERS)[number];

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
