import { basename } from "node:path";

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
