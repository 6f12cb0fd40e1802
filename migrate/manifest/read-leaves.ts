import { openFile, readChunks } from "../journal/folder-files.js";
import { HASH_BYTES } from "../merkle/hashes.js";

const CHUNK_LEAVES = 8192;

/** So many lines of the whole journal, from the one of this number on, from 0. */
export interface LeafRange {
  readonly first: number;
  readonly lines: number;
}

/** The hashes of a range of lines, as one character a byte; those that the file does not hold are left out. */
export async function readLeaves(path: string, { first, lines }: LeafRange): Promise<string[]> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  const length = Math.max(0, Math.min(lines, Math.floor(size / HASH_BYTES) - first)) * HASH_BYTES;
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, first * HASH_BYTES);
  return Array.from({ length: length / HASH_BYTES }, (_, index) =>
    buffer.toString("latin1", index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** All of them, one by one. */
export async function* leavesOf(path: string): AsyncGenerator<Buffer> {
  for await (const hashes of readChunks(path, CHUNK_LEAVES * HASH_BYTES)) {
    for (let at = 0; at < hashes.length; at += HASH_BYTES) yield hashes.subarray(at, at + HASH_BYTES);
  }
}
