import type { Acl } from "./acl.js";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in `-N`. */
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** A stored run of bytes. An object of one upload has one, a multipart object one a part. */
export interface Piece {
  readonly blobId: string;
  readonly sizeBytes: number;
  /** Base64 of the data key under the bucket's or the customer's key; undefined for plaintext. */
  readonly wrappedKey?: string;
}

/** What protects the bytes of an object. `reported` is false where a store keeps it to itself. */
export type ObjectEncryption =
  | { readonly kind: "none" }
  | { readonly kind: "sse-s3"; readonly reported: boolean }
  | { readonly kind: "sse-kms"; readonly algorithm: "aws:kms" | "aws:kms:dsse"; readonly keyId: string }
  | { readonly kind: "sse-c"; readonly keyMd5: string };

export interface Retention {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  /** ISO 8601. */
  readonly until: string;
}

export interface StoredPart {
  readonly sizeBytes: number;
  readonly checksum?: string;
}

/** Everything of an object but its bytes. */
export interface StoredObject {
  readonly kind: "object";
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: number;
  readonly sizeBytes: number;
  /** Without its quotes. */
  readonly etag: string;
  readonly pieces: readonly Piece[];
  /** Present for a multipart object. */
  readonly parts?: readonly StoredPart[];
  /** Of which upload it came: one that is completed again answers the same. */
  readonly uploadId?: string;
  readonly encryption: ObjectEncryption;
  /** Content-Type and its like by header name, as they were sent. */
  readonly contentHeaders: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly redirect?: string;
  readonly tags: readonly Tag[];
  readonly acl: Acl;
  /** Whose it is; absent for `OWNER`'s. */
  readonly ownerId?: string;
  readonly retention?: Retention;
  readonly legalHold?: "ON" | "OFF";
  readonly checksum?: Checksum;
  /** When a restored copy of an archived object ends. */
  readonly restoredUntil?: number;
}

export interface DeleteMarker {
  readonly kind: "delete-marker";
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: number;
}

export type ObjectVersion = StoredObject | DeleteMarker;

export const NULL_VERSION = "null";
