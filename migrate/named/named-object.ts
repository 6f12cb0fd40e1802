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
export interface ListedAs {
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
