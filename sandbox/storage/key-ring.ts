import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const KEY_BYTES = 32;

/** A master key wraps one key per bucket, which wraps one data key per stored blob. */
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

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts one key under another, in base64. */
export function wrapKey(key: Buffer, under: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", under, nonce);
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** Throws if `under` is not the key that it was wrapped under. */
export function unwrapKey(wrapped: string, under: Buffer): Buffer {
  const bytes = Buffer.from(wrapped, "base64");
  const decipher = createDecipheriv("aes-256-gcm", under, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
