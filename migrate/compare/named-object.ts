import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { EncryptionState } from "../model/encryption.js";

/** What an inventory tells of one object version; `null` where it does not. */
export interface InventoryRow {
  readonly versionId: string | null;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly sizeBytes: number | null;
  readonly lastModified: string | null;
  /** Bare, without quotes. */
  readonly etag: string | null;
  readonly state: EncryptionState | null;
}

/** An object that a manifest names. */
export interface NamedObject {
  /** `null` where the manifest names keys alone. */
  readonly bucket: string | null;
  readonly key: string;
  /** `null` where the manifest is no inventory. */
  readonly row: InventoryRow | null;
}

/** What a listing shows of an object or version. */
interface ListedAs {
  readonly sizeBytes: number;
  readonly etag: string;
}

/** Why this is not what the row names, in words; `null` if nothing in the row says otherwise. */
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

/** One line of a manifest, or what is wrong with it. */
export type ManifestLine =
  | { readonly kind: "object"; readonly object: NamedObject }
  | { readonly kind: "problem"; readonly line: number; readonly words: string };

/**
 * `inventory`: S3 Inventory as CSV, by its manifest.json or with a first line of column names. `keys`: a key a line. `keys0`: keys that end at NUL.
 * `journal`: a run folder, or a segment of its journal.
 */
export const MANIFEST_FORMATS = ["inventory", "keys", "keys0", "journal"] as const;
export type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

/** The format of a file or folder, by its name. */
export function manifestFormat(path: string, isFolder: boolean): ManifestFormat {
  const name = basename(path).toLowerCase().replace(/\.gz$/, "");
  if (isFolder || name.endsWith(".ndjson")) return "journal";
  return name.endsWith(".json") || name.endsWith(".csv") ? "inventory" : "keys";
}

/** A manifest while it is read. */
export interface ManifestReading {
  /** Every line, with the name of the file that it stands in. */
  readonly lines: AsyncIterable<ManifestLine & { readonly file: string }>;
  /** Complete once all lines were read. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly createdAt: string | null;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

interface OpenedSource {
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

export interface Piece {
  readonly bytes: Buffer;
  /** There was more than the limit, which is left out. */
  readonly isCut: boolean;
  /** From 1. */
  readonly number: number;
}

/** What stands between separators, however long; it holds no more than the limit of each. What follows the last separator counts if there is any. */
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
