import type { Acl } from "./acl.js";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. A composite checksum ends in `-N`. */
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** A stored sequence of bytes: one per object, or one per part of a multipart object. */
export interface Piece {
  readonly blobId: string;
  readonly sizeBytes: number;
  /** The data key, wrapped under the bucket's or the customer's key, in base64; undefined for plaintext. */
  readonly wrappedKey?: string;
}

/** The encryption of an object. `reported` is false if the store does not reveal it. */
export type ObjectEncryption =
  | { readonly kind: "none" }
  | { readonly kind: "sse-s3"; readonly reported: boolean }
  | {
      readonly kind: "sse-kms";
      readonly algorithm: "aws:kms" | "aws:kms:dsse";
      readonly keyId: string;
      readonly bucketKey?: true;
    }
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

/** Everything about an object except its bytes. */
export interface StoredObject {
  readonly kind: "object";
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: number;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly pieces: readonly Piece[];
  /** Present for a multipart object. */
  readonly parts?: readonly StoredPart[];
  /** The upload that created it. If that upload is completed again, the answer is the same. */
  readonly uploadId?: string;
  readonly encryption: ObjectEncryption;
  /** Content-Type and similar headers by name, as sent. */
  readonly contentHeaders: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly redirect?: string;
  readonly tags: readonly Tag[];
  readonly acl: Acl;
  /** The owner's ID; absent for `OWNER`. */
  readonly ownerId?: string;
  readonly retention?: Retention;
  readonly legalHold?: "ON" | "OFF";
  readonly checksum?: Checksum;
  /** When the restored copy of an archived object expires. */
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
