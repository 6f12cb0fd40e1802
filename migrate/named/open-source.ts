import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

const GZIP = Buffer.from([0x1f, 0x8b]);

export interface OpenedSource {
  /** What the file holds, unpacked where it is packed with gzip. */
  readonly content: AsyncIterable<Buffer>;
  /** Of the file as it is, once its content was read to its end. */
  digests(): { readonly sha256: string; readonly md5: string };
}

/** Reads a file once, from its beginning, and tells what it was by its digests. */
export async function openSource(path: string): Promise<OpenedSource> {
  const isPacked = await beginsWith(path, GZIP);
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      md5.update(chunk);
      yield chunk;
    }
  }
  // Whoever reads is told of an error by the reading itself.
  const content = isPacked ? pipeline(Readable.from(hashed()), createGunzip(), () => undefined) : hashed();
  return { content, digests: () => ({ sha256: sha256.digest("hex"), md5: md5.digest("hex") }) };
}

async function beginsWith(path: string, magic: Buffer): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
  return bytesRead === magic.length && buffer.equals(magic);
}
