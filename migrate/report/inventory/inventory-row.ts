import type { Observation } from "../../journal/observation.js";
import type { JournalRecord } from "../../journal/record.js";
import type { EncryptionState } from "../../model/encryption.js";

/** As S3 Inventory names and orders them. */
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

/** The words of S3 Inventory; empty for what it has none for. */
const STATUS: Readonly<Record<EncryptionState, string>> = {
  none: "NOT-SSE",
  "sse-s3": "SSE-S3",
  "sse-kms": "SSE-KMS",
  "dsse-kms": "DSSE-KMS",
  "sse-c": "SSE-C",
  "provider-managed": "",
  unknown: "",
};

/** The row of an object or a noncurrent version as last seen, ended by LF; `null` where it is gone, or the record is of none. */
export function inventoryRow(record: JournalRecord): string | null {
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
    // S3 Batch Operations takes an empty version id for a mistake, and "null" for the null version.
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
 * Percent-encoded but for letters, digits and `._~/-`: a space is %20, which every decoder knows, and a sign at the beginning is encoded
 * too, so that no spreadsheet takes a key for a formula.
 */
function encodeKey(key: string): string {
  const wellFormed = Buffer.from(key).toString();
  return encodeURIComponent(wellFormed)
    .replaceAll("%2F", "/")
    .replace(/^-|[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
