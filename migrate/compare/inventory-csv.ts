import { Readable } from "node:stream";
import type { CsvError, Info } from "csv-parse";
import { parse } from "csv-parse";
import type { ManifestKeys } from "../journal/input-records.js";
import type { EncryptionState } from "../model/encryption.js";
import { decodeKey } from "../store/answers.js";
import { bareEtag } from "../store/wire.js";
import type { ManifestLine, NamedObject } from "./named-object.js";

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
    if (line !== lastSkipped) skipped.push({ kind: "problem", line, words: error?.message ?? "it is not CSV" });
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
  "it has no column Key: give the manifest.json of the inventory, or add a first line with the column names";

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
  if (key === null) return problem("its key is empty, or not URL-encoded (--manifest-keys raw reads keys as they are)");
  const flags = [cell("islatest"), cell("isdeletemarker")].filter(
    (flag) => flag !== null && !/^(true|false)$/i.test(flag),
  );
  const size = cell("size");
  if (flags.length > 0) return problem(`"${flags[0]}" is neither true nor false`);
  if (size !== null && !/^\d+$/.test(size)) return problem(`"${size}" is not a size`);
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
