import { randomBytes } from "node:crypto";
import { unwrapKey, wrapKey } from "./wrap-key.js";

const KEY_BYTES = 32;

/** Master key, over one key a bucket, over one data key a stored blob. */
export class KeyRing {
  readonly #masterKey: Buffer;
  readonly #bucketKeys = new Map<string, Buffer>();

  constructor(masterKey: Buffer) {
    this.#masterKey = masterKey;
  }

  /** A new bucket key, wrapped under the master key. */
  newBucketKey(): string {
    return wrapKey(randomBytes(KEY_BYTES), this.#masterKey);
  }

  bucketKey(wrapped: string): Buffer {
    const known = this.#bucketKeys.get(wrapped);
    if (known !== undefined) {
      return known;
    }
    const key = unwrapKey(wrapped, this.#masterKey);
    this.#bucketKeys.set(wrapped, key);
    return key;
  }
}

export function newKey(): Buffer {
  return randomBytes(KEY_BYTES);
}
