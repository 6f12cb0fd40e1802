import { basename } from "node:path";
import type { ManifestKeys } from "../journal/run-record.js";
import type { ManifestFormat } from "./manifest-format.js";
import type { ManifestReading } from "./manifest-reading.js";
import { openSource } from "./open-source.js";
import { readInventory } from "./read-inventory.js";
import { readJournalKeys } from "./read-journal-keys.js";
import { readKeyList } from "./read-key-list.js";

type Reader = (path: string, keys: ManifestKeys | null) => Promise<ManifestReading>;

const readerOf: Readonly<Record<ManifestFormat, Reader>> = {
  inventory: (path, keys) => readInventory(path, keys ?? "url"),
  journal: (path) => readJournalKeys(path),
  keys: (path, keys) => readKeys(path, "keys", keys ?? "raw"),
  keys0: (path, keys) => readKeys(path, "keys0", keys ?? "raw"),
};

async function readKeys(path: string, format: "keys" | "keys0", keys: ManifestKeys): Promise<ManifestReading> {
  const file = basename(path);
  const files: { name: string; sha256: string }[] = [];
  const { content, digests } = await openSource(path);
  async function* lines() {
    for await (const line of readKeyList(content, format, keys)) yield { ...line, file };
    files.push({ name: file, sha256: digests().sha256 });
  }
  return { lines: lines(), files, createdAt: null };
}

/** `keys`: as the format documents them if it is `null`. */
export function readManifest(
  path: string,
  format: ManifestFormat,
  keys: ManifestKeys | null,
): Promise<ManifestReading> {
  return readerOf[format](path, keys);
}
