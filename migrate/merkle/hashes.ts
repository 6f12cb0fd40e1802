import { createHash } from "node:crypto";

/** The bytes of every hash here. */
export const HASH_BYTES = 32;

// What is hashed with a leaf is no node, and the other way round: https://www.rfc-editor.org/rfc/rfc6962#section-2.1
const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

export function leafHash(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(LEAF).update(bytes).digest();
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256").update(NODE).update(left).update(right).digest();
}

/** The root of a tree without leaves. */
export function emptyRoot(): Buffer {
  return createHash("sha256").digest();
}
