import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

// AES-256-GCM in segments, so that a range can be read without the bytes before it. The nonce consists of the
// segment's number and whether it is the last one, so segments cannot be swapped and the end cannot be cut
// off. Each data key is used once.
const SEGMENT_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_SEGMENT_BYTES = SEGMENT_BYTES + TAG_BYTES;

export async function* sealChunks(chunks: AsyncIterable<Buffer>, dataKey: Buffer): AsyncIterable<Buffer> {
  let index = 0;
  let held: Buffer | undefined;
  for await (const segment of inSegments(chunks)) {
    if (held !== undefined) {
      yield sealSegment(held, dataKey, index++, false);
    }
    held = segment;
  }
  yield sealSegment(held ?? Buffer.alloc(0), dataKey, index, true);
}

/** Number of bytes after sealing. */
export function sealedBytes(plainBytes: number): number {
  return plainBytes + segmentCount(plainBytes) * TAG_BYTES;
}

export interface SealedRange {
  readonly plainBytes: number;
  readonly start: number;
  readonly end: number;
  readonly dataKey: Buffer;
}

type ReadSealed = (start: number, end: number) => AsyncIterable<Buffer>;

/** The plaintext from `start` to `end`. Throws if a byte was changed or the key is wrong. */
export async function* openChunks(readSealed: ReadSealed, range: SealedRange): AsyncIterable<Buffer> {
  const first = Math.floor(range.start / SEGMENT_BYTES);
  const last = Math.max(first, Math.ceil(range.end / SEGMENT_BYTES) - 1);
  const total = segmentCount(range.plainBytes);
  const sealedEnd = Math.min((last + 1) * SEALED_SEGMENT_BYTES, sealedBytes(range.plainBytes));
  let index = first;
  for await (const segment of inSegments(readSealed(first * SEALED_SEGMENT_BYTES, sealedEnd), SEALED_SEGMENT_BYTES)) {
    const plain = openSegment(segment, range.dataKey, index, index === total - 1);
    const offset = index * SEGMENT_BYTES;
    yield plain.subarray(Math.max(range.start - offset, 0), Math.max(range.end - offset, 0));
    index++;
  }
}

function segmentCount(plainBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / SEGMENT_BYTES));
}

async function* inSegments(chunks: AsyncIterable<Buffer>, size = SEGMENT_BYTES): AsyncIterable<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes >= size) {
      const joined = waiting.length === 1 ? chunk : Buffer.concat(waiting);
      let at = 0;
      for (; joined.length - at >= size; at += size) {
        yield joined.subarray(at, at + size);
      }
      waiting = [joined.subarray(at)];
      bytes = joined.length - at;
    }
  }
  if (bytes > 0) {
    yield waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting);
  }
}

function sealSegment(plain: Buffer, dataKey: Buffer, index: number, isLast: boolean): Buffer {
  const cipher = createCipheriv("aes-256-gcm", dataKey, nonce(index, isLast));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openSegment(sealed: Buffer, dataKey: Buffer, index: number, isLast: boolean): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", dataKey, nonce(index, isLast), { authTagLength: TAG_BYTES });
  const body = sealed.subarray(0, sealed.length - TAG_BYTES);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

function nonce(index: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(index, 5, 6);
  bytes[11] = isLast ? 1 : 0;
  return bytes;
}

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
