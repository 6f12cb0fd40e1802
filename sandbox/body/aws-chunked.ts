import { createHash } from "node:crypto";
import { S3Error } from "../http/s3-error.js";
import { ByteReader } from "./byte-reader.js";

/** Checks one signature of the chain that begins with that of the request. */
export type CheckChunk = (signature: string, payloadSha256: string, kind: "chunk" | "trailer") => Promise<void>;

/** Takes the `aws-chunked` coding off a body; trailers are put into `trailers` as they come. */
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
