/** Tags or grants to be compared: some stores answer with them in another order each time. */
export function unordered(entries: readonly object[] | null): readonly string[] | null {
  return entries === null ? null : entries.map((entry) => JSON.stringify(entry)).toSorted();
}
