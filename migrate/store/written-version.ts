/**
 * The version that a write made, where it can be named. The null version is the current one once it is written, and
 * stores that name it without having versions refuse to be asked for it.
 */
export function writtenVersion(versionId: string | undefined): string | null {
  return versionId === undefined || versionId === "null" ? null : versionId;
}
