import type { Bucket } from "./bucket.js";
import type { Piece, StoredObject } from "./object-version.js";
import { newKey, openChunks, sealChunks, sealedBytes, unwrapKey, wrapKey } from "./seal.js";
import type { Store } from "./store.js";

/** How bytes are encrypted: not at all, or with a key that wraps their data key. */
export type Sealing = { readonly kind: "none" } | { readonly kind: "key"; readonly key: Buffer };

export interface WrittenPiece {
  readonly blobId: string;
  readonly wrappedKey?: string;
}

export async function writePiece(store: Store, chunks: AsyncIterable<Buffer>, sealing: Sealing): Promise<WrittenPiece> {
  if (sealing.kind === "none") {
    return { blobId: await store.writeBlob(chunks) };
  }
  const dataKey = newKey();
  const blobId = await store.writeBlob(sealChunks(chunks, dataKey));
  return { blobId, wrappedKey: wrapKey(dataKey, sealing.key) };
}

export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** The plaintext of a range, across all pieces of an object. */
export async function* readPieces(
  store: Store,
  pieces: readonly Piece[],
  range: ByteRange,
  key: Buffer | undefined,
): AsyncIterable<Buffer> {
  let offset = 0;
  for (const piece of pieces) {
    const start = Math.max(range.start - offset, 0);
    const end = Math.min(range.end - offset, piece.sizeBytes);
    if (start < end || (piece.sizeBytes === 0 && range.start === range.end)) {
      yield* readPiece(store, piece, { start, end: Math.max(start, end) }, key);
    }
    offset += piece.sizeBytes;
  }
}

function readPiece(store: Store, piece: Piece, range: ByteRange, key: Buffer | undefined): AsyncIterable<Buffer> {
  if (piece.wrappedKey === undefined) {
    return store.readBlob(piece.blobId, range.start, range.end);
  }
  if (key === undefined) {
    throw new Error(`piece ${piece.blobId} is encrypted and no key was given`);
  }
  const dataKey = unwrapKey(piece.wrappedKey, key);
  const sealed = sealedBytes(piece.sizeBytes);
  return openChunks((start, end) => store.readBlob(piece.blobId, start, Math.min(end, sealed)), {
    plainBytes: piece.sizeBytes,
    ...range,
    dataKey,
  });
}

/** The key that decrypts an object: the customer's if there is one, otherwise the bucket's. */
export function keyOf(
  store: Store,
  bucket: Bucket,
  object: StoredObject,
  customerKey: Buffer | undefined,
): Buffer | undefined {
  switch (object.encryption.kind) {
    case "none":
      return undefined;
    case "sse-c":
      return customerKey;
    case "sse-s3":
    case "sse-kms":
      return store.keyRing.bucketKey(bucket.facts.wrappedKey);
  }
}
