import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { EncryptionState } from "../model/encryption.js";

/** The properties of one object version in an inventory; `null` for missing columns. */
export interface InventoryRow {
  readonly versionId: string | null;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly sizeBytes: number | null;
  readonly lastModified: string | null;
  /** Without quotes. */
  readonly etag: string | null;
  readonly state: EncryptionState | null;
}

/** An object in a manifest. */
export interface NamedObject {
  /** `null` if the manifest contains only keys. */
  readonly bucket: string | null;
  readonly key: string;
  /** `null` if the manifest is not an inventory. */
  readonly row: InventoryRow | null;
}

/** The listed properties of an object or version. */
interface ListedAs {
  readonly sizeBytes: number;
  readonly etag: string;
}

/** Why this is not the object of the row, in words; `null` if nothing in the row contradicts it. */
export function differenceFromRow(row: InventoryRow | null, listed: ListedAs): string | null {
  const { sizeBytes, etag } = row ?? { sizeBytes: null, etag: null };
  const differences = [
    ...(sizeBytes === null || sizeBytes === listed.sizeBytes
      ? []
      : [`size ${sizeBytes}, and the object has ${listed.sizeBytes}`]),
    ...(etag === null || etag === listed.etag ? [] : [`ETag ${etag}, and the object has ${listed.etag}`]),
  ];
  return differences.length === 0 ? null : `the manifest says ${differences.join("; ")}`;
}

/** One line of a manifest, or its problem. */
export type ManifestLine =
  | { readonly kind: "object"; readonly object: NamedObject }
  | { readonly kind: "problem"; readonly line: number; readonly words: string };

/**
 * `inventory`: S3 Inventory as CSV, given its manifest.json or with column names in the first line. `keys`:
 * one key per line. `keys0`: keys terminated by NUL. `journal`: a run folder, or a segment of its journal.
 */
export const MANIFEST_FORMATS = ["inventory", "keys", "keys0", "journal"] as const;
export type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

/** The format of a file or folder, inferred from its name. */
export function manifestFormat(path: string, isFolder: boolean): ManifestFormat {
  const name = basename(path).toLowerCase().replace(/\.gz$/, "");
  if (isFolder || name.endsWith(".ndjson")) return "journal";
  return name.endsWith(".json") || name.endsWith(".csv") ? "inventory" : "keys";
}

/** A manifest that is being read. */
export interface ManifestReading {
  /** Every line, with the name of its file. */
  readonly lines: AsyncIterable<ManifestLine & { readonly file: string }>;
  /** Complete once all lines are read. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly createdAt: string | null;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

interface OpenedSource {
  /** The contents of the file, decompressed if it is gzip. */
  readonly content: AsyncIterable<Buffer>;
  /** Digests of the file itself. Call it once the content is fully read. */
  digests(): { readonly sha256: string; readonly md5: string };
}

/**
 * Reads a file once, from its beginning, and computes its digests. The file is also opened only once, since a
 * pipe delivers its bytes only once.
 */
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
  // The reader gets the error from the stream.
  const content = isPacked ? pipeline(Readable.from(hashed()), createGunzip(), () => undefined) : hashed();
  return { content, digests: () => ({ sha256: sha256.digest("hex"), md5: md5.digest("hex") }) };
}

/** The bytes that show whether the file is compressed; fewer if it is shorter. */
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

export interface Piece {
  readonly bytes: Buffer;
  /** The piece exceeded the limit. The excess is left out. */
  readonly isCut: boolean;
  /** Starts at 1. */
  readonly number: number;
}

/**
 * Yields the pieces between separators, of any length, keeping at most `maxBytes` of each. Bytes after the
 * last separator are a piece too.
 */
export async function* splitBytes(
  source: AsyncIterable<Buffer>,
  separator: number,
  maxBytes: number,
): AsyncGenerator<Piece> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let number = 1;
  const hold = (bytes: Buffer) => {
    if (heldBytes <= maxBytes) held.push(bytes.subarray(0, maxBytes + 1 - heldBytes));
    heldBytes += bytes.length;
  };
  const take = (): Piece => {
    const piece = { bytes: Buffer.concat(held).subarray(0, maxBytes), isCut: heldBytes > maxBytes, number };
    held = [];
    heldBytes = 0;
    number += 1;
    return piece;
  };
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(separator); end !== -1; end = chunk.indexOf(separator, from)) {
      hold(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (heldBytes > 0) yield take();
}
