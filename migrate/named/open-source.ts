import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

const GZIP = Buffer.from([0x1f, 0x8b]);

export interface OpenedSource {
  /** What the file holds, unpacked where it is packed with gzip. */
  readonly content: AsyncIterable<Buffer>;
  /** Of the file as it is, once its content was read to its end. */
  digests(): { readonly sha256: string; readonly md5: string };
}

/** Reads a file once, from its beginning, and tells what it was by its digests. It is opened once too, since a pipe gives its bytes but once. */
export async function openSource(path: string): Promise<OpenedSource> {
  const chunks = createReadStream(path)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const beginning = await beginningOf(chunks);
  const [sha256, md5] = [createHash("sha256"), createHash("md5")];
  async function* hashed(): AsyncGenerator<Buffer> {
    for (let chunk: Buffer | undefined = beginning; chunk !== undefined; chunk = await next(chunks)) {
      sha256.update(chunk);
      md5.update(chunk);
      yield chunk;
    }
  }
  const isPacked = beginning.subarray(0, GZIP.length).equals(GZIP);
  // Whoever reads is told of an error by the reading itself.
  const content = isPacked ? pipeline(Readable.from(hashed()), createGunzip(), () => undefined) : hashed();
  return { content, digests: () => ({ sha256: sha256.digest("hex"), md5: md5.digest("hex") }) };
}

/** As much as tells whether it is packed; less where there is no more. */
async function beginningOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let beginning: Buffer = Buffer.alloc(0);
  while (beginning.length < GZIP.length) {
    const chunk = await next(chunks);
    if (chunk === undefined) break;
    beginning = Buffer.concat([beginning, chunk]);
  }
  return beginning;
}

async function next(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const pulled = await chunks.next();
  return pulled.done ? undefined : pulled.value;
}
