import type { ManifestKeys } from "../journal/run-record.js";
import type { EncryptionState } from "../model/encryption.js";
import { decodeKey } from "../store/sdk/listing-fields.js";
import { bareEtag } from "../store/wire.js";
import type { NamedObject } from "./named-object.js";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html */
const STATES: Readonly<Record<string, EncryptionState>> = {
  "SSE-S3": "sse-s3",
  "SSE-KMS": "sse-kms",
  "DSSE-KMS": "dsse-kms",
  "SSE-C": "sse-c",
  "NOT-SSE": "none",
};

export type ParsedRow =
  | { readonly kind: "object"; readonly object: NamedObject }
  | { readonly kind: "problem"; readonly words: string };

/** Column names as they are compared: S3 writes `Key`, Athena and others `key`. */
export function columnsOf(names: readonly string[]): readonly string[] {
  return names.map((name) => name.trim().toLowerCase());
}

/** One row of an inventory. Pure. */
export function parseInventoryRow(
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

/** `null` if there is none, or it is not encoded as it should be. */
export function readKey(key: string | null, keys: ManifestKeys): string | null {
  return key === null || keys === "raw" ? key : decodeKey(key);
}

function problem(words: string): ParsedRow {
  return { kind: "problem", words };
}
