import { createHash } from "node:crypto";
import { S3Error } from "../http/s3-error.js";

/** Verifies one signature of the chain that begins with the request's signature. */
export type CheckChunk = (signature: string, payloadSha256: string, kind: "chunk" | "trailer") => Promise<void>;

/** Removes the `aws-chunked` coding from a body. Trailers are added to `trailers` as they arrive. */
export async function* decodeAwsChunked(
  chunks: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
  checkChunk: CheckChunk | undefined,
): AsyncIterable<Buffer> {
  const reader = new ByteReader(chunks);
  for (;;) {
    const { size, signature } = parseChunkHeader(await reader.line());
    const hash = createHash("sha256");
    for await (const bytes of reader.bytes(size)) {
      hash.update(bytes);
      yield bytes;
    }
    await checkChunk?.(signature, hash.digest("hex"), "chunk");
    if (size === 0) {
      await readTrailers(reader, trailers, checkChunk);
      return;
    }
    if ((await reader.line()) !== "") {
      throw new S3Error("InvalidRequest", { message: "A chunk is longer than its header says" });
    }
  }
}

function parseChunkHeader(line: string): { readonly size: number; readonly signature: string } {
  const found = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]*))?$/.exec(line);
  if (found?.[1] === undefined) {
    throw new S3Error("InvalidRequest", { message: "The chunk header is not valid" });
  }
  return { size: Number.parseInt(found[1], 16), signature: found[2] ?? "" };
}

async function readTrailers(
  reader: ByteReader,
  trailers: Map<string, string>,
  checkChunk: CheckChunk | undefined,
): Promise<void> {
  let signature = "";
  let signed = "";
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "x-amz-trailer-signature") {
      signature = value;
    } else {
      trailers.set(name, value);
      signed += `${name}:${value}\n`;
    }
  }
  if (trailers.size > 0) {
    await checkChunk?.(signature, createHash("sha256").update(signed).digest("hex"), "trailer");
  }
}

const MAX_LINE_BYTES = 8192;
const LINE_END = "\r\n";

/** Reads lines and byte sequences from a stream of chunks. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #pending: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF. */
  async line(): Promise<string> {
    let end = this.#pending.indexOf(LINE_END);
    while (end < 0) {
      if (this.#pending.length > MAX_LINE_BYTES) {
        throw new S3Error("InvalidRequest", { message: "A chunk header is longer than 8192 bytes" });
      }
      this.#pending = Buffer.concat([this.#pending, await this.#more()]);
      end = this.#pending.indexOf(LINE_END);
    }
    const text = this.#pending.toString("latin1", 0, end);
    this.#pending = this.#pending.subarray(end + LINE_END.length);
    return text;
  }

  async *bytes(count: number): AsyncIterable<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#pending.length === 0) {
        this.#pending = await this.#more();
      }
      const taken = this.#pending.subarray(0, left);
      this.#pending = this.#pending.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  async #more(): Promise<Buffer> {
    const next = await this.#source.next();
    if (next.done === true) {
      throw new S3Error("IncompleteBody");
    }
    return next.value;
  }
}
