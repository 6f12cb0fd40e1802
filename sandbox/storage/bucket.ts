import type { Acl } from "./acl.js";
import { KeyIndex } from "./key-index.js";
import type { MultipartUpload } from "./multipart-upload.js";
import type { ObjectVersion } from "./object-version.js";

export type DefaultRetention = { readonly mode: "GOVERNANCE" | "COMPLIANCE" } & (
  | { readonly days: number }
  | { readonly years: number }
);

/** The default encryption of a bucket as PutBucketEncryption set it. */
export interface DefaultEncryption {
  readonly algorithm: "AES256" | "aws:kms" | "aws:kms:dsse";
  readonly keyId?: string;
  readonly bucketKey: boolean;
}

/** What a bucket is, apart from its objects; replaced as a whole when anything changes. */
export interface BucketFacts {
  readonly name: string;
  readonly createdAt: number;
  /** Whose it is; absent for `OWNER`'s. */
  readonly ownerId?: string;
  readonly versioning: "off" | "enabled" | "suspended";
  /** Suspended before it was ever enabled: its answers name no versions. */
  readonly neverVersioned?: boolean;
  readonly objectLock: { readonly defaultRetention?: DefaultRetention } | null;
  readonly encryption: DefaultEncryption | null;
  readonly acl: Acl;
  /** Bodies of the other sub-resources, by query parameter (and id). */
  readonly settings: Readonly<Record<string, string>>;
  /** Base64 of the bucket's key under the master key. */
  readonly wrappedKey: string;
}

export interface Bucket {
  facts: BucketFacts;
  /** Versions of each key, newest first; never empty. */
  readonly versions: Map<string, readonly ObjectVersion[]>;
  readonly keys: KeyIndex;
  readonly uploads: Map<string, MultipartUpload>;
}

export function newBucket(facts: BucketFacts): Bucket {
  return { facts, versions: new Map(), keys: new KeyIndex(), uploads: new Map() };
}
