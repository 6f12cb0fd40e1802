import { nameOfEntry } from "../list/list-objects.js";
import type { ObjectStore, VersionEntry } from "../store/object-store.js";
import { createPageGuard } from "../store/page-walk.js";

/** All entries of one key as the store lists them, the newest first; no more than `limit` and one page. */
export async function entriesOfKey(
  store: ObjectStore,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly VersionEntry[]> {
  const found: VersionEntry[] = [];
  const guard = createPageGuard({ operation: "listVersions", nameOf: nameOfEntry });
  let after: { keyMarker?: string; versionIdMarker?: string | undefined } | null = {};
  while (after !== null && found.length <= limit) {
    const page = await store.listVersions({ bucket, prefix: key, ...after });
    const { fresh, stuck } = guard(page);
    found.push(...fresh.filter((entry) => entry.key === key && entry.fault?.kind !== "unreadable-key"));
    // Keys that begin with this one come after it.
    after = page.entries.some((entry) => entry.key !== key) ? null : page.next;
    if (after !== null && stuck !== null) throw stuck;
  }
  return inOrder(found);
}

/** Some stores list all delete markers after all versions: only their dates then say where they stand. */
function inOrder(entries: readonly VersionEntry[]): readonly VersionEntry[] {
  const dates = entries.map(({ lastModified }) => Date.parse(lastModified));
  const isOrdered = dates.every((date, index) => index === 0 || date <= (dates[index - 1] ?? 0));
  if (isOrdered && entries[0]?.isLatest !== false) return entries;
  const sorted = entries.toSorted((left, right) => Date.parse(right.lastModified) - Date.parse(left.lastModified));
  return sorted.toSorted((left, right) => Number(right.isLatest) - Number(left.isLatest));
}
