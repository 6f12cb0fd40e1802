import type { ManifestLine } from "./named-object.js";

/** A manifest while it is read. */
export interface ManifestReading {
  /** Every line, with the name of the file that it stands in. */
  readonly lines: AsyncIterable<ManifestLine & { readonly file: string }>;
  /** Complete once all lines were read. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly createdAt: string | null;
}
