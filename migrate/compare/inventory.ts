import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { type CsvError, type Info, parse } from "csv-parse";
import { z } from "zod";
import { UsageError } from "../errors.js";
import type { ManifestKeys } from "../journal/run-record.js";
import type { EncryptionState } from "../model/encryption.js";
import { parseAs } from "../model/parse.js";
import { decodeKey } from "../store/sdk/listing-fields.js";
import { bareEtag } from "../store/wire.js";
import { type ManifestLine, type ManifestReading, type NamedObject, openSource } from "./named-object.js";

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const inventorySchema = z.object({
  fileFormat: z.string(),
  fileSchema: z.string(),
  /** Milliseconds since 1970, as text. */
  creationTimestamp: z.string().optional(),
  files: z.array(z.object({ key: z.string(), MD5checksum: z.string().optional() })),
});

interface DataFile {
  readonly path: string;
  readonly name: string;
  /** `null` if no expected MD5 is known. */
  readonly md5: string | null;
}

/**
 * Reads an inventory, given its manifest.json with the data files next to it as S3 stores them. Also reads a
 * single CSV file with column names in its first line.
 */
export async function readInventory(path: string, keys: ManifestKeys = "url"): Promise<ManifestReading> {
  if (!path.toLowerCase().endsWith(".json")) {
    return reading([{ path, name: basename(path), md5: null }], { schema: null, createdAt: null, keys });
  }
  const text = await readSmall(path);
  const parsed = parseAs(inventorySchema, text);
  if (!parsed.ok) throw refused(path, `it is no manifest.json of an S3 Inventory (${parsed.problem})`);
  const { fileFormat, fileSchema, creationTimestamp, files } = parsed.value;
  if (fileFormat !== "CSV")
    throw refused(path, `its inventory is in ${fileFormat}: make one as CSV, which alone is read`);
  const found = await Promise.all(files.map(({ key }) => findBeside(path, key)));
  const missing = files.filter((_, index) => found[index] === null).map(({ key }) => basename(key));
  if (missing.length > 0) {
    throw refused(
      path,
      `${missing.join(", ")} cannot be found: download it into ../data, into data, or beside the manifest`,
    );
  }
  const dataFiles = files.map(({ key, MD5checksum }, index) => {
    return { path: found[index] ?? "", name: basename(key), md5: MD5checksum?.toLowerCase() ?? null };
  });
  const createdMs = Number(creationTimestamp);
  const createdAt = creationTimestamp && Number.isFinite(createdMs) ? new Date(createdMs).toISOString() : null;
  return reading(dataFiles, { schema: fileSchema.split(","), createdAt, keys });
}

function reading(
  files: readonly DataFile[],
  {
    schema,
    createdAt,
    keys,
  }: { readonly schema: readonly string[] | null; readonly createdAt: string | null; readonly keys: ManifestKeys },
): ManifestReading {
  const read: { name: string; sha256: string }[] = [];
  async function* lines() {
    for (const { path, name, md5 } of files) {
      const { content, digests } = await openSource(path);
      for await (const line of readInventoryCsv(content, schema, keys)) yield { ...line, file: name };
      const found = digests();
      read.push({ name, sha256: found.sha256 });
      if (md5 !== null && found.md5 !== md5) {
        const words = `its MD5 is ${found.md5}, and manifest.json says ${md5}`;
        yield { kind: "problem", line: 0, words, file: name } as const;
      }
    }
  }
  return { lines: lines(), files: read, createdAt };
}

async function findBeside(manifest: string, key: string): Promise<string | null> {
  const folder = dirname(manifest);
  const name = basename(key);
  for (const path of [join(folder, "..", "data", name), join(folder, "data", name), join(folder, name)]) {
    const isThere = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

async function readSmall(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_MANIFEST_BYTES) throw refused(path, "it is too large for a manifest.json");
  return readFile(path, "utf8");
}

function refused(path: string, because: string): UsageError {
  return new UsageError([`--manifest: "${path}" cannot be used: ${because}`]);
}

const CSV = {
  bom: true,
  info: true,
  relax_column_count: true,
  skip_empty_lines: true,
  max_record_size: 64 * 1024,
  skip_records_with_error: true,
} as const;

/** Yields the rows of one CSV file. `schema` names its columns; without it, the first line does. */
export async function* readInventoryCsv(
  source: AsyncIterable<Buffer>,
  schema: readonly string[] | null,
  keys: ManifestKeys = "url",
): AsyncGenerator<ManifestLine> {
  let columns = schema === null ? null : columnsOf(schema);
  const skipped: ManifestLine[] = [];
  let lastSkipped = 0;
  const skip = (error: CsvError | undefined): undefined => {
    // One line may be skipped in several pieces.
    const line = typeof error?.lines === "number" ? error.lines : 0;
    if (line !== lastSkipped) skipped.push({ kind: "problem", line, words: error?.message ?? "it is no CSV" });
    lastSkipped = line;
  };
  const parser = parse({ ...CSV, on_skip: skip });
  const rows = Readable.from(source)
    .on("error", (error) => parser.destroy(error))
    .pipe(parser);
  for await (const { record, info } of rows as AsyncIterable<{ record: string[]; info: Info }>) {
    yield* skipped.splice(0);
    if (columns === null) {
      columns = columnsOf(record);
      if (!columns.includes("key")) {
        yield { kind: "problem", line: info.lines, words: NO_KEY_COLUMN };
        return;
      }
      continue;
    }
    const parsed = parseInventoryRow(columns, record, keys);
    yield parsed.kind === "object" ? parsed : { ...parsed, line: info.lines };
  }
  yield* skipped.splice(0);
}

const NO_KEY_COLUMN =
  "it names no column Key: give the manifest.json of the inventory, or put a first line of column names there";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html */
const STATES: Readonly<Record<string, EncryptionState>> = {
  "SSE-S3": "sse-s3",
  "SSE-KMS": "sse-kms",
  "DSSE-KMS": "dsse-kms",
  "SSE-C": "sse-c",
  "NOT-SSE": "none",
};

type ParsedRow =
  | { readonly kind: "object"; readonly object: NamedObject }
  | { readonly kind: "problem"; readonly words: string };

/** Normalises column names: S3 writes `Key`, Athena and others `key`. */
function columnsOf(names: readonly string[]): readonly string[] {
  return names.map((name) => name.trim().toLowerCase());
}

/** Parses one row of an inventory. Pure. */
function parseInventoryRow(
  columns: readonly string[],
  cells: readonly string[],
  keys: ManifestKeys = "url",
): ParsedRow {
  if (cells.length !== columns.length) {
    return problem(`it has ${cells.length} columns, and the inventory ${columns.length}`);
  }
  const cell = (name: string) => cells[columns.indexOf(name)] || null;
  const key = readKey(cell("key"), keys);
  if (key === null) return problem("its key is empty, or not URL-encoded (--manifest-keys raw takes keys as they are)");
  const flags = [cell("islatest"), cell("isdeletemarker")].filter(
    (flag) => flag !== null && !/^(true|false)$/i.test(flag),
  );
  const size = cell("size");
  if (flags.length > 0) return problem(`"${flags[0]}" is neither true nor false`);
  if (size !== null && !/^\d+$/.test(size)) return problem(`"${size}" is no size`);
  const etag = cell("etag");
  return {
    kind: "object",
    object: {
      bucket: cell("bucket"),
      key,
      row: {
        versionId: cell("versionid"),
        isLatest: cell("islatest")?.toLowerCase() !== "false",
        isDeleteMarker: cell("isdeletemarker")?.toLowerCase() === "true",
        sizeBytes: size === null ? null : Number(size),
        lastModified: cell("lastmodifieddate"),
        etag: etag === null ? null : bareEtag(etag),
        state: STATES[cell("encryptionstatus") ?? ""] ?? null,
      },
    },
  };
}

/** `null` if there is no key, or if it is not properly encoded. */
export function readKey(key: string | null, keys: ManifestKeys): string | null {
  return key === null || keys === "raw" ? key : decodeKey(key);
}

function problem(words: string): ParsedRow {
  return { kind: "problem", words };
}
