import type { RequestHeaders } from "../store/object-store.js";
import type { CustomerKey, DefaultEncryption, EncryptionState } from "./encryption.js";
import type { ObjectFacts } from "./object.js";
import type { CopyReason, EncryptedReason, RefuseReason, StrategyName } from "./reason.js";

export const TARGET_NAMES = ["sse-s3", "sse-kms", "sse-c"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** How objects are to be encrypted. One file implements each target. */
export interface Target {
  readonly name: TargetName;
  /** The encryption of a copy, as the canary reports it. */
  readonly words: string;
  /** Reading a copy, copying its parts and completing its upload need this key; `null` if they need none. */
  readonly customerKey: CustomerKey | null;
  /** `null` if the key is of another kind. */
  readonly kmsKey: KmsKey | null;
  /** Sent on every call that begins an object. */
  headers(): RequestHeaders;
  /** Whether HEAD shows the object encrypted as the target asks. */
  holds(facts: ObjectFacts): boolean;
  /** Why an object that is encrypted is left as it is; `undefined` if it is not. */
  settles(facts: ObjectFacts): EncryptedReason | undefined;
  /** The changes that a copy makes to the object's encryption. */
  reasonFor(facts: ObjectFacts): CopyReason;
  /** Why a store that can do this cannot encrypt so; `null` if it can. */
  lacks(store: StoreEncryption): RefuseReason | null;
  /** Whether a copy made in this way has the ETag of the object. */
  keepsEtag(way: StrategyName, facts: ObjectFacts): boolean;
  /** A warning about the bucket's default encryption; `null` if there is none. */
  warningOf(byDefault: DefaultEncryption): string | null;
}

/** A key of the store's key service, as the operator names it and as HEAD does. */
export interface KmsKey {
  readonly given: string;
  /** Whether one key a bucket lies between this key and the objects, so that the key service is asked less often. */
  readonly bucketKey: boolean;
  /** Keeps how HEAD names the key in this bucket; `false` if that is another key than was given, or than was shown before. */
  settle(bucket: string, shown: string): boolean;
  /** The ARN of the key in this bucket, as far as it is known. */
  arnIn(bucket: string): string | undefined;
  /** How HEAD names the key in this bucket; `null` before it is settled. */
  shownIn(bucket: string): string | null;
  /** Before it is settled, an id is compared with the end of an ARN, and an alias with nothing. */
  isShownAs(bucket: string, shown: string): boolean;
}

/** The encryption that a store was found to use. */
interface StoreEncryption {
  readonly sseS3: boolean;
}

const ENCRYPTED: Readonly<Partial<Record<EncryptionState, EncryptedReason>>> = {
  "sse-s3": "sse-s3",
  "sse-kms": "stronger-encryption",
  "dsse-kms": "stronger-encryption",
  "provider-managed": "provider-managed",
};

/** Why an object in this state counts as encrypted, whatever the target is; `undefined` if it may not. */
export function encryptedReason(state: EncryptionState): EncryptedReason | undefined {
  return ENCRYPTED[state];
}
