import { createHash, randomBytes } from "node:crypto";
import { type RunningChecksum, startChecksum } from "../body/checksum.js";
import type { Context } from "../operations/operation.js";
import { blobIds } from "../storage/change.js";
import { newKey } from "../storage/key-ring.js";
import type { Checksum, ChecksumAlgorithm, Piece } from "../storage/object-version.js";
import { type ByteRange, readPieces, type Sealing, writePiece } from "../storage/pieces.js";
import { wrapKey } from "../storage/wrap-key.js";
import type { CopySource } from "./copy-source.js";

export interface StoredCopy {
  readonly piece: Piece;
  /** Hexadecimal. */
  readonly md5: string;
  readonly checksum?: Checksum;
}

/** Writes a range of an object anew, under another key or none. */
export async function storeCopy(
  context: Context,
  source: CopySource,
  range: ByteRange,
  sealing: Sealing,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<StoredCopy> {
  const { store, behaviour } = context;
  const release = store.hold(blobIds(source.object));
  const md5 = createHash("md5");
  const checksum = algorithm === undefined ? undefined : startChecksum(algorithm);
  try {
    const chunks = readPieces(store, source.object.pieces, range, source.key);
    const written = await writePiece(store, observed(chunks, md5, checksum), sealing);
    const piece: Piece = { ...written, sizeBytes: range.end - range.start };
    const corrupts = behaviour.sseHeaderOnCopy === "corrupts" && sealing.kind === "key";
    return {
      piece: corrupts ? { ...piece, wrappedKey: wrapKey(randomBytes(32), newKey()) } : piece,
      md5: md5.digest("hex"),
      ...(algorithm !== undefined && {
        checksum: { algorithm, value: (await checksum?.finish()) ?? "", type: "FULL_OBJECT" as const },
      }),
    };
  } finally {
    await release();
  }
}

async function* observed(
  chunks: AsyncIterable<Buffer>,
  md5: { update(chunk: Buffer): unknown },
  checksum: RunningChecksum | undefined,
): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    md5.update(chunk);
    checksum?.update(chunk);
    yield chunk;
  }
}
