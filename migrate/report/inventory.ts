import { createHash } from "node:crypto";
import type { Observation } from "../journal/observation.js";
import type { JournalRecord } from "../journal/record.js";
import type { EncryptionState } from "../model/encryption.js";
import type { ReportSource } from "./survey.js";

/** The names and the order of S3 Inventory. */
export const INVENTORY_COLUMNS = [
  "Bucket",
  "Key",
  "VersionId",
  "IsLatest",
  "IsDeleteMarker",
  "Size",
  "LastModifiedDate",
  "ETag",
  "StorageClass",
  "EncryptionStatus",
] as const;

/** The values of S3 Inventory; empty if it has none for a state. */
const STATUS: Readonly<Record<EncryptionState, string>> = {
  none: "NOT-SSE",
  "sse-s3": "SSE-S3",
  "sse-kms": "SSE-KMS",
  "dsse-kms": "DSSE-KMS",
  "sse-c": "SSE-C",
  "provider-managed": "",
  unknown: "",
};

/**
 * The row of an object or a noncurrent version as last seen, terminated by LF; `null` if it no longer exists,
 * or if the record is about neither.
 */
function inventoryRow(record: JournalRecord): string | null {
  if (record.kind !== "outcome" && record.kind !== "version") return null;
  const { kind } = record.outcome;
  if (kind === "vanished" || kind === "not-found" || kind === "removed") return null;
  const isLatest = record.kind === "outcome";
  const seen = isLatest ? (record.after ?? record.before) : record.before;
  return rowOf(record, seen, isLatest);
}

function rowOf(
  { bucket, key }: { readonly bucket: string; readonly key: string },
  seen: Observation,
  isLatest: boolean,
) {
  const { versionId, sizeBytes, lastModified, etag, storageClass, state } = seen;
  const cells = [
    bucket,
    encodeKey(key),
    // S3 Batch Operations rejects an empty version ID, and uses "null" for the null version.
    versionId ?? "null",
    String(isLatest),
    "false",
    String(sizeBytes),
    lastModified ?? "",
    etag ?? "",
    storageClass,
    STATUS[state],
  ];
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`;
}

/**
 * Percent-encodes everything except letters, digits and `._~/-`. A space becomes %20, which every decoder
 * accepts. A leading minus sign is encoded too, so that no spreadsheet reads a key as a formula.
 */
export function encodeKey(key: string): string {
  const wellFormed = Buffer.from(key).toString();
  return encodeURIComponent(wellFormed)
    .replaceAll("%2F", "/")
    .replace(/^-|[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const INVENTORY_FILE = "inventory.csv";
const ROWS_A_CHUNK = 200;

/**
 * inventory.csv: the current contents in the format of S3 Inventory. No header row, every cell quoted, keys
 * percent-encoded.
 */
export async function* renderInventory({ readJournal }: Pick<ReportSource, "readJournal">): AsyncGenerator<string> {
  let rows: string[] = [];
  for await (const record of readJournal()) {
    const row = inventoryRow(record);
    if (row !== null) rows.push(row);
    if (rows.length >= ROWS_A_CHUNK) {
      yield rows.join("");
      rows = [];
    }
  }
  yield rows.join("");
}

/** inventory-manifest.json: the columns, and the size and MD5 of the file, as in S3 Inventory. */
export async function* renderInventoryManifest(source: ReportSource): AsyncGenerator<string> {
  const { run } = source;
  const hash = createHash("md5");
  let size = 0;
  for await (const chunk of renderInventory(source)) {
    hash.update(chunk);
    size += Buffer.byteLength(chunk);
  }
  const buckets = [...new Set(run.scopes.map(({ bucket }) => bucket))];
  const manifest = {
    // S3's own manifest covers one bucket. If there are several, the first column distinguishes them.
    sourceBucket: buckets.length === 1 ? buckets[0] : undefined,
    version: "2016-11-30",
    creationTimestamp: String(Date.parse(run.sessions.at(-1)?.endedAt ?? run.sessions.at(-1)?.startedAt ?? "") || 0),
    fileFormat: "CSV",
    fileSchema: INVENTORY_COLUMNS.join(", "),
    files: [{ key: INVENTORY_FILE, size, MD5checksum: hash.digest("hex") }],
  };
  yield `${JSON.stringify(manifest, null, 2)}\n`;
}
