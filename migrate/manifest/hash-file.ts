import { createHash } from "node:crypto";
import { readChunks } from "./folder-files.js";

export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

export function hashFile(path: string): Promise<FileDigest> {
  return hashChunks(readChunks(path));
}

/** The size and SHA-256 of what would be a file, without its being one. */
export async function hashChunks(chunks: AsyncIterable<string | Buffer> | Iterable<string>): Promise<FileDigest> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += Buffer.byteLength(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}
