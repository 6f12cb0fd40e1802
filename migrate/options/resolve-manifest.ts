import type { ManifestOptions } from "../compare/key-manifest.js";
import type { Fields } from "./fields.js";

/** The list of objects to keep to; `null` where there is none. */
export function resolveManifest(
  { manifest, manifestFormat, manifestKeys }: Fields,
  problems: string[],
): ManifestOptions | null {
  if (manifest !== undefined) return { path: manifest, format: manifestFormat ?? null, keys: manifestKeys ?? null };
  if (manifestFormat !== undefined)
    problems.push("--manifest-format is of a manifest, and none is named: give --manifest FILE");
  if (manifestKeys !== undefined)
    problems.push("--manifest-keys is of a manifest, and none is named: give --manifest FILE");
  return null;
}
