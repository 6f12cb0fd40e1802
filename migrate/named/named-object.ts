import type { EncryptionState } from "../inspect/encryption-state.js";

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

/** One line of a manifest, or what is wrong with it. */
export type ManifestLine =
  | { readonly kind: "object"; readonly object: NamedObject }
  | { readonly kind: "problem"; readonly line: number; readonly words: string };
